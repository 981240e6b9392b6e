import { GetQueryExecutionCommand } from '@aws-sdk/client-athena';
import { CreateTableCommand, GetTableCommand } from '@aws-sdk/client-glue';
import { type Harness, openHarness, unloadTo } from './harness';

/** What Node says of a connection that ends without an answer. */
const LOST = /socket hang up|ECONNRESET|EPIPE/;

let h: Harness;
beforeAll(async () => {
  h = await openHarness('faults');
  await h.run(unloadTo(`${h.place}/source/`, 'select 1 as n'));
  await h.table('source', 'n int', 'source/');
  await h.run('create or replace view over_source as select n from source');
});
afterAll(() => h.stop());
afterEach(() => h.double.faults.clear());

/** States in the order they were seen. */
async function states(id: string): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const { QueryExecution } = await h.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = QueryExecution?.Status?.State as string;
    if (seen.at(-1) !== state) seen.push(state);
    if (['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(state)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('of calls', () => {
  test('throttling, as often as asked, of what matches', async () => {
    const fault = h.double.faults.add({
      on: 'athena:StartQueryExecution',
      match: /41/,
      times: 2,
      do: { kind: 'throttle' },
    });
    await h.start('select 42');
    for (const _ of [1, 2]) await expect(h.start('select 41')).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect((await h.run('select 41')).Status?.State).toBe('SUCCEEDED');
    expect(fault.happened).toBe(2);
  });

  test('a quota that is used up, credentials that have expired: any exception with its members', async () => {
    const members = { Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' };
    const type = 'TooManyRequestsException';
    h.double.faults.add({ on: 'athena:StartQueryExecution', do: { kind: 'refuse', type, members } });
    await expect(h.start('select 1')).rejects.toMatchObject({ name: type, ...members });
    h.double.faults.add({
      on: 'glue:GetTable',
      do: { kind: 'refuse', type: 'ExpiredTokenException', message: 'expired' },
    });
    const get = new GetTableCommand({ DatabaseName: h.database, Name: 'source' });
    await expect(h.glue.send(get)).rejects.toMatchObject({ name: 'ExpiredTokenException', message: 'expired' });
    expect((await h.glue.send(get)).Table?.Name).toBe('source');
  });

  test('one table refused, the others not', async () => {
    const fault = { kind: 'refuse', type: 'AccessDeniedException' } as const;
    h.double.faults.add({ on: 'glue:GetTable', match: (subject) => subject === `${h.database}.source`, do: fault });
    const get = (Name: string) => h.glue.send(new GetTableCommand({ DatabaseName: h.database, Name }));
    await get('over_source');
    await expect(get('source')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('a lost response has done its work: the token finds it again', async () => {
    h.double.faults.add({ on: 'athena:StartQueryExecution', do: { kind: 'loseResponse' } });
    const ClientRequestToken = 'one-token-for-both-of-the-two-calls';
    const sql = unloadTo(`${h.place}/lost/`, 'select 1 as n');
    await expect(h.start(sql, { ClientRequestToken })).rejects.toThrow(LOST);
    expect((await h.run(sql, { ClientRequestToken })).Status?.State).toBe('SUCCEEDED');
    expect(await h.keys('lost/')).toHaveLength(1);
    h.double.faults.add({ on: 'glue:CreateTable', do: { kind: 'loseResponse' } });
    const create = new CreateTableCommand({ DatabaseName: h.database, TableInput: { Name: 'lost' } });
    await expect(h.glue.send(create)).rejects.toThrow(LOST);
    await expect(h.glue.send(create)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  test('a late answer', async () => {
    h.double.faults.add({ on: 'athena:StartQueryExecution', do: { kind: 'delay', ms: 300 } });
    const started = Date.now();
    await h.start('select 1');
    expect(Date.now() - started).toBeGreaterThanOrEqual(295);
  });
});

describe('of statements', () => {
  const on = 'athena:statement';

  test('failing after some bytes, which stay', async () => {
    const reason = 'SlowDown: Please reduce your request rate. (Service: Amazon S3; Status Code: 503)';
    h.double.faults.add({ on, match: /^unload/i, do: { kind: 'fail', reason, retryable: true, orphanBytes: 1234 } });
    const sql = unloadTo(`${h.place}/torn/`, 'select 1 as n');
    const { Status } = await h.run(sql);
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: reason });
    expect(Status?.AthenaError).toMatchObject({ Retryable: true, ErrorCategory: 1 });
    expect(await h.keys('torn/')).toHaveLength(1);
    expect((await h.run(sql)).Status?.StateChangeReason).toMatch(/^HIVE_PATH_ALREADY_EXISTS/);
    expect((await h.run(unloadTo(`${h.place}/torn-2/`, 'select 1 as n'))).Status?.State).toBe('SUCCEEDED');
  });

  test('back from RUNNING to QUEUED', async () => {
    h.double.faults.add({ on, do: { kind: 'requeue', ms: 200 } });
    expect(await states(await h.start('select 1'))).toEqual(['RUNNING', 'QUEUED', 'RUNNING', 'SUCCEEDED']);
  });

  test('slow, and stopped meanwhile', async () => {
    h.double.faults.add({ on, do: { kind: 'slow', ms: 400 } });
    const { Statistics } = await h.run('select 1');
    expect(Statistics?.EngineExecutionTimeInMillis).toBeGreaterThanOrEqual(400);
  });

  test('cut off', async () => {
    h.double.faults.add({ on, do: { kind: 'cutOff' } });
    expect((await h.run('select 1')).Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: 'Bytes scanned limit was exceeded',
    });
  });

  test.each([
    [
      'glue',
      /^Insufficient permissions to execute the query\. User: .* is not authorized to perform: glue:GetTable on resource: arn:aws:glue:.*table\/double_faults\/source /,
    ],
    ['lakeformation', /^Insufficient permissions to execute the query\. Principal does not have any privilege/],
    ['s3', /^Permission denied on S3 path: s3:\/\/lake\/double\/faults-\d+\/source\/$/],
    [
      'kms',
      /is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key\/of-the-table /,
    ],
  ] as const)('no right to one table, by %s, views followed', async (by, reason) => {
    const fault = h.double.faults.add({ on, times: 2, do: { kind: 'denyTable', table: 'double_faults.source', by } });
    expect((await h.run('select 1')).Status?.State).toBe('SUCCEEDED');
    expect(fault.happened).toBe(0);
    expect((await h.run(unloadTo(`${h.place}/${by}/`, 'select n from over_source'))).Status?.StateChangeReason).toMatch(
      reason,
    );
    expect((await h.run('with a as (select * from source) select * from a')).Status).toMatchObject({ State: 'FAILED' });
    expect(await h.keys(`${by}/`)).toEqual([]);
  });
});
