import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ORDERS, projectFile, runCli, writeProject } from '../../cli/run-cli';
import type { Fault } from '../double/double';
import { BUCKET } from '../servers';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';

/** What `tidemark doctor` says of an account that is right, and of one thing wrong at a time. */
let lab: AthenaLab;
let database: string;
let project: string;

const tidemark = (command: string, ...more: string[]) =>
  runCli(
    [command, '--project', project, '--out', `s3://${BUCKET}/${database}`, '--database', database, '--json', ...more],
    { env: lab.double.environment },
  );
const doctor = async (...more: string[]) => {
  const { code, stdout } = await tidemark('doctor', '--engine', 'athena', ...more);
  const { checks } = JSON.parse(stdout) as {
    checks: { area: string; check: string; ok: boolean; errors: { code: string; found: string; remedy: string }[] }[];
  };
  return { code, checks, failed: checks.filter(({ ok }) => !ok) };
};

beforeAll(async () => {
  lab = await openAthenaLab();
  database = `doctor_${lab.mark}`;
  const local = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS });
  project = await shareShop(local, `${database}_shop`, lab.clients);
  expect((await tidemark('catalog')).code).toBe(0);
});
afterEach(() => lab.double.faults.clear());
afterAll(() => lab?.stop());

test('an account that is right', async () => {
  const { code, checks, failed } = await doctor();
  expect(failed).toEqual([]);
  expect(code).toBe(0);
  expect(checks.filter(({ area }) => area === 'catalog').length).toBeGreaterThan(50);
  expect(checks.filter(({ area }) => area === 'statements').length).toBeGreaterThan(30);
  const left = await lab.clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${database}/doctor/` }));
  expect(left.Contents ?? []).toEqual([]);
});

test('a workgroup that does not exist', async () => {
  const { code, failed } = await doctor('--workgroup', 'nowhere');
  expect(code).toBe(1);
  expect(failed[0]).toMatchObject({ area: 'engine', errors: [{ code: 'workgroup_missing' }] });
});

const KMS =
  'User: arn:aws:sts::1:assumed-role/r/jane@example.com is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:1:key/k because no identity-based policy allows it';
const refuse = (on: string, message: string, match?: RegExp): Fault => ({
  on,
  times: 99,
  ...(match ? { match } : {}),
  do: { kind: 'refuse', type: 'AccessDenied', status: 403, message },
});

test.each([
  [
    'a bucket that refuses writes',
    refuse('s3:PutObject', 'Access Denied', /doctor\//),
    'files',
    'access_denied',
    's3:PutObject',
  ],
  ['a key without a grant', refuse('s3:PutObject', KMS, /doctor\//), 'files', 'access_denied', 'kms:GenerateDataKey'],
  [
    'a source that may not be read',
    {
      on: 'athena:statement',
      times: 99,
      do: { kind: 'denyTable', table: 'SHOP.orders', by: 'glue' },
    } as Fault,
    'sources',
    'table_access_denied',
    'glue:GetTable',
  ],
] as const)('%s', async (_, fault, area, code, mentions) => {
  const own =
    fault.do.kind === 'denyTable' ? { ...fault, do: { ...fault.do, table: `${database}_shop.orders` } } : fault;
  lab.double.faults.add(own);
  const { code: exit, failed } = await doctor();
  expect(exit).toBe(1);
  expect(failed[0]).toMatchObject({ area, errors: [{ code }] });
  expect(`${failed[0]?.errors[0]?.found} ${failed[0]?.errors[0]?.remedy}`).toContain(mentions);
  expect(JSON.stringify(failed)).not.toContain('jane');
});
