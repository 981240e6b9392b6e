import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';

/** Where a shop's nights are computed and kept on AWS. Region, credentials and endpoints come as for every AWS tool. */
export interface AthenaSettings {
  /** Bucket of the snapshots, manifests and notes. */
  bucket: string;
  /** Key prefix below which all of it lies, '' or ending in '/'. */
  prefix: string;
  /** Glue database of the product's own tables and views. */
  database: string;
  workgroup: string;
}

export interface AwsClients {
  athena: AthenaClient;
  glue: GlueClient;
  s3: S3Client;
}

/** How often the SDK sends one call, with growing pauses and full jitter between; throttled starts of queries need patience. */
const MOST_SENDS = 8;

/** A connection that says nothing more is given up and the call sent again; the SDK alone would wait for ever. */
const PATIENCE = { connectionTimeout: 5000, requestTimeout: 60_000, throwOnRequestTimeout: true };

/**
 * Clients of the three services. Region, credentials, profiles and AWS_ENDPOINT_URL_* are the SDK's own; an S3 of another
 * maker than AWS is spoken to path style, because it has no bucket names in its domain.
 */
export function openClients(environment: NodeJS.ProcessEnv = process.env): AwsClients {
  const isForeignS3 = Boolean(environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL);
  const common = { maxAttempts: MOST_SENDS, requestHandler: PATIENCE };
  return {
    athena: new AthenaClient(common),
    glue: new GlueClient(common),
    s3: new S3Client({ ...common, forcePathStyle: isForeignS3 }),
  };
}
