import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import type { TidemarkError } from '../../../src/core/errors';
import { openS3Store } from '../../../src/engines/athena/object-store';
import { openAthenaEngine } from '../../../src/engines/athena/query-engine';
import { type AthenaSettings, type AwsClients, openClients } from '../../../src/engines/athena/settings';
import { type Double, startDouble } from '../double/double';
import { BUCKET } from '../servers';
import { trinoClient } from '../trino-client';

/** Every bad input that a shop's AWS account can have: each has a code, and names the thing and the remedy. */

const { LAB_TRINO: trino = '', LAB_S3: s3 = '' } = process.env;
const MARK = `errors_${Date.now().toString(36)}`;
const SETTINGS: AthenaSettings = { bucket: BUCKET, prefix: `${MARK}/`, database: MARK, workgroup: 'nightly' };
const ENVIRONMENT = { ...process.env };

let double: Double;
let opened: AwsClients[];
beforeAll(async () => {
  double = await startDouble({
    trino,
    s3,
    workgroups: {
      nightly: {},
      off: { state: 'DISABLED' },
      small: { bytesScannedCutoffPerQuery: 10 },
    },
  });
  const client = trinoClient(trino, BUCKET, MARK);
  const lake = (table: string) => `external_location = 's3://${BUCKET}/${MARK}_lake/${table}/', format = 'PARQUET'`;
  await client.query(`create schema ${MARK}`);
  await client.query(
    `create table orders with (${lake('orders')}) as select n as id, 'paid' as status from unnest(sequence(1, 1000)) as t (n)`,
  );
  await client.query(`create table texts with (${lake('texts')}) as select 'jane@example.com' as amount`);
  await client.query(`create table mistyped (amount bigint) with (${lake('texts')})`);
});
beforeEach(() => {
  opened = [];
  Object.assign(process.env, double.environment);
});
afterEach(() => {
  double.faults.clear();
  double.forget();
  for (const clients of opened) for (const client of Object.values(clients)) client.destroy();
  for (const name of Object.keys(process.env)) if (!(name in ENVIRONMENT)) delete process.env[name];
  Object.assign(process.env, ENVIRONMENT);
});
afterAll(() => double.stop());

function remember(clients: AwsClients): AwsClients {
  opened.push(clients);
  return clients;
}

/** As the product opens them, but giving up after two sends: patience is tested elsewhere. */
function impatient(): AwsClients {
  const once = { maxAttempts: 2 };
  return remember({
    athena: new AthenaClient(once),
    glue: new GlueClient(once),
    s3: new S3Client({ ...once, forcePathStyle: true }),
  });
}

type Told = TidemarkError;

/** The error a query ends with, at its start or later. */
async function ofQuery(sql: string, change: Partial<AthenaSettings> = {}, writeTo?: string): Promise<Told> {
  const engine = openAthenaEngine({ ...SETTINGS, ...change }, impatient());
  try {
    const state = await engine.poll(await engine.start({ sql, ...(writeTo ? { writeTo } : {}) }), 60_000);
    return (state.status === 'failed' ? state.error : new Error(`expected a failure, found ${state.status}`)) as Told;
  } catch (error) {
    return error as Told;
  }
}

/** The error of a write to the store. */
async function ofStore(change: Partial<AthenaSettings> = {}, clients = impatient()): Promise<Told> {
  const store = openS3Store({ ...SETTINGS, ...change }, clients);
  return store.put('current.json', '{}', { ifNoneMatch: '*' }).then(
    () => new Error('expected a failure') as Told,
    (error) => error as Told,
  );
}

function expectTold(error: Told, name: string, code: string, ...mentions: string[]): void {
  expect(error).toMatchObject({ name, code });
  for (const words of mentions) expect(error.message).toContain(words);
  expect(error.cause).toBeUndefined();
  expect(`${error.message} ${error.stack}`).not.toContain('jane@example.com');
}

describe('settings of this machine', () => {
  /** No file and no metadata service gives anything either. */
  function withoutProfiles(): string {
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
      delete process.env[name];
    process.env.AWS_EC2_METADATA_DISABLED = 'true';
    process.env.AWS_CONFIG_FILE = join(home, 'config');
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(home, 'credentials');
    return home;
  }

  test('credentials missing', async () => {
    const home = withoutProfiles();
    expectTold(await ofQuery('select 1'), 'EngineError', 'credentials_missing', 'AWS_PROFILE');
    expectTold(await ofStore({}, remember(openClients())), 'EngineError', 'credentials_missing', 'AWS_PROFILE');
    rmSync(home, { recursive: true });
  });

  test('credentials expired, at Athena and at S3', async () => {
    double.faults.add({
      on: 'athena:StartQueryExecution',
      do: {
        kind: 'refuse',
        type: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
      },
    });
    expectTold(await ofQuery('select 1'), 'EngineError', 'credentials_expired', 'aws sso login');
    double.faults.add({
      on: 's3:PutObject',
      do: { kind: 'refuse', type: 'ExpiredToken', message: 'The provided token has expired.' },
    });
    expectTold(await ofStore(), 'EngineError', 'credentials_expired', 'aws sso login');
  });

  test('credentials that AWS does not know', async () => {
    double.faults.add({
      on: 'athena:StartQueryExecution',
      do: {
        kind: 'refuse',
        type: 'UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      },
    });
    expectTold(await ofQuery('select 1'), 'EngineError', 'credentials_invalid', 'clock');
  });

  test('region missing', async () => {
    const home = withoutProfiles();
    delete process.env.AWS_REGION;
    expectTold(await ofQuery('select 1'), 'EngineError', 'region_missing', 'AWS_REGION');
    rmSync(home, { recursive: true });
  });

  test('an address that nobody answers at', async () => {
    process.env.AWS_ENDPOINT_URL_ATHENA = 'http://127.0.0.1:1';
    expectTold(await ofQuery('select 1'), 'TransientEngineError', 'connection_lost', 'network');
    process.env.AWS_ENDPOINT_URL_ATHENA = 'http://athena.eu-wset-1.invalid';
    expectTold(await ofQuery('select 1'), 'EngineError', 'endpoint_unknown', 'AWS_REGION');
  });
});

describe('workgroup and bucket', () => {
  test('workgroup absent or disabled', async () => {
    expectTold(
      await ofQuery('select 1', { workgroup: 'nihgtly' }),
      'EngineError',
      'workgroup_missing',
      'nihgtly',
      '--workgroup',
    );
    expectTold(await ofQuery('select 1', { workgroup: 'off' }), 'EngineError', 'workgroup_disabled', 'off', 'enable');
  });

  test('bucket in another region', async () => {
    double.faults.add({
      on: 's3:PutObject',
      do: {
        kind: 'refuse',
        type: 'PermanentRedirect',
        status: 301,
        message: 'The bucket you are attempting to access must be addressed using the specified endpoint.',
        headers: { 'x-amz-bucket-region': 'eu-west-1' },
      },
    });
    expectTold(await ofStore(), 'EngineError', 'bucket_in_another_region', BUCKET, 'AWS_REGION=eu-west-1');
    double.faults.add({
      on: 's3:PutObject',
      do: {
        kind: 'refuse',
        type: 'AuthorizationHeaderMalformed',
        message: "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        members: { Region: 'eu-west-1' },
      },
    });
    expectTold(await ofStore(), 'EngineError', 'bucket_in_another_region', BUCKET, 'AWS_REGION=eu-west-1');
    double.faults.add({
      on: 'athena:StartQueryExecution',
      do: {
        kind: 'refuse',
        type: 'InvalidRequestException',
        message:
          'The S3 location provided to save your query results is invalid. Please check your S3 location is correct and is in the same region and try again.',
      },
    });
    expectTold(await ofQuery('select 1'), 'EngineError', 'bucket_in_another_region', BUCKET, 'AWS_REGION');
  });

  test('bucket absent', async () => {
    const bucket = 'no-such-bucket-anywhere';
    expectTold(await ofStore({ bucket }), 'EngineError', 'bucket_missing', bucket, '--out');
    const store = openS3Store({ ...SETTINGS, bucket }, impatient());
    await expect(store.list('')).rejects.toMatchObject({ code: 'bucket_missing' });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'bucket_missing' });
  });
});

describe('permissions', () => {
  test.each([
    ['glue', 'glue:GetTable'],
    ['s3', 's3:GetObject'],
    ['lakeformation', 'Lake Formation'],
  ] as const)('access denied on one table by %s', async (by, mention) => {
    double.faults.add({ on: 'athena:statement', do: { kind: 'denyTable', table: `${MARK}.orders`, by } });
    const error = await ofQuery(`select status from ${MARK}.orders`);
    expectTold(error, 'EngineError', 'table_access_denied', mention, 'orders');
  });

  test('access denied on a call', async () => {
    const caller = 'User: arn:aws:sts::123456789012:assumed-role/shop/jane@example.com';
    const resource = 'arn:aws:athena:us-east-1:123456789012:workgroup/nightly';
    double.faults.add({
      on: 'athena:StartQueryExecution',
      do: {
        kind: 'refuse',
        type: 'AccessDeniedException',
        message: `${caller} is not authorized to perform: athena:StartQueryExecution on resource: ${resource} because no identity-based policy allows the athena:StartQueryExecution action`,
      },
    });
    expectTold(await ofQuery('select 1'), 'EngineError', 'access_denied', `athena:StartQueryExecution on ${resource}`);
    double.faults.add({
      on: 's3:PutObject',
      do: { kind: 'refuse', type: 'AccessDenied', status: 403, message: 'Access Denied' },
    });
    expectTold(await ofStore(), 'EngineError', 'access_denied', 'current.json', 's3:PutObject', `s3://${BUCKET}`);
  });
});

describe('sources', () => {
  test('a column of another type than declared', async () => {
    const error = await ofQuery(`select sum(amount) as total from ${MARK}.mistyped`, {}, 'tables/stg_orders/v1/r/1/');
    expectTold(error, 'SourceContractError', 'source_column_mismatch', 'amount', 'bigint', `${MARK}.mistyped`);
    expect(error.place).toMatchObject({ table: 'stg_orders', column: 'amount' });
  });

  test('a table or database that is not there', async () => {
    expectTold(
      await ofQuery(`select 1 from ${MARK}.absent`),
      'EngineError',
      'table_missing',
      `${MARK}.absent`,
      'tidemark catalog',
    );
    expectTold(
      await ofQuery('select 1 from no_such_database.orders'),
      'EngineError',
      'table_missing',
      'no_such_database',
    );
  });

  test('a value that cannot be cast is not shown', async () => {
    const error = await ofQuery(`select cast(amount as bigint) as n from ${MARK}.texts`);
    expectTold(error, 'EngineError', 'value_not_convertible', 'BIGINT', 'try_cast');
  });
});

describe('limits', () => {
  test('a statement over the byte limit', async () => {
    const sql = `select '${'x'.repeat(262_144)}' as a`;
    expectTold(
      await ofQuery(sql, {}, 'tables/people/v1/r/1/'),
      'EngineError',
      'statement_too_long',
      'people',
      '262144',
    );
    expect(double.calls).toEqual([]);
  });

  test('quota of queries exceeded', async () => {
    double.faults.add({
      on: 'athena:StartQueryExecution',
      times: 2,
      do: {
        kind: 'refuse',
        type: 'TooManyRequestsException',
        message: 'You have exceeded the limit for the number of queries you can run concurrently.',
        members: { Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' },
      },
    });
    expectTold(
      await ofQuery('select 1'),
      'TransientEngineError',
      'quota_exceeded',
      'Active DML queries',
      'Service Quotas',
    );
  });

  test('throttled longer than the SDK is patient', async () => {
    double.faults.add({ on: 'athena:GetQueryExecution', times: 2, do: { kind: 'throttle' } });
    expectTold(await ofQuery('select 1'), 'TransientEngineError', 'throttled', 'run again');
    double.faults.add({ on: 's3:PutObject', times: 99, do: { kind: 'throttle' } });
    expectTold(await ofStore(), 'TransientEngineError', 'throttled', 'run again');
  });

  test('cut off by the byte limit of the workgroup', async () => {
    const error = await ofQuery(`select count(distinct status) as n from ${MARK}.orders`, { workgroup: 'small' });
    expectTold(error, 'EngineError', 'scan_limit', 'BytesScannedCutoffPerQuery', 'workgroup small', 'partition');
  });

  test.each([
    ['Query timeout', false, 'EngineError', 'query_timeout', '240 minutes'],
    [
      'Query exhausted resources at this scale factor',
      false,
      'EngineError',
      'resources_exhausted',
      'capacity reservation',
    ],
    [
      'Query exhausted resources at this scale factor',
      true,
      'TransientEngineError',
      'resources_exhausted',
      'run again',
    ],
    ['ICEBERG_COMMIT_ERROR: Failed to commit', false, 'TransientEngineError', 'query_broke_off', 'run again'],
    [
      'HIVE_CURSOR_ERROR: Please reduce your request rate. (Error Code: SlowDown)',
      false,
      'TransientEngineError',
      'query_broke_off',
      'S3',
    ],
    ['NOBODY_KNOWS_ERROR: jane@example.com', false, 'EngineError', 'engine_failed', 'NOBODY_KNOWS_ERROR'],
    ['NOBODY_KNOWS_ERROR: jane@example.com', true, 'TransientEngineError', 'query_broke_off', 'run again'],
  ])('a query that fails with %s, retryable %s', async (reason, retryable, name, code, mention) => {
    double.faults.add({ on: 'athena:statement', do: { kind: 'fail', reason, retryable, category: 1 } });
    expectTold(await ofQuery('select 1'), name, code, mention);
  });
});

describe('statements', () => {
  test.each([
    ["selec 'jane@example.com'", 'line 1:1'],
    [`select 'jane@example.com' + 1`, 'line 1:'],
    [`select banana from ${MARK}.orders`, '"banana"'],
    ['select no_such_function(1)', '"no_such_function"'],
  ])('%s', async (sql, mention) => {
    expectTold(await ofQuery(sql), 'EngineError', 'query_invalid', mention);
    expectTold(
      await ofQuery(sql, {}, `tables/people/v1/${Math.random()}/1/`),
      'EngineError',
      'query_invalid',
      'people: ',
    );
  });
});
