import type { TrinoOptions, TrinoResult } from '../trino-client';
import { type Engine, TrinoError } from './engine';
import { StatementFailure } from './errors';
import type { Execution, Outcome } from './executions';
import { cancelled, failureOf, SYSTEM, scannedTooMuch } from './failures';
import type { Faults } from './faults';
import type { GlueCatalog } from './glue-catalog';
import type { Mirror } from './glue-mirror';
import type { ImpliedCalls } from './implied-calls';
import type { Arns } from './recording';
import type { S3Store } from './s3-store';
import { pace } from './statement-faults';
import type { Place } from './statements';

/** What statements run on. */
export interface Parts {
  engine: Engine;
  store: S3Store;
  glue: GlueCatalog;
  mirror: Mirror;
  implied: ImpliedCalls;
  faults: Faults;
  arns: Arns;
  /** Schema of the engine for tables that live as long as one statement. */
  scratch: string;
  /** Work that nobody waits for before the double ends. */
  background: Set<Promise<unknown>>;
}

/** One statement on the engine, with the rules of Athena around it. */
export class Run {
  constructor(
    readonly execution: Execution,
    readonly parts: Parts,
  ) {}

  /**
   * Runs a text on the engine, watching what it reads; records the calls that Athena would make.
   *
   * @param start where the caller's own text stands in its statement, which `sql` ends with.
   * @throws StatementFailure
   */
  async query(sql: string, options: TrinoOptions = {}, start?: Place): Promise<TrinoResult> {
    const { execution, parts } = this;
    const limit = execution.workgroup.bytesScannedCutoffPerQuery ?? Number.POSITIVE_INFINITY;
    const tooMuch = new AbortController();
    const before = execution.bytesScanned;
    const watch = (bytes: number): void => {
      execution.bytesScanned = before + bytes;
      if (execution.bytesScanned > limit) tooMuch.abort();
    };
    let id = '';
    try {
      const result = await parts.engine.run(sql, {
        schema: execution.context.database ?? 'default',
        signal: AbortSignal.any([execution.stopping, tooMuch.signal]),
        onProgress: (progress) => {
          id = progress.id;
          watch(progress.bytesRead);
        },
        ...options,
      });
      await this.#account(result.id, watch);
      if (tooMuch.signal.aborted) throw scannedTooMuch();
      return result;
    } catch (error) {
      if (!(error instanceof TrinoError)) throw error;
      await this.#account(error.id || id, watch);
      if (tooMuch.signal.aborted) throw scannedTooMuch();
      if (execution.stopping.aborted) throw cancelled();
      throw failureOf(error, parts.engine.catalog, start);
    }
  }

  async #account(id: string, watch: (bytes: number) => void): Promise<void> {
    const reads = await this.parts.engine.reads(id);
    watch(reads.bytes);
    this.parts.implied.read(this.execution, reads);
  }

  /** Waits, unless the statement is stopped. @throws StatementFailure */
  async wait(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (Date.now() < until) {
      if (this.execution.stopping.aborted) throw cancelled();
      await new Promise((resolve) => setTimeout(resolve, Math.min(20, until - Date.now())));
    }
  }
}

/** Runs a statement to its end; never throws: what went wrong is the execution's. */
export async function runStatement(
  execution: Execution,
  parts: Parts,
  perform: (run: Run) => Promise<Outcome>,
): Promise<void> {
  const run = new Run(execution, parts);
  try {
    execution.run();
    parts.implied.started(execution);
    await pace(run);
    await parts.mirror.settle();
    execution.outcome = await perform(run);
    execution.end('SUCCEEDED');
  } catch (error) {
    const failure = error instanceof StatementFailure ? error : internal(error);
    execution.end(failure.details.state ?? 'FAILED', failure);
  }
}

/** The double's own fault, told as what it is. */
function internal(error: unknown): StatementFailure {
  const reason = `GENERIC_INTERNAL_ERROR: ${(error as Error).stack ?? error}`;
  return new StatementFailure(reason, { category: SYSTEM, type: 0, retryable: false });
}
