import type { EngineError } from '../core/errors';

/** A value of a small result row: text, number, bigint, boolean, ISO date text, or null. */
export type Value = string | number | bigint | boolean | null;
export type Row = Record<string, Value>;

/** What the engine is asked to run. `sql` is one SELECT in the portable subset, without a trailing semicolon. */
export interface Statement {
  sql: string;
  /** Where the rows go: a fresh key prefix ending in '/', never used before. Absent: the rows are read back (small results only). */
  writeTo?: string;
  /** Columns whose rows should lie together in what is written; an engine may ignore it. */
  clusterBy?: readonly string[];
  /**
   * Hash of every input and the attempt number: a repeated start with the same token is the same query, even once it has
   * failed. Absent: every start is a query of its own (looks at data that may have changed).
   */
  token?: string;
}

/** Plain JSON, so that it can travel through a state machine. */
export interface QueryHandle {
  id: string;
}

export interface QueryStatistics {
  bytesScanned: number;
  milliseconds: number;
}

export type QueryState =
  | { status: 'running' }
  | { status: 'succeeded'; statistics: QueryStatistics }
  | { status: 'failed'; error: Error };

/** Starts statements and says how they go. Nobody waits inside an engine call for a query to end. */
export interface QueryEngine {
  readonly name: 'duckdb' | 'athena';
  /**
   * Looks at the settings that statements run under.
   * @returns what stands in no night's way, and should be otherwise.
   * @throws EngineError where one is not as it must be.
   */
  inspect(): Promise<EngineError[]>;
  /** @throws EngineError when the statement is refused at once. */
  start(statement: Statement): Promise<QueryHandle>;
  /** Looks once; may wait up to `waitMilliseconds` for the end. A failed state carries an EngineError, TransientEngineError or SourceContractError. */
  poll(handle: QueryHandle, waitMilliseconds: number): Promise<QueryState>;
  /** The rows of a succeeded reading statement. */
  rows(handle: QueryHandle): Promise<Row[]>;
  /** Stops a running query; a finished one is left alone. */
  stop(handle: QueryHandle): Promise<void>;
  /** Releases connections and locks. Queries under way are stopped. */
  close(): Promise<void>;
}
