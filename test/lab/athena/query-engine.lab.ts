import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openS3Store } from '../../../src/engines/athena/object-store';
import { openAthenaEngine } from '../../../src/engines/athena/query-engine';
import { type AthenaSettings, type AwsClients, openClients } from '../../../src/engines/athena/settings';
import { openDuckDbEngine } from '../../../src/engines/duckdb/query-engine';
import type { QueryEngine, QueryState, Row } from '../../../src/ports/query-engine';
import { type Double, startDouble } from '../double/double';
import { BUCKET } from '../servers';
import { type TrinoClient, trinoClient } from '../trino-client';

const { LAB_TRINO: trino = '', LAB_S3: s3 = '' } = process.env;
const MARK = `engine_${Date.now().toString(36)}`;
const SETTINGS: AthenaSettings = { bucket: BUCKET, prefix: `${MARK}/`, database: MARK, workgroup: 'nightly' };

let double: Double;
let clients: AwsClients;
let engine: QueryEngine;
let client: TrinoClient;
beforeAll(async () => {
  const outputLocation = `s3://${BUCKET}/athena-results/`;
  double = await startDouble({ trino, s3, workgroups: { nightly: { outputLocation, enforced: true } } });
  Object.assign(process.env, double.environment);
  client = trinoClient(trino, BUCKET, MARK);
  await client.query(`create schema ${MARK}`);
});
beforeEach(() => {
  clients = openClients();
  engine = openAthenaEngine(SETTINGS, clients);
});
afterEach(async () => {
  double.faults.clear();
  double.forget();
  await engine.close();
});
afterAll(() => double.stop());

async function end(sql: string, writeTo?: string, token?: string): Promise<QueryState> {
  const handle = await engine.start({ sql, ...(writeTo ? { writeTo } : {}), ...(token ? { token } : {}) });
  return engine.poll(handle, 60_000);
}

async function read(by: QueryEngine, sql: string): Promise<Row[]> {
  const handle = await by.start({ sql });
  const state = await by.poll(handle, 60_000);
  if (state.status === 'failed') throw state.error;
  return by.rows(handle);
}

/** Rows of the files that an UNLOAD left, by a table of the engine over them. */
async function written(writeTo: string, columns: string): Promise<unknown[][]> {
  const name = `t_${writeTo.replaceAll(/\W/g, '_')}`;
  const location = `s3://${BUCKET}/${SETTINGS.prefix}${writeTo}`;
  await client.query(`create table ${name} (${columns}) with (external_location = '${location}', format = 'PARQUET')`);
  return (await client.query(`select * from ${name} order by 1`)).rows;
}

const called = (action: string): number =>
  double.calls.filter((call) => call.action === action && call.by === 'sdk').length;

test('the same values come back as from DuckDB, type for type', async () => {
  const sql = `select * from (values
    (1, cast(1 as bigint), cast(9007199254740993 as bigint), cast('1.50' as decimal(18, 4)), date '2024-02-29', 15e-1, true, 'a'),
    (2, cast(-9223372036854775807 as bigint), cast(0 as bigint), cast('-0.0001' as decimal(18, 4)), date '0001-01-01', 1e300, false, ''),
    (3, null, null, null, null, null, null, null),
    (4, cast(5 as bigint), cast(5 as bigint), cast('99999999999999.9999' as decimal(18, 4)), date '9999-12-31', 1e0 / 3e0, true, 'O''Brien; -- 😀 "x", y')
    ) as t (n, whole, big, exact, day, share, flag, name) order by n -- a comment at the end`;
  const root = mkdtempSync(join(tmpdir(), 'tidemark-'));
  const duckdb = await openDuckDbEngine({ root, memoryLimit: '300MB' });
  try {
    expect(await read(engine, sql)).toEqual(await read(duckdb, sql));
    const odd = "select cast('NaN' as double) as a, cast('Infinity' as double) as b, cast('-Infinity' as double) as c";
    expect(await read(engine, odd)).toEqual(await read(duckdb, odd));
  } finally {
    await duckdb.close();
    rmSync(root, { recursive: true, force: true });
  }
});

test('every page of a long result', async () => {
  const rows = await read(engine, 'select n from unnest(sequence(1, 2500)) as t (n) order by n;');
  expect(rows).toEqual(Array.from({ length: 2500 }, (_, index) => ({ n: index + 1 })));
  expect(called('athena:GetQueryResults')).toBe(3);
});

test('no rows are an empty result', async () => {
  expect(await read(engine, 'select 1 as n where false')).toEqual([]);
});

describe('writing', () => {
  test('leaves Parquet below the prefix and tells what was read', async () => {
    await client.query(`create table people as select * from (values (2, 'ö'), (1, null)) as t (id, name)`);
    const state = await end('select id, name from people -- all', 'tables/a/v1/r/1/', 'first');
    expect(state).toMatchObject({ status: 'succeeded', statistics: { milliseconds: expect.any(Number) } });
    expect(state.status === 'succeeded' && state.statistics.bytesScanned).toBeGreaterThan(0);
    expect(await written('tables/a/v1/r/1/', 'id integer, name varchar')).toEqual([
      [1, null],
      [2, 'ö'],
    ]);
  });

  test('zero rows succeed', async () => {
    expect((await end('select 1 as id where false', 'tables/b/v1/r/1/', 'none')).status).toBe('succeeded');
    expect(await written('tables/b/v1/r/1/', 'id integer')).toEqual([]);
  });

  test('more than 100 groups are no partitions', async () => {
    const sql = 'select n, cast(n as varchar) as run_id from unnest(sequence(1, 250)) as t (n)';
    expect((await end(sql, 'tables/c/v1/r/1/', 'many')).status).toBe('succeeded');
    expect(await written('tables/c/v1/r/1/', 'n bigint, run_id varchar')).toHaveLength(250);
  });

  test('a prefix that holds anything is refused, leftovers of a failed attempt included', async () => {
    double.faults.add({
      on: 'athena:statement',
      match: /tables\/d\//,
      do: { kind: 'fail', reason: 'GENERIC_INTERNAL_ERROR: x', category: 1, orphanBytes: 100 },
    });
    const failed = await end('select 1 as id', 'tables/d/v1/r/1/', 'attempt 1');
    expect(failed).toMatchObject({
      status: 'failed',
      error: { name: 'TransientEngineError', code: 'query_broke_off' },
    });
    expect(await openS3Store(SETTINGS, clients).list('tables/d/v1/r/1/')).not.toEqual([]);
    expect(await end('select 1 as id', 'tables/d/v1/r/1/', 'again')).toMatchObject({
      status: 'failed',
      error: { code: 'destination_not_empty', place: { table: 'd' } },
    });
    expect((await end('select 1 as id', 'tables/d/v1/r/2/', 'attempt 2')).status).toBe('succeeded');
    expect(await written('tables/d/v1/r/2/', 'id integer')).toEqual([[1]]);
  });
});

describe('tokens', () => {
  test('the same one is the same query, after its failure too and in another process', async () => {
    double.faults.add({ on: 'athena:statement', match: /token_a/, do: { kind: 'fail', reason: 'Internal error' } });
    const statement = { sql: 'select 1 as token_a', token: 'a' };
    const first = await engine.start(statement);
    expect((await engine.poll(first, 60_000)).status).toBe('failed');
    const other = openAthenaEngine(SETTINGS, openClients());
    expect(await other.start(statement)).toEqual(first);
    expect((await other.poll(first, 0)).status).toBe('failed');
    const next = await other.start({ ...statement, token: 'b' });
    expect(next).not.toEqual(first);
    expect((await other.poll(next, 60_000)).status).toBe('succeeded');
    await other.close();
  });

  test('a start whose answer is lost starts one query', async () => {
    double.faults.add({ on: 'athena:StartQueryExecution', times: 2, do: { kind: 'loseResponse' } });
    expect((await end('select 1 as id', 'tables/e/v1/r/1/')).status).toBe('succeeded');
    expect(await written('tables/e/v1/r/1/', 'id integer')).toEqual([[1]]);
    expect(called('athena:StartQueryExecution')).toBe(3);
  });
});

describe('a service under load', () => {
  test('throttled calls, lost looks and a query that is queued again end well', async () => {
    double.faults.add({ on: 'athena:StartQueryExecution', times: 2, do: { kind: 'throttle' } });
    double.faults.add({ on: 'athena:GetQueryExecution', times: 2, do: { kind: 'loseResponse' } });
    double.faults.add({ on: 'athena:GetQueryResults', do: { kind: 'throttle' } });
    double.faults.add({ on: 'athena:statement', do: { kind: 'requeue', ms: 500 } });
    expect(await read(engine, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('looks are few while a query runs long', async () => {
    double.faults.add({ on: 'athena:statement', do: { kind: 'slow', ms: 4000 } });
    const handle = await engine.start({ sql: 'select 1 as n' });
    while ((await engine.poll(handle, 250)).status === 'running');
    expect(called('athena:GetQueryExecution')).toBeLessThanOrEqual(16);
  });
});

describe('stopping', () => {
  test('a running query ends, a finished one is left alone', async () => {
    double.faults.add({ on: 'athena:statement', do: { kind: 'slow', ms: 60_000 } });
    const handle = await engine.start({ sql: 'select 1 as n' });
    expect((await engine.poll(handle, 200)).status).toBe('running');
    await engine.stop(handle);
    expect(await engine.poll(handle, 10_000)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
    await engine.stop(handle);
    expect(called('athena:StopQueryExecution')).toBe(1);
  });

  test('close ends what runs', async () => {
    double.faults.add({ on: 'athena:statement', do: { kind: 'slow', ms: 60_000 } });
    const handle = await engine.start({ sql: 'select 1 as n' });
    await engine.close();
    const other = openAthenaEngine(SETTINGS, openClients());
    expect(await other.poll(handle, 10_000)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
    await other.close();
  });
});
