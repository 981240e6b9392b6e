import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openDatabase } from '../src/engines/duckdb/database';

/** Works with a database and a folder that go with it. */
export async function inDatabase(
  options: { memoryLimit: string; threads?: number },
  work: (connection: DuckDBConnection, folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  const instance = await openDatabase({ ...options, spillFolder: join(folder, 'spill') });
  const connection = await instance.connect();
  try {
    await work(connection, folder);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}
