import type { Column, Table } from '@aws-sdk/client-glue';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { TransientEngineError } from '../../core/errors';
import type { SourceLocation } from '../../core/project-file';
import type { SourceColumn, SourceRelation, SourceWindow } from '../../core/sources/relation';
import { identifier } from '../../core/sql/literals';
import { mapAwsError } from './errors';
import { getTable } from './glue';
import { type IcebergState, isIceberg, readIcebergMetadata } from './iceberg';
import type { AwsClients } from './settings';
import { type DayKey, findDayKey } from './source-days';
import { type FoundFiles, hashFiles } from './source-files';
import { missingTable } from './source-missing';
import { tableNamed } from './source-names';
import { sourceType } from './source-types';
import { decodeView } from './views';

/** Of a source whose data leave no trace in metadata: a night with it is computed again only with --fresh. */
const UNVERSIONED: FoundFiles = { fingerprint: 'unversioned', bytes: 0, files: 1 };

/**
 * A customer's table in any Glue database: its columns, and a fingerprint from Glue, S3 and Iceberg metadata alone.
 *
 * @throws DefinitionError source_not_a_table, format_not_used, partition_unknown or partition_not_days;
 *   SourceContractError source_missing.
 */
export async function findSource(
  clients: AwsClients,
  source: string,
  location: SourceLocation,
  window?: SourceWindow,
): Promise<SourceRelation> {
  const { database, name } = tableNamed(source, location);
  const found = await getTable(clients.glue, database, name);
  if (!found) throw await missingTable(clients.glue, source, database, name);
  const relation = `${identifier(database)}.${identifier(name)}`;
  const table = await behindLink(clients, found);
  return { relation, ...(await describe(clients, source, table, window)) };
}

async function describe(
  clients: AwsClients,
  source: string,
  table: Table,
  window: SourceWindow | undefined,
): Promise<FoundFiles & { columns: SourceColumn[] }> {
  if (table.TableType === 'VIRTUAL_VIEW') {
    const columns = decodeView(table.ViewOriginalText)?.columns.map(({ name, type }) => columnOf(name, type));
    return { columns: columns ?? glueColumns(table), ...UNVERSIONED };
  }
  if (isIceberg(table.Parameters ?? {})) {
    const state = await icebergState(clients, table);
    if (!state) return { columns: glueColumns(table), ...UNVERSIONED };
    const { snapshot, schema, bytes, files } = state;
    const columns = state.columns.map(({ name, type }) => columnOf(name, type));
    return { columns, fingerprint: `iceberg-${snapshot}-${schema}`, bytes, files };
  }
  const key = window && (await findDayKey(clients, source, table, window));
  return { columns: glueColumns(table, key), ...((await hashFiles(clients, table, key)) ?? UNVERSIONED) };
}

const columnOf = (name: string, type: string): SourceColumn => ({ name: name.toLowerCase(), type: sourceType(type) });

function glueColumns(table: Table, key?: DayKey): SourceColumn[] {
  const read = ({ Name, Type }: Column): SourceColumn => columnOf(Name ?? '', Type ?? '');
  const keys = (table.PartitionKeys ?? []).map((each, index): SourceColumn => {
    return { ...read(each), ...(key?.isCompactText && key.index === index ? { looks: 'integer' } : {}) };
  });
  return [...(table.StorageDescriptor?.Columns ?? []).map(read), ...keys];
}

/** A table shared from another account or database stands in Glue as a link to it. */
export async function behindLink({ glue }: AwsClients, table: Table): Promise<Table> {
  const target = table.TargetTable;
  if (!target?.DatabaseName || !target.Name) return table;
  return (await getTable(glue, target.DatabaseName, target.Name, target.CatalogId)) ?? table;
}

/** Undefined where the metadata cannot be read; what is wrong there the query itself will tell, if it is anything. */
async function icebergState({ s3 }: AwsClients, table: Table): Promise<IcebergState | undefined> {
  const place = /^s3[an]?:\/\/([^/]+)\/(.+)$/.exec(table.Parameters?.metadata_location ?? '');
  if (!place) return undefined;
  const [, bucket, key] = place as unknown as [string, string, string];
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return readIcebergMetadata((await Body?.transformToByteArray()) ?? new Uint8Array());
  } catch (error) {
    const where = { bucket, table: `${table.DatabaseName}.${table.Name}`, action: 's3:GetObject' };
    const mapped = mapAwsError(error, where);
    if (mapped instanceof TransientEngineError) throw mapped;
    return undefined;
  }
}
