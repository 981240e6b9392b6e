import { openAthenaEngine } from '../../../src/engines/athena/query-engine';
import type { QueryEngine, QueryState } from '../../../src/ports/query-engine';
import { type Answer, type ScriptedAthena, startScriptedAthena } from './scripted-athena';

const SETTINGS = { bucket: 'shop-tidemark', prefix: 't/', database: 'tidemark', workgroup: 'nightly' };

let athena: ScriptedAthena;
let engine: QueryEngine;
beforeEach(async () => {
  athena = await startScriptedAthena();
  engine = openAthenaEngine(SETTINGS, athena.clients);
});
afterEach(() => athena.stop());

/** Every answer of an operation in turn, the last one again and again. */
function script(answers: Record<string, Answer[]>): void {
  athena.answer = ({ operation }) => {
    const left = answers[operation] ?? [{}];
    return (left.length > 1 ? left.shift() : left[0]) as Answer;
  };
}

const started = (id = 'q-1'): Answer => ({ QueryExecutionId: id });

function execution(State: string, rest: object = {}, status: object = {}): Answer {
  return { QueryExecution: { QueryExecutionId: 'q-1', StatementType: 'DML', Status: { State, ...status }, ...rest } };
}

const inputs = (operation: string) =>
  athena.calls.filter((call) => call.operation === operation).map(({ input }) => input);

function failure(state: QueryState): { code?: string; name: string; message: string } {
  if (state.status !== 'failed') throw new Error(`expected a failure, found ${state.status}`);
  return state.error;
}

describe('start', () => {
  test('sends where, what and under which token', async () => {
    script({ StartQueryExecution: [started()] });
    expect(await engine.start({ sql: 'select 1 as a ;\n', token: 't' })).toEqual({ id: 'q-1' });
    expect(inputs('StartQueryExecution')).toEqual([
      {
        QueryString: 'select 1 as a',
        WorkGroup: 'nightly',
        QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: 'tidemark' },
        ResultConfiguration: { OutputLocation: 's3://shop-tidemark/t/query-results/' },
        ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
        ClientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test('wraps what is to be written, a comment at its end included', async () => {
    script({ StartQueryExecution: [started()] });
    await engine.start({ sql: 'select 1 as a -- why', writeTo: 'tables/people/v1/r/1/', clusterBy: ['a'] });
    expect(inputs('StartQueryExecution')[0].QueryString).toBe(
      "UNLOAD (\nselect 1 as a -- why\n) TO 's3://shop-tidemark/t/tables/people/v1/r/1/' WITH (format = 'PARQUET', compression = 'ZSTD')",
    );
  });

  test.each(['tables/x', '../x/', '/x/', 'a//b/'])('the prefix %j is refused', async (writeTo) => {
    await expect(engine.start({ sql: 'select 1', writeTo })).rejects.toMatchObject({ code: 'key_invalid' });
    expect(athena.calls).toEqual([]);
  });

  test('a token depends on everything that makes a query, and on nothing else', async () => {
    script({ StartQueryExecution: [started()] });
    const other = (change: object) => openAthenaEngine({ ...SETTINGS, ...change }, athena.clients);
    await engine.start({ sql: 'select 1', token: 't' });
    await engine.start({ sql: 'select 1;', token: 't' });
    await engine.start({ sql: 'select 2', token: 't' });
    await engine.start({ sql: 'select 1', token: 'u' });
    await engine.start({ sql: 'select 1', token: 't', writeTo: 'a/' });
    await other({ workgroup: 'primary' }).start({ sql: 'select 1', token: 't' });
    await other({ database: 'other' }).start({ sql: 'select 1', token: 't' });
    await other({ prefix: 'u/' }).start({ sql: 'select 1', token: 't' });
    const tokens: string[] = inputs('StartQueryExecution').map((input) => input.ClientRequestToken);
    expect(tokens[1]).toBe(tokens[0]);
    expect(new Set(tokens).size).toBe(7);
  });

  test('without a token every start is a query of its own, and one start stays one over lost answers', async () => {
    script({ StartQueryExecution: ['lose-answer', { error: 'ThrottlingException', message: '' }, started()] });
    await engine.start({ sql: 'select 1' });
    await engine.start({ sql: 'select 1' });
    const tokens: string[] = inputs('StartQueryExecution').map((input) => input.ClientRequestToken);
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens.slice(0, 3)).size).toBe(1);
    expect(tokens[3]).not.toBe(tokens[0]);
    for (const token of tokens) expect(token.length).toBeGreaterThanOrEqual(32);
  });

  test('the byte limit counts UTF-8 and the wrapper, and is told before anything is sent', async () => {
    script({ StartQueryExecution: [started()] });
    await engine.start({ sql: 'ä'.repeat(131_072) });
    await expect(engine.start({ sql: 'ä'.repeat(131_073) })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'statement_too_long',
      found: expect.stringContaining('262146 bytes'),
    });
    await expect(engine.start({ sql: 'x'.repeat(262_140), writeTo: 'tables/people/v1/r/1/' })).rejects.toMatchObject({
      code: 'statement_too_long',
      place: { table: 'people' },
    });
    expect(athena.calls).toHaveLength(1);
  });

  test('a refusal names its code', async () => {
    script({ StartQueryExecution: [{ error: 'InvalidRequestException', message: 'WorkGroup is not found.' }] });
    await expect(engine.start({ sql: 'select 1' })).rejects.toMatchObject({ code: 'workgroup_missing' });
    script({ StartQueryExecution: [{ error: 'InvalidRequestException', message: "line 1:1: mismatched input 'x'" }] });
    await expect(engine.start({ sql: 'selec' })).rejects.toMatchObject({ code: 'query_invalid' });
  });
});

describe('poll', () => {
  const ended = execution('SUCCEEDED', { Statistics: { DataScannedInBytes: 123, TotalExecutionTimeInMillis: 456 } });

  test('QUEUED after RUNNING is no end; an end is asked for once', async () => {
    script({ GetQueryExecution: [execution('QUEUED'), execution('RUNNING'), execution('QUEUED'), ended] });
    const state = await engine.poll({ id: 'q-1' }, 10_000);
    expect(state).toEqual({ status: 'succeeded', statistics: { bytesScanned: 123, milliseconds: 456 } });
    expect(await engine.poll({ id: 'q-1' }, 0)).toEqual(state);
    expect(athena.calls).toHaveLength(4);
  });

  test('looks once where it may not wait, and waits no longer than asked', async () => {
    script({ GetQueryExecution: [execution('RUNNING')] });
    expect(await engine.poll({ id: 'q-1' }, 0)).toEqual({ status: 'running' });
    expect(athena.calls).toHaveLength(1);
    const before = performance.now();
    expect(await engine.poll({ id: 'q-1' }, 300)).toEqual({ status: 'running' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(299);
    expect(performance.now() - before).toBeLessThan(800);
  });

  test('pauses grow, over several calls too', async () => {
    script({ GetQueryExecution: [execution('RUNNING')] });
    for (let call = 0; call < 20; call += 1) await engine.poll({ id: 'q-1' }, 100);
    // Without growing pauses 20 and more looks: at most 50, 75, 112, 169, 253, 380, 570 and so on lie between two.
    expect(athena.calls.length).toBeLessThanOrEqual(9);
    expect(athena.calls.length).toBeGreaterThanOrEqual(4);
  });

  test('a failure tells the table it was about, from the query itself in another process', async () => {
    const Query =
      "UNLOAD (\nselect 1\n) TO 's3://shop-tidemark/t/tables/people/v1/r/1/' WITH (format = 'PARQUET', compression = 'ZSTD')";
    const StateChangeReason = 'Bytes scanned limit was exceeded';
    script({ GetQueryExecution: [execution('FAILED', { Query }, { StateChangeReason })] });
    expect(failure(await engine.poll({ id: 'q-1' }, 0))).toMatchObject({
      code: 'scan_limit',
      place: { table: 'people' },
    });
  });

  test('a query that Athena does not know is told, not polled for ever', async () => {
    script({
      GetQueryExecution: [{ error: 'InvalidRequestException', message: 'QueryExecution q-1 was not found' }],
    });
    await expect(engine.poll({ id: 'q-1' }, 1000)).rejects.toMatchObject({ code: 'query_unknown' });
  });
});

describe('rows', () => {
  const columns = (...types: string[]) => ({ ColumnInfo: types.map((Type, index) => ({ Name: `c${index}`, Type })) });
  const row = (...texts: (string | undefined)[]) => ({
    Data: texts.map((text) => (text === undefined ? {} : { VarCharValue: text })),
  });
  const page = (metadata: object, rows: object[], NextToken?: string): Answer => ({
    ResultSet: { ResultSetMetadata: metadata, Rows: rows },
    ...(NextToken ? { NextToken } : {}),
  });

  test('every page, without the header of the first', async () => {
    const metadata = columns('bigint');
    script({
      GetQueryExecution: [execution('SUCCEEDED')],
      GetQueryResults: [page(metadata, [row('c0'), row('1')], 'next'), page(metadata, [row('2'), row('3')])],
    });
    expect(await engine.rows({ id: 'q-1' })).toEqual([{ c0: 1 }, { c0: 2 }, { c0: 3 }]);
    expect(inputs('GetQueryResults').map((input) => input.NextToken)).toEqual([undefined, 'next']);
  });

  test('a row that looks like the header is a row; other statements have no header', async () => {
    const metadata = columns('varchar');
    script({ GetQueryExecution: [execution('SUCCEEDED')], GetQueryResults: [page(metadata, [row('c0'), row('c0')])] });
    expect(await engine.rows({ id: 'q-1' })).toEqual([{ c0: 'c0' }]);
    script({
      GetQueryExecution: [execution('SUCCEEDED', { StatementType: 'UTILITY' })],
      GetQueryResults: [page(metadata, [row('people')])],
    });
    expect(await engine.rows({ id: 'q-2' })).toEqual([{ c0: 'people' }]);
  });

  test('no page is asked of what writes, runs or failed', async () => {
    const Query = "UNLOAD (\nselect 1\n) TO 's3://shop-tidemark/t/a/' WITH (format = 'PARQUET', compression = 'ZSTD')";
    script({ GetQueryExecution: [execution('SUCCEEDED', { Query })] });
    await expect(engine.rows({ id: 'q-1' })).rejects.toMatchObject({ code: 'no_rows' });
    script({ GetQueryExecution: [execution('RUNNING')] });
    await expect(engine.rows({ id: 'q-2' })).rejects.toMatchObject({ code: 'no_rows' });
    script({ GetQueryExecution: [execution('CANCELLED')] });
    await expect(engine.rows({ id: 'q-3' })).rejects.toMatchObject({ code: 'interrupted' });
    expect(inputs('GetQueryResults')).toEqual([]);
  });
});

describe('stop and close', () => {
  test('a finished query is left alone', async () => {
    script({ GetQueryExecution: [execution('SUCCEEDED')] });
    await engine.poll({ id: 'q-1' }, 0);
    await engine.stop({ id: 'q-1' });
    expect(inputs('StopQueryExecution')).toEqual([]);
  });

  test('one that ends meanwhile is no error, one that cannot be stopped is', async () => {
    const StopQueryExecution = [{ error: 'InvalidRequestException', message: 'too late' }];
    script({ StopQueryExecution, GetQueryExecution: [execution('SUCCEEDED')] });
    await engine.stop({ id: 'q-1' });
    script({ StopQueryExecution, GetQueryExecution: [execution('RUNNING')] });
    await expect(engine.stop({ id: 'q-2' })).rejects.toMatchObject({ code: 'aws_refused' });
  });

  test('close stops what runs, once, and refuses new statements', async () => {
    script({ StartQueryExecution: [started('q-1'), started('q-2')], GetQueryExecution: [execution('SUCCEEDED')] });
    const done = await engine.start({ sql: 'select 1' });
    await engine.start({ sql: 'select 2' });
    await engine.poll(done, 0);
    await Promise.all([engine.close(), engine.close()]);
    expect(inputs('StopQueryExecution')).toEqual([{ QueryExecutionId: 'q-2' }]);
    await expect(engine.start({ sql: 'select 1' })).rejects.toMatchObject({ code: 'engine_closed' });
  });

  test('a query whose start was under way at close is stopped too', async () => {
    script({ StartQueryExecution: [started('q-9')] });
    const starting = engine.start({ sql: 'select 1' });
    const closing = engine.close();
    await expect(starting).rejects.toMatchObject({ code: 'engine_closed' });
    await closing;
    expect(inputs('StopQueryExecution')).toEqual([{ QueryExecutionId: 'q-9' }]);
  });
});
