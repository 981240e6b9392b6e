import type { LookCost } from '../core/run';
import type { QueryEngine, QueryHandle, Row, Statement } from '../ports/query-engine';

/** What looks cost, summed up by those who make them. */
export type Spent = LookCost;

export const nothingSpent = (): Spent => ({ bytes_scanned: 0, seconds: 0, statements: 0 });

/** Reads a small result to its end; for looks that decide a plan or fill a manifest, never for a model. */
export async function readRows(engine: QueryEngine, sql: string, spent?: Spent): Promise<Row[]> {
  return engine.rows(await runToEnd(engine, { sql }, spent));
}

/** Waits for a statement that takes no longer than a look. @throws what it failed with. */
export async function runToEnd(engine: QueryEngine, statement: Statement, spent?: Spent): Promise<QueryHandle> {
  const handle = await engine.start(statement);
  for (;;) {
    const state = await engine.poll(handle, 1000);
    if (state.status === 'failed') throw state.error;
    if (state.status === 'running') continue;
    if (spent) {
      spent.bytes_scanned += state.statistics.bytesScanned;
      spent.seconds += state.statistics.milliseconds / 1000;
      spent.statements = (spent.statements ?? 0) + 1;
    }
    return handle;
  }
}
