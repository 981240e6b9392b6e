import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ModelSet } from '../../src/core/models/graph';
import { AthenaWorkgroup } from './athena-workgroup';
import { CatalogTables } from './catalog-tables';
import { OwnBucket } from './own-bucket';

export interface TidemarkStorageProps {
  /** `(await loadDefinitions(folder)).models` */
  models: ModelSet;
  /**
   * Glue database of Tidemark's tables: small letters, digits and _, not a token.
   * @default - from the construct's path, unique in account and region
   */
  databaseName?: string;
  /**
   * Name of the Athena workgroup.
   * @default - from the construct's path, unique in account and region
   */
  workgroupName?: string;
  /**
   * Athena cuts off a query that scans more bytes.
   * @default 1e12, a terabyte
   */
  bytesPerQuery?: number;
}

/** All that must outlive a deployment: files, key, tables and workgroup. Deleting the stack deletes none of it. */
export class TidemarkStorage extends Construct {
  readonly bucket: IBucket;
  /** Encrypts files, results, logs and alarm messages. */
  readonly encryptionKey: Key;
  readonly databaseName: string;
  readonly workgroupName: string;
  readonly catalog: CatalogTables;

  constructor(scope: Construct, id: string, props: TidemarkStorageProps) {
    super(scope, id);
    this.encryptionKey = new Key(this, 'Key', {
      description: 'Snapshots of Tidemark',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.letServicesUseKey();
    this.bucket = new OwnBucket(this, 'Files', { encryptionKey: this.encryptionKey }).bucket;
    this.databaseName = props.databaseName ?? uniqueDatabaseName(this);
    this.workgroupName = props.workgroupName ?? Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    this.catalog = new CatalogTables(this, 'Catalog', {
      models: props.models,
      bucketName: this.bucket.bucketName,
      databaseName: this.databaseName,
    });
    new AthenaWorkgroup(this, 'Workgroup', {
      name: this.workgroupName,
      bucket: this.bucket,
      encryptionKey: this.encryptionKey,
      bytesPerQuery: props.bytesPerQuery ?? 1e12,
    });
  }

  /** Log groups, and alarms on their way to an encrypted topic, of this account alone. */
  private letServicesUseKey(): void {
    const { account, region, partition } = Stack.of(this);
    const logGroups = `arn:${partition}:logs:${region}:${account}:log-group:*`;
    const actions = ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
    const allow = (service: string, uses: string[], conditions: Record<string, unknown>): void => {
      this.encryptionKey.addToResourcePolicy(
        new PolicyStatement({
          effect: Effect.ALLOW,
          principals: [new ServicePrincipal(service)],
          actions: uses,
          resources: ['*'],
          conditions,
        }),
      );
    };
    allow(`logs.${region}.amazonaws.com`, actions, {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups },
    });
    const own = { StringEquals: { 'aws:SourceAccount': account } };
    allow('delivery.logs.amazonaws.com', ['kms:Decrypt'], own);
    allow('cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'], own);
  }
}

/** Names of Glue are small, and begin with a letter. */
function uniqueDatabaseName(construct: Construct): string {
  const name = Names.uniqueResourceName(construct, { maxLength: 100, separator: '_' });
  return `tidemark_${name.toLowerCase()}`;
}
