import type { LookCost } from '../core/run';
import type { QueryEngine, Row } from '../ports/query-engine';
import { runToEnd } from '../ports/run-to-end';

/** What looks cost, summed up by those who make them. */
export type Spent = LookCost;

export const nothingSpent = (): Spent => ({ bytes_scanned: 0, seconds: 0, statements: 0 });

/** Reads a small result to its end; for looks that decide a plan or fill a manifest, never for a model. */
export async function readRows(engine: QueryEngine, sql: string, spent?: Spent): Promise<Row[]> {
  const { handle, statistics } = await runToEnd(engine, { sql });
  if (spent) {
    spent.bytes_scanned += statistics.bytesScanned;
    spent.seconds += statistics.milliseconds / 1000;
    spent.statements = (spent.statements ?? 0) + 1;
  }
  return engine.rows(handle);
}
