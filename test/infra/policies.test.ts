import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WILDCARDS } from '../../infra/acknowledgements';
import { FUNCTIONS, type FunctionFacts } from '../../infra/functions';
import { type Call, isAllowed } from './policy-evaluator';
import { OWN, type Role, rolesOf } from './roles';
import { exampleDeployment, synthesise } from './support';

/** Calls as test/lab/athena/night-calls.lab.ts recorded them on a real engine; the names are those of its own shop. */
interface NightCall extends Call {
  function: string;
  by: 'sdk' | 'implied';
}
const RECORDED = JSON.parse(readFileSync(join(__dirname, 'night-calls.json'), 'utf8')) as NightCall[];

const KEY_OF_LAKE = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
/** The recorded names in the words of examples/deploy. */
const NAMES: Readonly<Record<string, string>> = {
  'workgroup/night': 'workgroup/tidemark-corner-store',
  'stateMachine:night': 'stateMachine:corner-store',
  own_database: 'tidemark_corner_store',
  'arn:aws:kms:eu-central-1:123456789012:key/source': KEY_OF_LAKE,
  'lake-bucket': 'corner-store-lake',
};
const translated = (text: string): string =>
  Object.entries(NAMES).reduce((found, [name, stands]) => found.replaceAll(name, stands), text);

let roles: Role[];
beforeAll(async () => {
  const { pipelineTemplate, storageTemplate } = synthesise(await exampleDeployment());
  roles = rolesOf(pipelineTemplate, storageTemplate);
});

const OPERATOR = 'Tidemark at the command line';
const roleOf = (name: string): Role => {
  const wanted = name === 'operator' ? OPERATOR : `What ${name} may do`;
  const found = roles.find(({ description }) => description === wanted);
  if (!found) throw new Error(`there is no role of ${name}`);
  return found;
};
const may = (name: string, call: Call): boolean => isAllowed(roleOf(name).statements, call);

/** What S3 asks of KMS in the caller's name, because the bucket is encrypted. */
function withKeys(call: NightCall): NightCall[] {
  const [resource = ''] = call.resources;
  const key = resource.includes(':::own-bucket/') ? OWN.key : resource.includes('lake/') ? KEY_OF_LAKE : undefined;
  if (key === undefined) return [call];
  const kms = (action: string): NightCall => ({ ...call, action, resources: [key], context: {} });
  return [call, kms('kms:Decrypt'), ...(call.action === 's3:PutObject' ? [kms('kms:GenerateDataKey')] : [])];
}

const object = (key: string, bucket: string = OWN.bucket): string => `arn:aws:s3:::${bucket}/${key}`;
const own = (service: string, rest: string): string => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
const glue = (database: string, table: string): string[] => [
  own('glue', 'catalog'),
  own('glue', `database/${database}`),
  own('glue', `table/${database}/${table}`),
];

const EVERYBODY = Object.keys(FUNCTIONS);
const RUN_QUERIES = EVERYBODY.filter((name) => {
  const { queries = [] } = (FUNCTIONS as Record<string, FunctionFacts>)[name]?.rights ?? {};
  return queries.includes('run');
});

const recordedCalls = (): NightCall[] =>
  RECORDED.flatMap(withKeys).map((call) => ({
    ...call,
    resources: call.resources.map(translated),
    context: Object.fromEntries(
      Object.entries(call.context ?? {}).map(([key, value]) => [key, translated(String(value))]),
    ),
  }));

test('every call is allowed to the function, or the person, that makes it', () => {
  const calls = recordedCalls();
  expect(calls.length).toBeGreaterThan(200);
  expect(calls.filter((call) => !may(call.function, call))).toEqual([]);
});

test('whoever takes the role of operators may do all that the functions do', () => {
  expect(recordedCalls().filter((call) => !may('operator', call))).toEqual([]);
});

/** Rights that the recorded nights, of few models and one source, had no use for, and why they are given all the same. */
const UNRECORDED: readonly { reason: string; functions: readonly string[]; actions: readonly string[] }[] = [
  {
    reason: 'Athena may look partitions up one by one or in batches; one that is there already is looked at',
    functions: RUN_QUERIES,
    actions: ['glue:GetPartition', 'glue:BatchGetPartition'],
  },
  {
    reason: 'somebody has deleted current_run, which the next night makes again',
    functions: ['plan-run'],
    actions: ['glue:CreateTable'],
  },
  {
    reason: 'a model that is fitted reads rows, and its partition is made at once',
    functions: ['start-model'],
    actions: ['athena:GetQueryExecution', 'athena:GetQueryResults', 'glue:BatchCreatePartition'],
  },
  {
    reason: 'results of statements that change a view are read by nobody; statements are given as one right',
    functions: ['publish-snapshot'],
    actions: ['athena:GetQueryResults', 'glue:GetDatabase', 'lakeformation:GetDataAccess'],
  },
  {
    reason: 'definitions that are missing are told as that, which S3 does of objects to those alone who may list',
    functions: ['start-night'],
    actions: ['s3:ListBucket'],
  },
  {
    reason: 'a query that could not be stopped is looked at: it may have ended',
    functions: ['stop-run'],
    actions: ['athena:GetQueryExecution'],
  },
  {
    reason: 'Lambda sends what an event could not do to the dead-letter queue',
    functions: ['start-night', 'stop-run'],
    actions: ['sqs:SendMessage'],
  },
];

test('each function uses each right it has: recorded, or with a reason', () => {
  const excess = EVERYBODY.filter((name) => name !== 'fail-run').flatMap((name) => {
    const used = recordedCalls().filter((call) => call.function === name);
    const excused = UNRECORDED.filter(({ functions }) => functions.includes(name)).flatMap(({ actions }) => actions);
    const given = new Set(roleOf(name).statements.flatMap(({ Action }) => [Action].flat()));
    const needless = [...given].filter(
      (action) => !/^(logs|xray):/.test(action) && !used.some((call) => call.action === action),
    );
    expect([name, excused.filter((action) => !needless.includes(action))]).toEqual([name, []]);
    return needless.filter((action) => !excused.includes(action)).map((action) => `${name} ${action}`);
  });
  expect(excess).toEqual([]);
});

test('every function that works reads the definitions that its night began with', () => {
  const call = { action: 's3:GetObject', resources: [object('definitions/0123.json')] };
  expect(EVERYBODY.filter((name) => !may(name, call))).toEqual(['fail-run']);
});

test('the recording is of every function that a night goes through, and of what Athena did for it', () => {
  const names = new Set(RECORDED.map((call) => call.function));
  expect([...names].sort()).toEqual([...EVERYBODY.filter((name) => name !== 'fail-run'), 'operator'].sort());
  expect(new Set(RECORDED.filter(({ by }) => by === 'implied').map(({ action }) => action.split(':')[0]))).toEqual(
    new Set(['athena', 'glue', 's3', 'kms', 'lakeformation']),
  );
});

/** What the lab cannot record: its catalog is of one account, and its executions are named after their run dates. */
test.each([
  [
    'an execution named by hand is looked for among all runs',
    'stop-run',
    { action: 's3:ListBucket', resources: [`arn:aws:s3:::${OWN.bucket}`], context: { 's3:prefix': 'runs/' } },
  ],
  [
    'files of another account',
    'plan-run',
    { action: 's3:GetObject', resources: [object('export/customers/1.parquet', 'corner-store-crm')] },
  ],
  ['the link to its database', 'plan-run', { action: 'glue:GetTable', resources: glue('crm', 'customers') }],
  [
    'the table behind the link',
    'plan-run',
    {
      action: 'glue:GetTable',
      resources: ['catalog', 'database/customer_data', 'table/customer_data/customers'].map(
        (rest) => `arn:aws:glue:eu-central-1:210987654321:${rest}`,
      ),
    },
  ],
] as [string, string, Call][])('%s: %s', (_, name, call) => {
  expect(may(name, call)).toBe(true);
  expect(may('operator', call)).toBe(true);
});

/** What nobody may, whichever function it is. */
test.each([
  ['write to a source', { action: 's3:PutObject', resources: [object('shop/orders/x', 'corner-store-lake')] }],
  ['delete of a source', { action: 's3:DeleteObject', resources: [object('shop/orders/x', 'corner-store-lake')] }],
  ['read beside a source', { action: 's3:GetObject', resources: [object('payroll/x', 'corner-store-lake')] }],
  ['read what begins alike', { action: 's3:GetObject', resources: [object('shop2/x', 'corner-store-lake')] }],
  [
    'list beside a source',
    { action: 's3:ListBucket', resources: ['arn:aws:s3:::corner-store-lake'], context: { 's3:prefix': 'payroll/' } },
  ],
  [
    'list a whole source bucket',
    { action: 's3:ListBucket', resources: ['arn:aws:s3:::corner-store-lake'], context: { 's3:prefix': '' } },
  ],
  ['list without a prefix', { action: 's3:ListBucket', resources: ['arn:aws:s3:::corner-store-lake'] }],
  ['read another bucket', { action: 's3:GetObject', resources: [object('x', 'another-bucket')] }],
  ['list buckets', { action: 's3:ListAllMyBuckets', resources: ['*'] }],
  ['write definitions', { action: 's3:PutObject', resources: [object('definitions/current.json')] }],
  ['delete the pointer', { action: 's3:DeleteObject', resources: [object('current.json')] }],
  ['delete definitions', { action: 's3:DeleteObject', resources: [object('definitions/x.json')] }],
  ['delete for good', { action: 's3:DeleteObjectVersion', resources: [object('tables/people/v1/RUN/1/x')] }],
  ['change the bucket policy', { action: 's3:PutBucketPolicy', resources: [`arn:aws:s3:::${OWN.bucket}`] }],
  ['change who reads an object', { action: 's3:PutObjectAcl', resources: [object('current.json')] }],
  ['change a source table', { action: 'glue:UpdateTable', resources: glue('shop', 'orders') }],
  ['drop a source table', { action: 'glue:DeleteTable', resources: glue('shop', 'orders') }],
  ['make partitions of a source', { action: 'glue:BatchCreatePartition', resources: glue('shop', 'orders') }],
  ['read another table of a source', { action: 'glue:GetTable', resources: glue('shop', 'payroll') }],
  ['read another database', { action: 'glue:GetTable', resources: glue('finance', 'ledger') }],
  ['read a database that begins alike', { action: 'glue:GetTable', resources: glue('shop_hr', 'orders') }],
  ['change an own table', { action: 'glue:UpdateTable', resources: glue('tidemark_corner_store', 'people_runs') }],
  ['change a public view', { action: 'glue:UpdateTable', resources: glue('tidemark_corner_store', 'people') }],
  ['drop an own table', { action: 'glue:DeleteTable', resources: glue('tidemark_corner_store', 'people_runs') }],
  ['move a partition', { action: 'glue:UpdatePartition', resources: glue('tidemark_corner_store', 'people_runs') }],
  [
    'make a database',
    { action: 'glue:CreateDatabase', resources: [own('glue', 'catalog'), own('glue', 'database/x')] },
  ],
  ['use another workgroup', { action: 'athena:StartQueryExecution', resources: [own('athena', 'workgroup/primary')] }],
  [
    'change the workgroup',
    { action: 'athena:UpdateWorkGroup', resources: [own('athena', 'workgroup/tidemark-corner-store')] },
  ],
  ['use another key', { action: 'kms:Decrypt', resources: [own('kms', 'key/another')] }],
  ['encrypt for a source', { action: 'kms:GenerateDataKey', resources: [KEY_OF_LAKE] }],
  ['delete the key', { action: 'kms:ScheduleKeyDeletion', resources: [OWN.key] }],
  ['start another machine', { action: 'states:StartExecution', resources: [own('states', 'stateMachine:another')] }],
  ['take another role', { action: 'sts:AssumeRole', resources: ['arn:aws:iam::123456789012:role/admin'] }],
  ['pass a role', { action: 'iam:PassRole', resources: ['arn:aws:iam::123456789012:role/admin'] }],
  ['call another function', { action: 'lambda:InvokeFunction', resources: [own('lambda', 'function:another')] }],
  ['read a secret', { action: 'secretsmanager:GetSecretValue', resources: [own('secretsmanager', 'secret:x')] }],
  ['grant in Lake Formation', { action: 'lakeformation:GrantPermissions', resources: ['*'] }],
  ['write to another log', { action: 'logs:PutLogEvents', resources: [own('logs', 'log-group:/aws/lambda/x:*')] }],
] as [string, Call][])('nobody may %s', (_, call) => {
  expect(EVERYBODY.filter((name) => may(name, call))).toEqual([]);
});

/** Who alone may what: everybody else is denied. */
test.each([
  [['publish-snapshot', 'sweep-runs'], { action: 's3:PutObject', resources: [object('current.json')] }],
  [['publish-snapshot'], { action: 's3:PutObject', resources: [object('manifests/RUN.json')] }],
  [['start-model'], { action: 's3:PutObject', resources: [object('tables/people/v1/RUN/1/x')] }],
  [['sweep-runs'], { action: 's3:DeleteObject', resources: [object('tables/people/v1/RUN/1/x')] }],
  [
    ['plan-run', 'publish-snapshot'],
    { action: 'glue:UpdateTable', resources: glue('tidemark_corner_store', 'current_run') },
  ],
  [['start-night'], { action: 'states:StartExecution', resources: [own('states', 'stateMachine:corner-store')] }],
  [
    ['await-sources', 'plan-run', 'start-model', 'poll-model', 'publish-snapshot'],
    { action: 's3:GetObject', resources: [object('shop/orders/x', 'corner-store-lake')] },
  ],
] as [string[], Call][])('%j alone may %j', (names, call) => {
  expect(EVERYBODY.filter((name) => may(name, call)).sort()).toEqual([...names].sort());
});

test('the failing task may do nothing but write its log and traces', () => {
  const actions = roleOf('fail-run').statements.flatMap(({ Action }) => Action);
  expect([...actions].sort()).toEqual([
    'kms:Decrypt',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
});

test('the machine calls the tasks in every version they ever had, and the schedule starts nights alone', () => {
  const machine = roles.find(({ description }) => description.includes('state machine of a night')) as Role;
  const schedule = roles.find(({ description }) => description.includes('schedule')) as Role;
  const version = (name: string): string => {
    const [statement] = machine.statements;
    const arn = [statement?.Resource].flat().find((each) => each?.includes(name.replaceAll('-', '')));
    return (arn as string).replace(':*', ':3');
  };
  expect(isAllowed(machine.statements, { action: 'lambda:InvokeFunction', resources: [version('poll-model')] })).toBe(
    true,
  );
  expect(
    machine.statements.flatMap(({ Action }) => Action).filter((action) => /^(s3|glue|athena)/.test(action)),
  ).toEqual([]);
  expect(schedule.statements.flatMap(({ Action }) => Action).sort()).toEqual([
    'lambda:InvokeFunction',
    'sqs:SendMessage',
  ]);
});

test('no action is a wildcard, and every wildcard among resources has its reason', () => {
  for (const { statements } of roles) {
    for (const { Sid, Action, Resource, Effect } of statements) {
      expect([Effect, [Action].flat().filter((action) => action.includes('*'))]).toEqual(['Allow', []]);
      const open = [Resource].flat().filter((resource) => resource.includes('*') && !resource.includes(':log-group:'));
      const reason = Object.keys(WILDCARDS).find((sid) => Sid?.startsWith(sid));
      expect([Sid, open.length === 0 || reason !== undefined]).toEqual([Sid, true]);
    }
  }
});

test('roles lie below a path of their own, by which owners of sources know them', () => {
  expect(new Set(roles.map(({ path }) => path))).toEqual(new Set(['/tidemark/corner-store/']));
  // IAM takes 10,240 characters of inline policies, spaces not counted.
  for (const { statements } of roles) expect(JSON.stringify(statements).length).toBeLessThan(9000);
});
