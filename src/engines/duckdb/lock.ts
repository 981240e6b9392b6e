import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EngineError } from '../../core/errors';
import { mapEngineError, messageOf } from './errors';
import { literal } from './sql-text';

/** Folders locked by this process: an OS lock does not keep a process from itself. Shared between copies of this module. */
const HELD: Set<string> = (() => {
  const holder = globalThis as { [key: symbol]: Set<string> | undefined };
  const key = Symbol.for('tidemark.duckdb.lockedFolders');
  holder[key] ??= new Set();
  return holder[key];
})();

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the one lock of an output folder, held by attaching a DuckDB file: the operating system lets go of it when the
 * process ends, however it ends.
 * @throws EngineError out_in_use when another run holds it.
 */
export async function lockFolder(root: string, instance: DuckDBInstance): Promise<FolderLock> {
  const folder = realpathSync(root);
  if (HELD.has(folder)) throw inUse(root);
  HELD.add(folder);
  const connection = await instance.connect();
  try {
    const file = join(folder, '.tidemark', 'lock.duckdb');
    await ensureLockFile(connection, file);
    await connection.run(`attach ${literal(file)} as tidemark_lock`);
  } catch (error) {
    connection.closeSync();
    HELD.delete(folder);
    throw isLockConflict(error) ? inUse(root) : mapEngineError(error);
  }
  return {
    async release() {
      await connection.run('detach tidemark_lock');
      connection.closeSync();
      HELD.delete(folder);
    },
  };
}

/** Links a finished file into place: a process killed while making it must not leave a broken lock behind. */
async function ensureLockFile(connection: DuckDBConnection, file: string): Promise<void> {
  mkdirSync(join(file, '..'), { recursive: true });
  const fresh = `${file}.${randomUUID()}`;
  try {
    await connection.run(`attach ${literal(fresh)} as tidemark_fresh`);
    await connection.run('detach tidemark_fresh');
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
    rmSync(`${fresh}.wal`, { force: true });
  }
}

function isLockConflict(error: unknown): boolean {
  return /Could not set lock on file|Conflicting lock/.test(messageOf(error));
}

function inUse(root: string): EngineError {
  return new EngineError({
    code: 'out_in_use',
    found: `another run is working in ${root}`,
    remedy: 'wait until it ends, or give this run a folder of its own with --out',
    place: { file: root },
  });
}
