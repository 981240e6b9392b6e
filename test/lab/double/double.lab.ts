import { AthenaClient, GetDataCatalogCommand } from '@aws-sdk/client-athena';
import { GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { trinoClient } from '../trino-client';
import { startDouble } from './double';
import { openHarness, unloadTo } from './harness';

const [trino, s3] = [process.env.LAB_TRINO as string, process.env.LAB_S3 as string];

test('its environment is all that the SDK needs', async () => {
  const double = await startDouble({ trino, s3, region: 'eu-central-1', account: '000000000042' });
  const before = { ...process.env };
  Object.assign(process.env, double.environment);
  try {
    const { DataCatalog } = await new AthenaClient().send(new GetDataCatalogCommand({ Name: 'AwsDataCatalog' }));
    expect(DataCatalog).toMatchObject({ Name: 'AwsDataCatalog', Type: 'GLUE' });
    const gone = new GlueClient().send(new GetDatabaseCommand({ Name: 'gone' }));
    await expect(gone).rejects.toMatchObject({ name: 'EntityNotFoundException' });
    await new S3Client().send(new HeadBucketCommand({ Bucket: 'lake' }));
    expect(double.calls.map(({ action, resources }) => [action, resources.at(-1)])).toEqual([
      ['athena:GetDataCatalog', 'arn:aws:athena:eu-central-1:000000000042:datacatalog/AwsDataCatalog'],
      ['glue:GetDatabase', 'arn:aws:glue:eu-central-1:000000000042:database/gone'],
      ['s3:HeadBucket', 'arn:aws:s3:::lake'],
    ]);
  } finally {
    for (const name of Object.keys(double.environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await double.stop();
  }
});

test('stop ends what still runs and takes its own tables away', async () => {
  const h = await openHarness('stopping');
  const { QueryExecutionId } = await h.run(unloadTo(`${h.place}/x/`, 'select 1 as n'));
  const many = 'unnest(sequence(1, 9999))';
  const mark = `-- ${QueryExecutionId} runs on`;
  await h.start(`${mark}\nselect count(*) from ${many} a(a), ${many} b(b), ${many} c(c) where a + b * c = 7`);
  await h.stop();
  const client = trinoClient(trino, 'lake', 'default');
  const running = `select state from system.runtime.queries where query like '${mark}%' and state <> 'FAILED'`;
  expect((await client.query(running)).rows).toEqual([]);
  const name = `t_${QueryExecutionId?.replaceAll('-', '_')}`;
  const left = await client.query(`select 1 from information_schema.tables where table_name = '${name}'`);
  expect(left.rows).toEqual([]);
});

test('an operation that it has not is refused by name', async () => {
  const double = await startDouble({ trino, s3 });
  const headers = { 'X-Amz-Target': 'AmazonAthena.ListWorkGroups' };
  const response = await fetch(double.athena, { method: 'POST', headers, body: '{}' });
  expect([response.status, ((await response.json()) as { __type: string }).__type]).toEqual([
    400,
    'UnknownOperationException',
  ]);
  await double.stop();
});
