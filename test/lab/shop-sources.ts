import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Definitions } from '../../src/core/definitions';
import type { SourceName } from '../../src/core/sources/contract';
import type { SourceColumn } from '../../src/core/sources/relation';
import { openLocalCatalog } from '../../src/engines/duckdb/catalog';
import { findSources } from '../../src/pipeline/find-sources';
import { BUCKET } from './servers';
import type { LabEngine } from './two-engines';
import type { SourceTables } from './walk-shop';

/** How a source's column is kept in Parquet that both engines read; a decimal keeps its own type, an instant is a time in UTC. */
const PARQUET_TYPES: Partial<Record<SourceColumn['type'], string>> = {
  text: 'varchar',
  integer: 'bigint',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  instant: 'timestamp',
  text_array: 'array(varchar)',
};

/**
 * Puts a shop's sources before both engines: DuckDB reads the shop's own files, Trino Parquet of the same rows on the S3 API.
 *
 * @param folder for the Parquet files on their way.
 */
export async function shareSources(
  definitions: Definitions,
  duckdb: LabEngine,
  trino: LabEngine,
  folder: string,
): Promise<SourceTables> {
  const { notes } = await findSources(definitions.project, openLocalCatalog(folder));
  const tables: SourceTables = {};
  for (const [name, { relation, columns }] of Object.entries(notes)) {
    const table = `source_${name}`;
    const stored = columns.map((column) =>
      column.type === 'instant' ? `${quoted(column)} at time zone 'UTC' as ${quoted(column)}` : quoted(column),
    );
    await duckdb.create(table, `select ${stored.join(', ')} from ${relation} as files`);
    const file = join(folder, `${table}.parquet`);
    await duckdb.read(`copy ${table} to '${file}' (format parquet, compression zstd)`);
    const prefix = `sources/${basename(folder)}/${table}`;
    await upload(`${prefix}/rows.parquet`, file);
    const { columns: types } = await duckdb.read(`select * from ${table} limit 0`);
    const declared = columns.map(
      (column, index) => `${quoted(column)} ${PARQUET_TYPES[column.type] ?? types[index]?.type}`,
    );
    await trino.read(
      `create table ${table} (${declared.join(', ')}) with (format = 'PARQUET', external_location = 's3://${BUCKET}/${prefix}/')`,
    );
    tables[name as SourceName] = { relation: sharedRelation(table, columns), columns };
  }
  return tables;
}

const quoted = (column: SourceColumn): string => `"${column.name}"`;

function sharedRelation(table: string, columns: readonly SourceColumn[]): string {
  if (!columns.some((column) => column.type === 'instant')) return table;
  const read = columns.map((column) =>
    column.type === 'instant' ? `with_timezone(${quoted(column)}, 'UTC') as ${quoted(column)}` : quoted(column),
  );
  return `(select ${read.join(', ')} from ${table} as stored)`;
}

async function upload(key: string, file: string): Promise<void> {
  const answer = await fetch(`${process.env.LAB_S3}/${BUCKET}/${key}`, { method: 'PUT', body: readFileSync(file) });
  if (!answer.ok) throw new Error(`the S3 API refused ${key}: ${answer.status} ${await answer.text()}`);
}
