import { openModelDatabase } from '../support/model-database';
import { trinoClient } from './trino-client';

export type Value = string | number | null;

/** Columns with their logical types, rows in no order; doubles are numbers, everything else texts. */
export interface Table {
  columns: { name: string; type: string }[];
  rows: Value[][];
}

/** What both engines can do, under the same names. */
export interface LabEngine {
  name: 'DuckDB' | 'Trino';
  /** Keeps a SELECT's rows: as a table of DuckDB's memory, or as Parquet on the S3 API. Replaces nothing. */
  create(table: string, sql: string): Promise<void>;
  read(sql: string): Promise<Table>;
  close(): Promise<void>;
}

/** Trino calls the type of a literal varchar(3); both engines' texts have no length. */
export function logicalType(type: string): string {
  return type
    .toLowerCase()
    .replace(/varchar\(\d+\)/, 'varchar')
    .replace(/, /g, ',')
    .replace(/^timestamp(\(\d\))?( with time zone)?$/, (_, __, zone) =>
      zone ? 'timestamp with time zone' : 'timestamp',
    );
}

function table(columns: { name: string; type: string }[], rows: readonly (readonly unknown[])[]): Table {
  const typed = columns.map(({ name, type }) => ({ name, type: logicalType(type) }));
  const cell = (value: unknown, type: string): Value => {
    if (value === null || value === undefined) return null;
    // DuckDB prints no zeros at the end of a fraction.
    if (type === 'timestamp')
      return String(value)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
    return type === 'double' ? Number(value) : typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return { columns: typed, rows: rows.map((row) => row.map((value, index) => cell(value, typed[index]?.type ?? ''))) };
}

export async function openDuckDb(): Promise<LabEngine> {
  const database = await openModelDatabase();
  return {
    name: 'DuckDB',
    create: (name, sql) => database.run(`create table ${name} as\n${sql}`),
    read: async (sql) => {
      const { columns, rows } = await database.read(sql);
      return table(
        columns,
        rows.map((row) => columns.map(({ name }) => row[name])),
      );
    },
    close: async () => database.close(),
  };
}

/** The running lab's Trino, with a new schema of its own. */
export async function openTrino(schema: string): Promise<LabEngine> {
  const engine = trinoIn(schema);
  // A lab that runs on may have it from the run before.
  await engine.read(`drop schema if exists ${schema} cascade`);
  await engine.read(`create schema ${schema}`);
  return engine;
}

/** The running lab's Trino, in a schema that is there. */
export function trinoIn(schema: string): LabEngine {
  const url = process.env.LAB_TRINO;
  if (!url) throw new Error('no lab is running: use npm run test:lab');
  const client = trinoClient(url, 'lake', schema);
  return {
    name: 'Trino',
    create: async (name, sql) => void (await client.query(`create table ${name} as\n${sql}`)),
    read: async (sql) => {
      const { columns, rows } = await client.query(sql);
      return table(columns, rows);
    },
    close: async () => undefined,
  };
}
