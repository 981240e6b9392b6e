import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { mapEngineError } from './errors';

export interface DatabaseOptions {
  /** DuckDB's own unit text; the process needs roughly a quarter more. */
  memoryLimit: string;
  threads?: number | undefined;
  /** Where queries larger than memory spill; absent: they fail instead. */
  spillFolder?: string | undefined;
}

const PRELUDE = readFileSync(join(__dirname, 'prelude.sql'), 'utf8');

/**
 * An in-memory DuckDB with the prelude loaded. It reads local files only and never downloads an extension.
 * @throws EngineError when DuckDB refuses an option.
 */
export async function openDatabase(options: DatabaseOptions): Promise<DuckDBInstance> {
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit,
      temp_directory: options.spillFolder ?? '',
      ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    });
    const connection = await instance.connect();
    await connection.run(PRELUDE);
    connection.closeSync();
    return instance;
  } catch (error) {
    throw mapEngineError(error);
  }
}
