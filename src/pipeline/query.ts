import { sha256 } from '../core/run';
import type { QueryEngine, Row } from '../ports/query-engine';

/** Reads a small result to its end; for looks that decide a plan or fill a manifest, never for a model. */
export async function readRows(engine: QueryEngine, sql: string, purpose: string): Promise<Row[]> {
  const handle = await engine.start({ sql, token: sha256(`${purpose}\n${sql}`) });
  for (;;) {
    const state = await engine.poll(handle, 1000);
    if (state.status === 'failed') throw state.error;
    if (state.status === 'succeeded') return engine.rows(handle);
  }
}
