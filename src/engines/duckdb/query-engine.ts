import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EngineError } from '../../core/errors';
import { checkPrefix } from '../../core/snapshots/paths';
import type { QueryEngine, QueryHandle, QueryState, Row, Statement } from '../../ports/query-engine';
import { openDatabase } from './database';
import { interrupted, mapEngineError } from './errors';
import { type FolderLock, lockFolder } from './lock';
import { plainValue } from './values';
import { writeParquet } from './write';

export interface DuckDbEngineOptions {
  /** The folder that key prefixes are relative to; made when it is not there. */
  root: string;
  /** What DuckDB may use, such as '1500MB' (the default keeps the whole process within 2 GB). */
  memoryLimit?: string | undefined;
  /** Default: one per core. */
  threads?: number | undefined;
  /** How many statements run side by side; default 3. */
  statements?: number | undefined;
  /** False for readers only (explain, validate): takes no lock and spills into the system's folder for temporary files. */
  lock?: boolean | undefined;
}

export const DEFAULT_MEMORY_LIMIT = '1500MB';

/** Each running statement holds one of Node's four worker threads: one stays free for files. */
const CONCURRENT_STATEMENTS = 3;

const INTERRUPT_EVERY_MILLISECONDS = 20;

interface Query {
  sql: string;
  state: QueryState;
  rows: Row[] | undefined;
  connection: DuckDBConnection | undefined;
  stopped: boolean;
  ended: Promise<void>;
}

/**
 * DuckDB in this process over a local folder, alone in it: a second engine on the same folder is refused.
 * @throws EngineError out_in_use, permission_denied, not_a_folder or disk_full.
 */
export async function openDuckDbEngine(options: DuckDbEngineOptions): Promise<QueryEngine> {
  const root = resolve(options.root);
  const locked = options.lock !== false;
  let instance: DuckDBInstance | undefined;
  let lock: FolderLock | undefined;
  try {
    if (locked) makeFolder(root);
    const spillFolder = locked ? join(root, '.tidemark', 'tmp') : mkdtempSync(join(tmpdir(), 'tidemark-'));
    instance = await openDatabase({
      memoryLimit: options.memoryLimit ?? DEFAULT_MEMORY_LIMIT,
      threads: options.threads,
      spillFolder,
    });
    if (locked) {
      lock = await lockFolder(root, instance);
      emptyFolder(spillFolder);
    }
    return new DuckDbEngine(root, instance, lock, spillFolder, options.statements ?? CONCURRENT_STATEMENTS);
  } catch (error) {
    await lock?.release();
    instance?.closeSync();
    throw mapEngineError(error);
  }
}

/** Level by level: Node's own recursive mkdir never ends where the system says ENOENT of a folder that exists (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** Leftovers of a killed run; only called by the holder of the lock. */
function emptyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

class DuckDbEngine implements QueryEngine {
  readonly name = 'duckdb';
  private readonly queries = new Map<string, Query>();
  private readonly idle: DuckDBConnection[] = [];
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly root: string,
    private readonly instance: DuckDBInstance,
    private readonly lock: FolderLock | undefined,
    private readonly spillFolder: string,
    private readonly statements: number,
  ) {}

  async inspect(): Promise<[]> {
    // Opening it has shown everything.
    return [];
  }

  async start(statement: Statement): Promise<QueryHandle> {
    if (this.closing) throw closed();
    const id = createHash('sha256')
      .update(statement.token ?? randomUUID())
      .digest('hex')
      .slice(0, 32);
    const known = this.queries.get(id);
    if (known && known.sql !== statement.sql) {
      throw new EngineError({
        code: 'token_reused',
        found: 'a token was used for two statements',
        remedy: 'report it: a token must hash the statement',
      });
    }
    if (known) return { id };
    const folder = statement.writeTo === undefined ? undefined : this.folderOf(statement.writeTo);
    const query: Query = {
      sql: statement.sql,
      state: { status: 'running' },
      rows: undefined,
      connection: undefined,
      stopped: false,
      ended: Promise.resolve(),
    };
    this.queries.set(id, query);
    query.ended = this.execute(query, folder, statement.clusterBy);
    return { id };
  }

  async poll(handle: QueryHandle, waitMilliseconds: number): Promise<QueryState> {
    const query = this.find(handle);
    if (query.state.status === 'running' && waitMilliseconds > 0) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((done) => {
        timer = setTimeout(done, waitMilliseconds);
      });
      await Promise.race([query.ended, timeout]);
      clearTimeout(timer);
    }
    return query.state;
  }

  async rows(handle: QueryHandle): Promise<Row[]> {
    const query = this.find(handle);
    if (query.state.status === 'failed') throw query.state.error;
    if (query.state.status === 'running' || !query.rows) {
      throw new EngineError({
        code: 'no_rows',
        found: 'the statement has no rows to read',
        remedy: 'report it: rows are read once a reading statement has succeeded',
      });
    }
    return query.rows;
  }

  async stop(handle: QueryHandle): Promise<void> {
    const query = this.find(handle);
    if (query.state.status === 'running') query.stopped = true;
    let ended = query.state.status !== 'running';
    const end = query.ended.then(() => {
      ended = true;
    });
    // DuckDB forgets an interrupt that comes before the query has begun in its thread: repeated until it ends.
    while (!ended) {
      query.connection?.interrupt();
      await Promise.race([end, sleep(INTERRUPT_EVERY_MILLISECONDS)]);
    }
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    await Promise.all([...this.queries.keys()].map((id) => this.stop({ id })));
    for (const connection of this.idle) connection.closeSync();
    await this.lock?.release();
    this.instance.closeSync();
    rmSync(this.spillFolder, { recursive: true, force: true });
  }

  private async execute(query: Query, folder: string | undefined, clusterBy?: readonly string[]): Promise<void> {
    await this.enter();
    const started = performance.now();
    try {
      if (query.stopped) throw interrupted();
      query.connection = this.idle.pop() ?? (await this.instance.connect());
      if (query.stopped) throw interrupted();
      if (folder === undefined) query.rows = await readRows(query.connection, query.sql);
      else await writeParquet(query.connection, query.sql, folder, clusterBy);
      const milliseconds = Math.round(performance.now() - started);
      query.state = { status: 'succeeded', statistics: { bytesScanned: 0, milliseconds } };
    } catch (error) {
      query.state = { status: 'failed', error: query.stopped ? interrupted() : mapEngineError(error) };
    } finally {
      if (query.connection) this.idle.push(query.connection);
      query.connection = undefined;
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= this.statements) await new Promise<void>((turn) => this.waiting.push(turn));
    else this.running += 1;
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }

  private folderOf(prefix: string): string {
    checkPrefix(prefix);
    return join(this.root, prefix);
  }

  private find(handle: QueryHandle): Query {
    const query = this.queries.get(handle.id);
    if (query) return query;
    throw new EngineError({
      code: 'query_unknown',
      found: 'this engine never started that query',
      remedy: 'start it again: a DuckDB query ends with its process',
    });
  }
}

async function readRows(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql);
  const names = reader.columnNames();
  return reader
    .getRows()
    .map((values) => Object.fromEntries(names.map((name, index) => [name, plainValue(values[index] ?? null)])));
}

function closed(): EngineError {
  return new EngineError({ code: 'engine_closed', found: 'the engine was closed', remedy: 'open it again' });
}
