import type { QueryEngine, QueryHandle, QueryStatistics, Statement } from './query-engine';

/** Waits for a statement that takes no longer than a look, on any engine. @throws what it failed with. */
export async function runToEnd(
  engine: QueryEngine,
  statement: Statement,
): Promise<{ handle: QueryHandle; statistics: QueryStatistics }> {
  const handle = await engine.start(statement);
  for (;;) {
    const state = await engine.poll(handle, 1000);
    if (state.status === 'failed') throw state.error;
    if (state.status === 'succeeded') return { handle, statistics: state.statistics };
  }
}
