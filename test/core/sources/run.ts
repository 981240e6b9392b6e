import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { SourceName } from '../../../src/core/sources/contract';
import type { SourceColumn } from '../../../src/core/sources/relation';
import { type SourceSelectInput, sourceSelect } from '../../../src/core/sources/select';
import { identifier, textLiteral } from '../../../src/core/sql/literals';

/** DuckDB with the prelude the product opens with. */
export async function openConnection(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(readFileSync(join(__dirname, '../../../src/engines/duckdb/prelude.sql'), 'utf8'));
  return connection;
}

export async function query(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const result = await connection.runAndReadAll(sql);
  return result.getRowObjectsJson();
}

export type Columns = Record<
  string,
  SourceColumn['type'] | { type: 'text'; looks: NonNullable<SourceColumn['looks']> }
>;

/** A relation of the given rows of texts, each column cast to what `types` says about it in DuckDB's words. */
export function relationOf(
  columns: Columns,
  rows: readonly (readonly (string | null)[])[],
  types: Record<string, string> = {},
) {
  const names = Object.keys(columns);
  const values = rows.map(
    (row) => `(${row.map((value) => (value === null ? 'null' : textLiteral(value))).join(', ')})`,
  );
  const selected = names.map(
    (name) => `cast(${identifier(name)} as ${types[name] ?? 'varchar'}) as ${identifier(name)}`,
  );
  const relation =
    `(select ${selected.join(', ')} from (values ${values.join(', ')}) ` +
    `as given(${names.map(identifier).join(', ')}))`;
  const described = Object.entries(columns).map(([name, column]): SourceColumn => {
    return typeof column === 'string' ? { name, type: column } : { name, ...column };
  });
  return { relation, columns: described };
}

export function inputOf(
  name: SourceName,
  relation: SourceSelectInput['relation'],
  columns: SourceSelectInput['mapping']['columns'],
  rest: Partial<SourceSelectInput['mapping']> & { timeZone?: string; hashSalt?: string } = {},
): SourceSelectInput {
  const { timeZone = 'Europe/Vienna', hashSalt, ...mapping } = rest;
  return { name, relation, timeZone, hashSalt, mapping: { from: 'a.csv', columns, ...mapping } };
}

/** Rows of an orders source of the columns id, buyer, day and one more, which is what most cases need. */
export async function runSource(
  connection: DuckDBConnection,
  input: SourceSelectInput,
): Promise<Record<string, unknown>[]> {
  return query(connection, `select * from (${sourceSelect(input)}) as source_rows`);
}
