import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface OwnBucketProps {
  /** Encrypts everything in it. */
  encryptionKey: Key;
}

/** Keeps of all that a bucket must not do. */
const PRIVATE = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
};

/**
 * The bucket of snapshots, manifests and notes, and the one of its access logs. No rule takes data away by age: thirty
 * failed nights would take the last good snapshot. Old runs go by mark and sweep.
 */
export class OwnBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { encryptionKey }: OwnBucketProps) {
    super(scope, id);
    // CDK's class and its interface differ over what may be undefined.
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...PRIVATE,
      // Log delivery writes with keys of S3 alone.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ id: 'old-access-logs', expiration: Duration.days(400) }],
    }) as IBucket;
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'data/',
      lifecycleRules: [
        { id: 'query-results', prefix: 'query-results/', expiration: Duration.days(14) },
        { id: 'broken-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        // What the sweep deleted, and earlier states of current.json, can be brought back for a month.
        {
          id: 'earlier-versions',
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
        },
      ],
    }) as IBucket;
  }
}
