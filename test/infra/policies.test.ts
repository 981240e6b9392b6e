import { FUNCTIONS, type FunctionFacts } from '../../infra/functions';
import type { Call } from './policy-evaluator';
import { type Deployed, deployedRoles, EVERYBODY, glue, object, RECORDED, recordedCalls } from './recorded-calls';
import { OWN } from './roles';

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deployedRoles();
});
const may = (name: string, call: Call): boolean => deployed.may(name, call);

const RUN_QUERIES = EVERYBODY.filter((name) => {
  const { queries = [] } = (FUNCTIONS as Record<string, FunctionFacts>)[name]?.rights ?? {};
  return queries.includes('run');
});

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
    const given = new Set(deployed.roleOf(name).statements.flatMap(({ Action }) => [Action].flat()));
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
