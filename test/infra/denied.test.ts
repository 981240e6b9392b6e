import { WILDCARDS } from '../../infra/acknowledgements';
import { type Call, isAllowed } from './policy-evaluator';
import { type Deployed, deployedRoles, EVERYBODY, glue, KEY_OF_LAKE, object, own } from './recorded-calls';
import { OWN, type Role } from './roles';

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deployedRoles();
});
const may = (name: string, call: Call): boolean => deployed.may(name, call);

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
  // Definitions are published by people.
  const who = call.action === 's3:PutObject' && call.resources[0]?.includes('/definitions/') ? [] : ['operator'];
  expect([...EVERYBODY, ...who].filter((name) => may(name, call))).toEqual([]);
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

test('who follows the runbook may start, look at, redrive and stop nights, and nobody else', () => {
  const schedule = deployed.roles.find(({ description }) => description.includes('schedule')) as Role;
  const start = schedule.statements.find(({ Action }) => [Action].flat().includes('lambda:InvokeFunction'));
  const execution = own('states', 'execution:corner-store:2026-01-31-1');
  const calls: Call[] = [
    { action: 'lambda:InvokeFunction', resources: [start?.Resource ?? []].flat() },
    ...['DescribeExecution', 'GetExecutionHistory', 'RedriveExecution', 'StopExecution'].map((name) => ({
      action: `states:${name}`,
      resources: [execution],
    })),
  ];
  for (const call of calls)
    expect([call, ['operator', ...EVERYBODY].filter((name) => may(name, call))]).toEqual([call, ['operator']]);
});

test('who follows the runbook may not look after the nights of another deployment, or call another function', () => {
  const another = own('states', 'execution:another:2026-01-31-1');
  expect(may('operator', { action: 'states:RedriveExecution', resources: [another] })).toBe(false);
  expect(may('operator', { action: 'lambda:InvokeFunction', resources: [own('lambda', 'function:another:1')] })).toBe(
    false,
  );
  const actions = deployed.roleOf('operator').statements.flatMap(({ Action }) => [Action].flat());
  for (const action of ['logs:FilterLogEvents', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'])
    expect(actions).toContain(action);
});

test('the failing task may do nothing but write its log and traces', () => {
  const actions = deployed.roleOf('fail-run').statements.flatMap(({ Action }) => Action);
  expect([...actions].sort()).toEqual([
    'kms:Decrypt',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
});

test('the machine calls the tasks in every version they ever had, and the schedule starts nights alone', () => {
  const machine = deployed.roles.find(({ description }) => description.includes('state machine of a night')) as Role;
  const schedule = deployed.roles.find(({ description }) => description.includes('schedule')) as Role;
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
  for (const { statements } of deployed.roles) {
    for (const { Sid, Action, Resource, Effect } of statements) {
      expect([Effect, [Action].flat().filter((action) => action.includes('*'))]).toEqual(['Allow', []]);
      const open = [Resource].flat().filter((resource) => resource.includes('*') && !resource.includes(':log-group:'));
      const reason = Object.keys(WILDCARDS).find((sid) => Sid?.startsWith(sid));
      expect([Sid, open.length === 0 || reason !== undefined]).toEqual([Sid, true]);
    }
  }
});

test('roles lie below a path of their own, by which owners of sources know them', () => {
  expect(new Set(deployed.roles.map(({ path }) => path))).toEqual(new Set(['/tidemark/corner-store/']));
  // IAM takes 10,240 characters of inline policies, spaces not counted.
  for (const { statements } of deployed.roles) expect(JSON.stringify(statements).length).toBeLessThan(9000);
});
