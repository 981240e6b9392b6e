import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Definitions } from '../../src/core/definitions';
import type { SourceName } from '../../src/core/sources/contract';
import type { SourceColumn } from '../../src/core/sources/relation';
import { openLocalCatalog } from '../../src/engines/duckdb/catalog';
import { findSources } from '../../src/pipeline/find-sources';
import type { LabEngine } from './two-engines';
import type { SourceTables } from './walk-shop';

/** How a source's column is kept in Parquet that both engines read. */
const PARQUET_TYPES: Partial<Record<SourceColumn['type'], string>> = {
  text: 'varchar',
  integer: 'bigint',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
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
  const catalog = openLocalCatalog(folder);
  const { notes } = await findSources(definitions.project, catalog);
  const tables: SourceTables = {};
  for (const [name, note] of Object.entries(notes)) {
    const table = `source_${name}`;
    await duckdb.create(table, `select * from ${note.relation} as files`);
    const columns = note.columns.map((column) => {
      const type = PARQUET_TYPES[column.type];
      if (!type) throw new Error(`the lab cannot carry ${name}.${column.name} of type ${column.type}`);
      return `"${column.name}" ${type}`;
    });
    const key = `sources/${table}/rows.parquet`;
    const file = join(folder, `${table}.parquet`);
    await duckdb.read(`copy ${table} to '${file}' (format parquet, compression zstd)`);
    const answer = await fetch(`${process.env.LAB_S3}/lake/${key}`, { method: 'PUT', body: readFileSync(file) });
    if (!answer.ok) throw new Error(`the S3 API refused ${key}: ${answer.status} ${await answer.text()}`);
    await trino.read(
      `create table ${table} (${columns.join(', ')}) with (format = 'PARQUET', external_location = 's3://lake/sources/${table}/')`,
    );
    tables[name as SourceName] = { table, columns: note.columns };
  }
  return tables;
}
