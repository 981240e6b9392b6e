import { GetQueryResultsCommand } from '@aws-sdk/client-athena';
import { CreatePartitionCommand } from '@aws-sdk/client-glue';
import { type Harness, openHarness, unloadTo } from './harness';

const resultKey = 'arn:aws:kms:us-east-1:123456789012:key/results';
const bucketKey = 'arn:aws:kms:us-east-1:123456789012:key/lake';

let h: Harness;
beforeAll(async () => {
  h = await openHarness('implied', {
    workgroups: { primary: { outputLocation: 's3://lake/results/', kmsKey: resultKey } },
    bucketKeys: { lake: bucketKey },
  });
  await h.table('runs', 'n int', 'runs/', 'run_id string');
  for (const value of ['a', 'b', 'c']) {
    await h.run(unloadTo(`${h.place}/at-${value}/`, `select 1 as n`));
    const PartitionInput = { Values: [value], StorageDescriptor: { Location: `${h.place}/at-${value}/` } };
    await h.glue.send(new CreatePartitionCommand({ DatabaseName: h.database, TableName: 'runs', PartitionInput }));
  }
  await h.table('plain', 'n int', 'at-a');
  await h.run(`create or replace view current as select n from runs where run_id = 'b'`);
});
afterAll(() => h.stop());
beforeEach(() => h.double.forget());

/** Actions of one statement, each with what it is about, short. */
function implied(statement: string | undefined): string[] {
  return h.double.calls
    .filter((call) => call.by === 'implied' && call.statement === statement)
    .map(({ action, resources }) => `${action} ${resources.at(-1)?.replace(/^arn:aws:(\w+):[^:]*:[^:]*:/, '$1 ')}`)
    .map((line) => line.replaceAll(`${h.place.slice(10)}`, '<place>'));
}

test('reading a view: its tables too, and the objects of the one partition that is left', async () => {
  const { QueryExecutionId } = await h.run('select v.n from current v join plain p on v.n = p.n');
  const calls = implied(QueryExecutionId);
  for (const table of ['current', 'runs', 'plain'])
    expect(calls).toContain(`glue:GetTable glue table/double_implied/${table}`);
  expect(calls).toContain('glue:GetDatabase glue database/double_implied');
  expect(calls.filter((call) => call.startsWith('glue:GetPartitions'))).toEqual([
    'glue:GetPartitions glue table/double_implied/runs',
  ]);
  expect(calls.filter((call) => call.startsWith('s3:GetObject')).sort()).toEqual([
    's3:GetObject s3 lake/<place>/at-a/*',
    's3:GetObject s3 lake/<place>/at-b/*',
  ]);
  for (const call of [
    's3:ListBucket s3 lake',
    's3:GetBucketLocation s3 lake',
    'lakeformation:GetDataAccess *',
    'kms:Decrypt kms key/lake',
  ])
    expect(calls).toContain(call);
});

test('writing: the destination and the results, each with its key', async () => {
  const { QueryExecutionId } = await h.run(unloadTo(`${h.place}/out/`, 'select 1 as n'));
  const calls = implied(QueryExecutionId);
  for (const action of ['PutObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'])
    for (const place of ['<place>/out/', 'results/']) expect(calls).toContain(`s3:${action} s3 lake/${place}*`);
  for (const key of ['lake', 'results']) expect(calls).toContain(`kms:GenerateDataKey kms key/${key}`);
  expect(calls).toContain('athena:GetDataCatalog athena datacatalog/AwsDataCatalog');
  expect(calls.filter((call) => /GetObject|GetTable/.test(call))).toEqual([]);
});

test('a view that is made, a result that is fetched', async () => {
  const { QueryExecutionId: made } = await h.run('create or replace view fresh as select n from plain');
  expect(implied(made)).toContain('glue:CreateTable glue table/double_implied/fresh');
  const { QueryExecutionId: again } = await h.run('create or replace view fresh as select n from plain');
  expect(implied(again)).toContain('glue:UpdateTable glue table/double_implied/fresh');
  const { QueryExecutionId } = await h.run('select 1');
  await h.athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  expect(implied(QueryExecutionId)).toContain(`s3:GetObject s3 lake/results/${QueryExecutionId}.csv`);
});

test("the client's own calls stand beside them", async () => {
  await h.run('select 1');
  const own = h.double.calls
    .filter(({ by }) => by === 'sdk')
    .map(({ action, resources }) => [action, ...resources].join(' '));
  expect(own.slice(0, 2)).toEqual([
    'athena:StartQueryExecution arn:aws:athena:us-east-1:123456789012:workgroup/primary',
    'athena:GetQueryExecution arn:aws:athena:us-east-1:123456789012:workgroup/primary',
  ]);
  h.double.forget();
  expect(h.double.calls).toEqual([]);
});
