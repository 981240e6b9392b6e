import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** A typed literal of a SQL variable the generator's files read with getvariable(). */
export type DemoVariable = number | { date: string };

/** The generator's own in-memory DuckDB: nothing of the pipeline's engine is used, so neither can hide the other's mistakes. */
export class DemoDatabase {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** Spills to `scratch`, a folder that must exist, when the memory limit is reached. */
  static async open(scratch: string): Promise<DemoDatabase> {
    const instance = await DuckDBInstance.create(':memory:', { memory_limit: '4GB', temp_directory: scratch });
    const connection = await instance.connect();
    await connection.run(`set TimeZone = 'UTC'; set preserve_insertion_order = false`);
    return new DemoDatabase(instance, connection);
  }

  /** Runs a file of src/demo/sql, all its statements. */
  async runFile(name: string): Promise<void> {
    await this.connection.run(readFileSync(join(__dirname, 'sql', name), 'utf8'));
  }

  async setVariable(name: string, value: DemoVariable): Promise<void> {
    const literal = typeof value === 'number' ? String(value) : `date ${quoted(value.date)}`;
    await this.connection.run(`set variable ${name} = ${literal}`);
  }

  /** Writes every row of a view or table to one Parquet file. */
  async writeParquet(relation: string, path: string): Promise<void> {
    await this.connection.run(`copy (from ${relation}) to ${quoted(path)} (format parquet, compression zstd)`);
  }

  /** Makes `name` read the Parquet files of a glob; returns how many rows they hold. */
  async viewFiles(name: string, glob: string): Promise<number> {
    await this.connection.run(`create or replace view ${name} as from read_parquet(${quoted(glob)})`);
    const reader = await this.connection.runAndReadAll(`select count(*)::double from ${name}`);
    return Number(reader.getRows()[0]?.[0]);
  }

  /** Frees the memory of the last batch: what follows reads the written files only. */
  async dropGenerated(): Promise<void> {
    for (const name of ['lines', 'orders', 'booked_orders', 'happened', 'mailings', 'conditions']) {
      await this.connection.run(`drop table if exists ${name} cascade`);
    }
  }

  /** Rows of a SELECT kept in a file of src/demo/sql; decimals and big numbers as numbers. */
  async rowsOf(name: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(readFileSync(join(__dirname, 'sql', name), 'utf8'));
    return reader.getRowObjectsJson();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
