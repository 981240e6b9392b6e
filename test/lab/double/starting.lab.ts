import { randomUUID } from 'node:crypto';
import { StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { type Harness, openHarness, unloadTo } from './harness';

const workgroups = {
  primary: { outputLocation: 's3://athena-results/' },
  other: { outputLocation: 's3://athena-results/' },
  bare: {},
  closed: { outputLocation: 's3://athena-results/', state: 'DISABLED' as const },
};

let h: Harness;
beforeAll(async () => {
  h = await openHarness('starting', { workgroups });
});
afterAll(() => h.stop());

/** The answer as it goes over the wire, of a call past the SDK's own checks. */
async function wire(body: Record<string, unknown>, operation = 'StartQueryExecution') {
  const response = await fetch(h.double.athena, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AmazonAthena.${operation}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as { Message: string } };
}
const token = (): string => randomUUID();

describe('what StartQueryExecution refuses', () => {
  const invalid = (message: string, code = 'INVALID_INPUT') => ({
    status: 400,
    body: { __type: 'InvalidRequestException', AthenaErrorCode: code, ErrorCode: code, Message: message },
  });
  const violated = (rule: string) =>
    `1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: ${rule}`;

  test('errors have their name in the body, not in a header', async () => {
    const { headers, ...answer } = await wire({
      QueryString: 'select 1',
      ClientRequestToken: token(),
      WorkGroup: 'gone',
    });
    expect(answer).toEqual(invalid('WorkGroup is not found.'));
    expect(headers.get('x-amzn-errortype')).toBeNull();
    expect(headers.get('x-amzn-requestid')).toMatch(/./);
  });

  test.each([
    [undefined, 'clientRequestToken is null or empty'],
    ['x'.repeat(31), violated('Member must have length greater than or equal to 32')],
    ['x'.repeat(129), violated('Member must have length less than or equal to 128')],
    ['é'.repeat(20), violated('Member must have length greater than or equal to 32')],
    ['é'.repeat(100), 'clientRequestToken exceeds maximum allowed length 128'],
  ])('the token %s', async (ClientRequestToken, message) => {
    expect(await wire({ QueryString: 'select 1', ClientRequestToken })).toMatchObject(invalid(message));
  });

  test('first the token, then the place of results, then the syntax', async () => {
    const badPlace = { ResultConfiguration: { OutputLocation: 's3://' } };
    const start = (more: object) => wire({ QueryString: 'selec 1', ClientRequestToken: token(), ...more });
    const all = await start({ ClientRequestToken: 'short', ...badPlace });
    expect(all).toMatchObject(invalid(violated('Member must have length greater than or equal to 32')));
    expect(await start(badPlace)).toMatchObject(invalid('outputLocation is not a valid S3 path.'));
    const syntax = await start({});
    expect(syntax.body).toMatchObject({ AthenaErrorCode: 'MALFORMED_QUERY', __type: 'InvalidRequestException' });
    expect(syntax.body.Message).toMatch(/^line 1:1: mismatched input 'selec'\. Expecting: /);
  });

  test('syntax inside UNLOAD, at its own place', async () => {
    await expect(h.start(unloadTo(`${h.place}/x/`, 'select 1\n from from t'))).rejects.toThrow(
      /^line 2:7: mismatched input 'from'/,
    );
    await expect(h.start(`UNLOAD (select 1) WITH (format = 'PARQUET')`)).rejects.toThrow(/Expecting: 'TO'$/);
  });

  test('CREATE OR REPLACE TABLE is no statement of Athena', async () => {
    await expect(h.start('create or replace table t as select 1 as n')).rejects.toThrow(
      "line 1:19: mismatched input 'table'. Expecting: 'VIEW'",
    );
  });

  test('a text over 262,144 bytes, counted as UTF-8', async () => {
    const text = (bytes: number): string => `select '${'é'.repeat((bytes - 10) / 2)}' `;
    expect(Buffer.byteLength(text(262_144))).toBe(262_144);
    expect((await h.run(text(262_144))).Status?.State).toBe('SUCCEEDED');
    await expect(h.start(`${text(262_144)} `)).rejects.toThrow('less than or equal to 262144');
  });

  test('a closed workgroup, no place of results, a bucket that is not there', async () => {
    await expect(h.start('select 1', { WorkGroup: 'closed' })).rejects.toThrow('WorkGroup closed is disabled.');
    await expect(h.start('select 1', { WorkGroup: 'bare' })).rejects.toThrow(/^No output location provided\. /);
    const ResultConfiguration = { OutputLocation: 's3://no-such-bucket/x/' };
    await expect(h.start('select 1', { ResultConfiguration })).rejects.toThrow(
      'Unable to verify/create output bucket no-such-bucket',
    );
  });
});

describe('tokens', () => {
  const failing = 'select 1 / 0';

  test('the same token gives the same execution, even after it has failed', async () => {
    const ClientRequestToken = token();
    const id = await h.start(failing, { ClientRequestToken });
    expect((await h.end(id)).Status?.State).toBe('FAILED');
    expect(await h.start(failing, { ClientRequestToken })).toBe(id);
    expect(await h.start(failing)).not.toBe(id);
    expect(await h.start(failing, { ClientRequestToken: ClientRequestToken.toUpperCase() })).not.toBe(id);
  });

  test.each([
    ['QueryString', { QueryString: 'select 2' }],
    ['Database', { QueryExecutionContext: { Database: 'other' } }],
    ['Catalog', { QueryExecutionContext: { Database: 'd', Catalog: 'AWSDATACATALOG' } }],
    ['OutputLocation', { ResultConfiguration: { OutputLocation: 's3://lake/other/' } }],
  ])('another %s under a known token is refused', async (_name, other) => {
    const input = {
      QueryString: 'select 1',
      ClientRequestToken: token(),
      QueryExecutionContext: { Database: 'd', Catalog: 'AwsDataCatalog' },
      ResultConfiguration: { OutputLocation: 's3://athena-results/' },
    };
    await h.athena.send(new StartQueryExecutionCommand(input));
    await expect(h.athena.send(new StartQueryExecutionCommand({ ...input, ...other }))).rejects.toMatchObject({
      AthenaErrorCode: 'IDEMPOTENT_PARAMETER_MISMATCH',
      message: 'Idempotent parameters do not match',
    });
  });

  test('another workgroup is not noticed', async () => {
    const ClientRequestToken = token();
    const id = await h.start('select 1', { ClientRequestToken });
    expect(await h.start('select 1', { ClientRequestToken, WorkGroup: 'other' })).toBe(id);
  });

  test('a statement of wrong syntax leaves its token unused', async () => {
    const ClientRequestToken = token();
    await expect(h.start('selec 1', { ClientRequestToken })).rejects.toThrow('mismatched input');
    expect((await h.end(await h.start('select 1', { ClientRequestToken }))).Status?.State).toBe('SUCCEEDED');
  });
});
