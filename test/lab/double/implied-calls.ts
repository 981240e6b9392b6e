import type { QueryReads } from './engine';
import type { Execution } from './executions';
import type { GlueCatalog } from './glue-catalog';
import { isProjected, projectedLocation } from './glue-table-sql';
import type { Arns, Recording } from './recording';
import { s3Place } from './s3-store';

/**
 * The calls that Athena makes with the caller's rights because of a statement, from what the engine tells of tables,
 * views and partitions: https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html
 */
export class ImpliedCalls {
  constructor(
    private readonly glue: GlueCatalog,
    private readonly recording: Recording,
    private readonly arns: Arns,
    /** KMS key by bucket. */
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  /** Of every statement: its catalog and the place of its result. */
  started(execution: Execution): void {
    this.#call(execution, 'athena:GetDataCatalog', [this.arns.dataCatalog('AwsDataCatalog')]);
    this.written(execution, execution.output, execution.workgroup.kmsKey);
  }

  /** Of a place that is written to: a prefix, or the start of keys. */
  written(execution: Execution, uri: string, key?: string): void {
    const place = s3Place(uri);
    if (!place) return;
    const objects = [this.arns.object(place.bucket, `${place.key}*`)];
    this.#call(execution, 's3:GetBucketLocation', [this.arns.bucket(place.bucket)]);
    this.#call(execution, 's3:ListBucket', [this.arns.bucket(place.bucket)], { 's3:prefix': place.key });
    for (const action of ['PutObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'])
      this.#call(execution, `s3:${action}`, objects);
    const kmsKey = key ?? this.keys[place.bucket];
    if (kmsKey) for (const action of ['GenerateDataKey', 'Decrypt']) this.#call(execution, `kms:${action}`, [kmsKey]);
  }

  /** Of an entry that a statement makes, changes or takes away. */
  catalog(execution: Execution, operation: string, database: string, table: string): void {
    this.#call(execution, `glue:${operation}`, this.arns.glue(database, table));
  }

  /** Of a result that is fetched: Athena reads the object as the caller. */
  fetched(execution: Execution): void {
    const place = s3Place(execution.outputLocation);
    if (place) this.#call(execution, 's3:GetObject', [this.arns.object(place.bucket, place.key)]);
    const key = execution.workgroup.kmsKey;
    if (key) this.#call(execution, 'kms:Decrypt', [key]);
  }

  /** Of what the engine read: metadata of all tables and views named, objects of what was left after pruning. */
  read(execution: Execution, { referenced, scanned }: QueryReads): void {
    for (const { database, table } of referenced) {
      this.#call(execution, 'glue:GetDatabase', this.arns.glue(database));
      this.#call(execution, 'glue:GetTable', this.arns.glue(database, table));
      this.#call(execution, 'lakeformation:GetDataAccess', ['*']);
      const entry = this.glue.find(database, table)?.table;
      // Projected partitions are worked out, not asked for.
      if (entry && (entry.PartitionKeys ?? []).length > 0 && !isProjected(entry))
        this.#call(execution, 'glue:GetPartitions', this.arns.glue(database, table));
    }
    for (const scan of scanned) for (const location of this.#locations(scan)) this.#objects(execution, location);
  }

  #locations({ database, table, partitions }: QueryReads['scanned'][number]): string[] {
    const stored = this.glue.find(database, table);
    if (!stored) return [];
    const own = [stored.table.StorageDescriptor?.Location ?? ''];
    if ((stored.table.PartitionKeys ?? []).length === 0) return own;
    // The engine lists partitions only where a condition makes it look at them.
    if (partitions.length === 0)
      return isProjected(stored.table)
        ? own
        : this.glue.partitions(database, table).map((partition) => partition.StorageDescriptor?.Location ?? '');
    return partitions.flatMap((id) => {
      const values = id.split('/').map((part) => decodeURIComponent(part.slice(part.indexOf('=') + 1)));
      if (isProjected(stored.table)) return projectedLocation(stored.table, values);
      return this.glue.findPartition(database, table, values)?.StorageDescriptor?.Location ?? [];
    });
  }

  #objects(execution: Execution, location: string): void {
    const place = s3Place(location);
    if (!place) return;
    const prefix = place.key.replace(/\/?$/, '/');
    this.#call(execution, 's3:GetBucketLocation', [this.arns.bucket(place.bucket)]);
    this.#call(execution, 's3:ListBucket', [this.arns.bucket(place.bucket)], { 's3:prefix': prefix });
    this.#call(execution, 's3:GetObject', [this.arns.object(place.bucket, `${prefix}*`)]);
    const key = this.keys[place.bucket];
    if (key) this.#call(execution, 'kms:Decrypt', [key]);
  }

  #call(execution: Execution, action: string, resources: string[], context?: Record<string, string>): void {
    this.recording.implied(execution.id, action, resources, context);
  }
}
