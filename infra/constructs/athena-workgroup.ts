import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface AthenaWorkgroupProps {
  /** Unique in account and region. */
  name: string;
  bucket: IBucket;
  /** Encrypts results. */
  encryptionKey: IKey;
  /** Athena cuts off what scans more; at least 10 MB. */
  bytesPerQuery: number;
}

/** A workgroup of its own: quota use and cost are told apart from everybody else's, and nobody's settings override these. */
export class AthenaWorkgroup extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { name, bucket, encryptionKey, bytesPerQuery }: AthenaWorkgroupProps) {
    super(scope, id);
    this.name = name;
    const workgroup = new CfnWorkGroup(this, 'WorkGroup', {
      name,
      description: 'Nights of Tidemark',
      state: 'ENABLED',
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        requesterPaysEnabled: false,
        bytesScannedCutoffPerQuery: bytesPerQuery,
        // AUTO would move to another engine on a night of AWS's choice.
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/query-results/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: encryptionKey.keyArn },
        },
      },
    });
    workgroup.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
