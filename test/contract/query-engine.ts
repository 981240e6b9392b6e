import type { QueryEngine, QueryHandle, QueryState, Row, Statement } from '../../src/ports/query-engine';

/** Waits for the end of a statement. */
export async function ended(engine: QueryEngine, handle: QueryHandle): Promise<QueryState> {
  for (;;) {
    const state = await engine.poll(handle, 200);
    if (state.status !== 'running') return state;
  }
}

/**
 * What every query engine must keep. Call it inside a describe block: `open` gives the engine over an empty root, `read`
 * the rows of a written prefix by a reader that is not the engine's own.
 */
export function queryEngineContract(open: () => QueryEngine, read: (prefix: string) => Promise<Row[]>): void {
  const run = async (statement: Statement): Promise<QueryState> => ended(open(), await open().start(statement));

  test('a reading statement gives its rows: text, numbers, booleans, ISO dates, decimals as text, nulls', async () => {
    const handle = await open().start({
      sql: "select 'o''neil' as name, cast(7 as bigint) as count, true as is_so, date '2025-03-31' as day, cast(1.5 as decimal(18,2)) as amount, cast(null as varchar) as nothing",
      token: 'values',
    });
    expect(await ended(open(), handle)).toMatchObject({ status: 'succeeded' });
    expect(await open().rows(handle)).toEqual([
      { name: "o'neil", count: 7, is_so: true, day: '2025-03-31', amount: '1.50', nothing: null },
    ]);
  });

  test('a writing statement leaves Parquet files below its prefix, also for no rows', async () => {
    expect(await run({ sql: 'select cast(1 as bigint) as one', writeTo: 'tables/a/1/', token: 'write' })).toMatchObject(
      { status: 'succeeded' },
    );
    expect(
      await run({ sql: 'select cast(1 as bigint) as one where false', writeTo: 'tables/a/2/', token: 'write none' }),
    ).toMatchObject({ status: 'succeeded' });
    expect((await read('tables/a/1/')).map((row) => Number(row.one))).toEqual([1]);
    expect(await read('tables/a/2/')).toEqual([]);
  });

  test('the same token is the same query: the second start writes nothing again', async () => {
    const statement = { sql: 'select cast(2 as bigint) as two', writeTo: 'tables/b/1/', token: 'again' };
    const [first, second] = [await open().start(statement), await open().start(statement)];
    expect(second).toEqual(first);
    expect(await ended(open(), second)).toMatchObject({ status: 'succeeded' });
    expect(await read('tables/b/1/')).toHaveLength(1);
  });

  test('a wrong statement fails with a typed error, on start or when looked at', async () => {
    const failed = await open()
      .start({ sql: 'select no_such_column from (select 1 as one) as t', token: 'wrong' })
      .then((handle) => ended(open(), handle))
      .then((state) => (state.status === 'failed' ? state.error : undefined))
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'EngineError', code: expect.any(String), remedy: expect.any(String) });
  });

  test('a handle is plain JSON, and a finished query can be stopped without harm', async () => {
    const handle = await open().start({ sql: 'select 1 as one', token: 'handle' });
    expect(JSON.parse(JSON.stringify(handle))).toEqual(handle);
    await ended(open(), handle);
    await open().stop(handle);
    expect(await ended(open(), handle)).toMatchObject({ status: 'succeeded' });
  });
}
