import { openDatabase } from '../../src/engines/duckdb/database';
import { mapEngineError } from '../../src/engines/duckdb/errors';
import type { ColumnType } from './column-types';

/** Values as DuckDB prints them in JSON: dates, decimals and 64-bit numbers are texts. */
export type ResultRow = Record<string, string | number | boolean | null>;

export interface Result {
  columns: ColumnType[];
  rows: ResultRow[];
}

export interface ModelDatabase {
  /** Every row of a query with the types of its columns, lower case. */
  read(sql: string): Promise<Result>;
  run(sql: string): Promise<void>;
  close(): void;
}

/** DuckDB as the product opens it, shared by a whole suite. */
export async function openModelDatabase(): Promise<ModelDatabase> {
  const instance = await openDatabase({ memoryLimit: '1GB', threads: 1 });
  const connection = await instance.connect();
  return {
    read: async (sql) => {
      const result = await connection.runAndReadAll(sql).catch((error: unknown) => {
        throw mapEngineError(error);
      });
      const types = result.columnTypes().map((type) => type.toString().toLowerCase().replace(', ', ','));
      const columns = result.columnNames().map((name, index) => ({ name, type: types[index] as string }));
      return { columns, rows: result.getRowObjectsJson() as ResultRow[] };
    },
    run: async (sql) => void (await connection.run(sql)),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
