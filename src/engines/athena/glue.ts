import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  type GlueClient,
  type Table,
} from '@aws-sdk/client-glue';
import { EngineError, SnapshotIntegrityError } from '../../core/errors';
import { mapAwsError } from './errors';

/** A partition and where its files lie. */
export interface PartitionPlace {
  values: string[];
  location: string;
}

/** How many partitions Glue takes at once. */
const MOST_AT_ONCE = 100;

/** What does not exist is no error where it is looked for. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if ((error as { name?: unknown } | null)?.name === 'EntityNotFoundException') return undefined;
    throw error;
  }
}

/** A table or view of Glue; undefined where it, or its database, does not exist. */
export async function getTable(
  glue: GlueClient,
  database: string,
  name: string,
  catalog?: string,
): Promise<Table | undefined> {
  try {
    const command = new GetTableCommand({
      DatabaseName: database,
      Name: name,
      ...(catalog ? { CatalogId: catalog } : {}),
    });
    return (await unlessMissing(glue.send(command)))?.Table;
  } catch (error) {
    throw mapAwsError(error, { table: `${database}.${name}`, action: 'glue:GetTable' });
  }
}

/** Partitions of a table, a page in memory at a time. @param expression which of them, in Glue's words. */
export async function* listPartitions(
  glue: GlueClient,
  table: Pick<Table, 'CatalogId' | 'DatabaseName' | 'Name'>,
  expression?: string,
  most?: number,
): AsyncGenerator<PartitionPlace> {
  for (let token: string | undefined; ; ) {
    const command = new GetPartitionsCommand({
      ...(table.CatalogId ? { CatalogId: table.CatalogId } : {}),
      DatabaseName: table.DatabaseName,
      TableName: table.Name,
      ExcludeColumnSchema: true,
      ...(expression ? { Expression: expression } : {}),
      ...(most ? { MaxResults: most } : {}),
      ...(token ? { NextToken: token } : {}),
    });
    const page = await glue.send(command).catch((error: unknown) => {
      throw mapAwsError(error, { table: `${table.DatabaseName}.${table.Name}`, action: 'glue:GetPartitions' });
    });
    for (const { Values, StorageDescriptor } of page.Partitions ?? [])
      yield { values: Values ?? [], location: StorageDescriptor?.Location ?? '' };
    token = page.NextToken;
    if (!token) return;
  }
}

/**
 * Makes partitions of one of the product's own tables. One that is there already stays as it is.
 *
 * @throws SnapshotIntegrityError partition_elsewhere when one is there with other files: a partition never moves.
 */
export async function createPartitions(
  glue: GlueClient,
  table: Table,
  partitions: readonly PartitionPlace[],
): Promise<void> {
  const where = { table: `${table.DatabaseName}.${table.Name}`, action: 'glue:BatchCreatePartition' };
  for (let first = 0; first < partitions.length; first += MOST_AT_ONCE) {
    const batch = partitions.slice(first, first + MOST_AT_ONCE);
    const answer = await glue
      .send(
        new BatchCreatePartitionCommand({
          DatabaseName: table.DatabaseName,
          TableName: table.Name,
          PartitionInputList: batch.map(({ values, location }) => {
            return { Values: values, StorageDescriptor: { ...table.StorageDescriptor, Location: location } };
          }),
        }),
      )
      .catch((error: unknown) => {
        throw mapAwsError(error, where);
      });
    for (const { PartitionValues, ErrorDetail } of answer.Errors ?? []) {
      const wanted = batch.find(({ values }) => values.join('\n') === PartitionValues?.join('\n'));
      if (ErrorDetail?.ErrorCode !== 'AlreadyExistsException' || !wanted) {
        throw mapAwsError({ name: ErrorDetail?.ErrorCode, message: ErrorDetail?.ErrorMessage }, where);
      }
      await demandPlace(glue, table, wanted);
    }
  }
}

/** Glue takes no more at once. */
const MOST_DELETED_AT_ONCE = 25;

/** Takes partitions out of one of the product's own tables. What is not there, or whose table is not, is no error. */
export async function deletePartitions(
  glue: GlueClient,
  database: string,
  name: string,
  partitions: readonly string[][],
): Promise<void> {
  const where = { table: `${database}.${name}`, action: 'glue:BatchDeletePartition' };
  for (let first = 0; first < partitions.length; first += MOST_DELETED_AT_ONCE) {
    const batch = partitions.slice(first, first + MOST_DELETED_AT_ONCE);
    const command = new BatchDeletePartitionCommand({
      DatabaseName: database,
      TableName: name,
      PartitionsToDelete: batch.map((Values) => ({ Values })),
    });
    const answer = await unlessMissing(glue.send(command)).catch((error: unknown) => {
      throw mapAwsError(error, where);
    });
    const failed = answer?.Errors?.find(({ ErrorDetail }) => ErrorDetail?.ErrorCode !== 'EntityNotFoundException');
    if (failed) {
      const { ErrorCode, ErrorMessage } = failed.ErrorDetail ?? {};
      throw mapAwsError({ name: ErrorCode, message: ErrorMessage }, where);
    }
  }
}

async function demandPlace(glue: GlueClient, table: Table, wanted: PartitionPlace): Promise<void> {
  const name = `${table.DatabaseName}.${table.Name}`;
  const command = new GetPartitionCommand({
    DatabaseName: table.DatabaseName,
    TableName: table.Name,
    PartitionValues: wanted.values,
  });
  const found = await glue.send(command).catch((error: unknown) => {
    throw mapAwsError(error, { table: name, action: 'glue:GetPartition' });
  });
  demandSamePlace(name, found.Partition?.StorageDescriptor?.Location, wanted);
}

/** @throws SnapshotIntegrityError partition_elsewhere */
export function demandSamePlace(table: string, found: string | undefined, wanted: PartitionPlace): void {
  if (isSamePlace(found, wanted.location)) return;
  throw new SnapshotIntegrityError({
    code: 'partition_elsewhere',
    place: { table },
    found: `its partition ${wanted.values.join('/')} is there already and shows other files than the run wrote`,
    remedy: 'delete this partition in Glue, then run `npx tidemark catalog`, which makes it again as the manifests say',
  });
}

export function isSamePlace(one: string | undefined, other: string): boolean {
  return one?.replace(/\/$/, '') === other.replace(/\/$/, '');
}

/** @throws EngineError table_missing */
export async function demandTable(glue: GlueClient, database: string, name: string): Promise<Table> {
  const table = await getTable(glue, database, name);
  if (table) return table;
  throw new EngineError({
    code: 'table_missing',
    place: { table: `${database}.${name}` },
    found: 'the Glue catalog has no such table or database',
    remedy:
      'run `npx tidemark catalog` with the same --out and --database: it makes what is missing; where CloudFormation makes the tables, deploy',
  });
}
