import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateDatabaseCommand, CreateTableCommand, type GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { PackedBundle } from '../../../src/core/bundle';
import type { Definitions } from '../../../src/core/definitions';
import type { Model } from '../../../src/core/models/model';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { catalogTables, withEveryTable } from '../../../src/engines/athena/tables';
import { currentRunSql, viewDefinition } from '../../../src/engines/athena/views';
import { awaitSources } from '../../../src/pipeline/await-sources';
import type { StepContext } from '../../../src/pipeline/context';
import { pushDefinitions, revertDefinitions } from '../../../src/pipeline/definitions-bundle';
import { examine } from '../../../src/pipeline/examine';
import { planRun } from '../../../src/pipeline/plan-run';
import { runToEnd } from '../../../src/ports/run-to-end';
import { packDefinitions } from '../../../src/project/bundle';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { smallPipeline } from '../../support/small-pipeline';
import { startStepFunctions } from '../machine/step-functions';
import type { AthenaLab } from './athena-lab';
import { openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';
import { type NightCall, NightRecorder } from './night-recorder';

/**
 * Which calls each function of a night makes, and Athena in its name, over tables as a deployment defines them. The
 * committed list is what test/infra/policies.test.ts holds the roles against; UPDATE=1 writes it anew.
 */
jest.setTimeout(300_000);
const FILE = join(__dirname, '../../infra/night-calls.json');
const NIGHTS = ['2025-02-14', '2025-03-14'] as const;
const ABORTED = '2025-03-20';
const KEYS = {
  own: 'arn:aws:kms:eu-central-1:123456789012:key/own',
  source: 'arn:aws:kms:eu-central-1:123456789012:key/source',
};

const root = temporaryFolder();
const mark = Date.now().toString(36);
const [bucket, lake, database, shop] = [`own-${mark}`, `lake-${mark}`, `tidemark_${mark}`, `shop_${mark}`];
let lab: AthenaLab;
let found: NightCall[];
let swept = 0;

beforeAll(async () => {
  lab = await openAthenaLab({
    region: 'eu-central-1',
    account: '123456789012',
    workgroups: { night: { enforced: true, outputLocation: `s3://${bucket}/query-results/`, kmsKey: KEYS.own } },
    bucketKeys: { [bucket]: KEYS.own, [lake]: KEYS.source },
  });
  for (const Bucket of [bucket, lake]) await lab.clients.s3.send(new CreateBucketCommand({ Bucket }));
  const folder = writeShopWithPartition(join(root, 'shop'));
  const whole = await loadDefinitions(await shareShop(folder, shop, lab.clients, { orders: 'dt' }, lake));
  const definitions = withAudiences(smallPipeline(whole), whole.models.get('audiences') as Model);
  await defineTables(lab.clients.glue, definitions.models);
  const settings = { bucket, prefix: '', database, workgroup: 'night' };
  const bundle = await packDefinitions(whole.project);
  await pushDefinitions(lab.ports(settings).store, bundle, Date.now());
  const recorder = new NightRecorder(lab, settings, definitions, bundle.hash);
  let newest = '';
  for (const run_date of NIGHTS) newest = await recorder.walk({ run_date }, `${run_date}-1`);
  await recorder.abort({ run_date: ABORTED }, `${ABORTED}-1`);
  await walkAside(recorder, settings);
  await operate(recorder, bundle);
  const started = await startNights(recorder, settings);
  // One night leaves the pointer, then its files go; the aborted run is marked, taken up again, marked anew, and goes.
  for (const days of [0, 20]) swept += await recorder.sweep(days, newest, `${NIGHTS[1]}-1`);
  await recorder.planAgain({ run_date: ABORTED }, `${ABORTED}-2`);
  for (const days of [40, 45]) swept += await recorder.sweep(days, newest, `${NIGHTS[1]}-1`);
  const names = { [bucket]: 'own-bucket', [lake]: 'lake-bucket', [database]: 'own_database', [shop]: 'shop' };
  found = [...recorder.calls(names), ...started];
});
afterAll(async () => {
  await lab?.stop();
  rmSync(root, { recursive: true, force: true });
});

function writeShopWithPartition(folder: string): string {
  const orders = (makeShop(60).orders as SourceRow[]).map((row) => ({
    ...row,
    dt: `${String(row.at).slice(0, 7)}-01`,
  }));
  const project = writeShop(folder, { orders });
  const file = join(project, 'tidemark.yml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('    columns:', '    partition: { column: dt, slack_days: 31 }\n    columns:'));
  return project;
}

/** The gate counts audiences by a statement; here there are none of them. */
function withAudiences(definitions: Definitions, { sidecar, ...audiences }: Model): Definitions {
  const columns = sidecar.columns.map(({ name, type }) => `cast(null as ${type}) as ${name}`);
  const sql = `select ${columns.join(', ')} from {{ ref('people') }} as people where false`;
  const model: Model = { ...audiences, sql, sidecar: { ...sidecar, checks: [], facts: {} } };
  return { ...definitions, models: new Map([...definitions.models, [model.name, model]]) };
}

/** What CloudFormation does before the first night. */
async function defineTables(glue: GlueClient, models: Parameters<typeof catalogTables>[0]): Promise<void> {
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const { tables, views } = catalogTables(withEveryTable(models), { bucket, prefix: '' });
  for (const TableInput of [...tables, ...views.map((view) => viewDefinition(database, view))])
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput }));
}

/** What nights do only where the settings, or a night that was killed, make them. */
async function walkAside(recorder: NightRecorder, settings: AthenaSettings): Promise<void> {
  // Without a partition of the orders a statement finds their newest day: for freshness, and where no date is asked for.
  const without = (context: StepContext): StepContext => {
    const { project } = context.definitions;
    const { partition: _, ...orders } = project.file.sources.orders as NonNullable<typeof project.file.sources.orders>;
    const freshness = { orders: { covers: 'run_date' as const, wait_until: '06:00' } };
    const file = { ...project.file, freshness, sources: { ...project.file.sources, orders } };
    return { ...context, definitions: { ...context.definitions, project: { ...project, file } } };
  };
  const execution = `${NIGHTS[1]}-3`;
  await recorder.as('await-sources', execution, (context) => awaitSources({ run_date: NIGHTS[1] }, without(context)));
  const lagging = currentRunSql(database, { run_id: 'killed', run_date: NIGHTS[0] });
  await runToEnd(lab.ports(settings).engine, { sql: lagging });
  await recorder.as('plan-run', execution, (context) => planRun({}, without(context)));
}

/** What `tidemark push`, `push --bundle` and `doctor` do. */
async function operate(recorder: NightRecorder, bundle: PackedBundle): Promise<void> {
  await recorder.operate(({ ports }) => pushDefinitions(ports.store, bundle, Date.now()));
  await recorder.operate(({ ports }) => revertDefinitions(ports.store, bundle.hash.slice(0, 12), Date.now()));
  const findings = await recorder.operate((context) => examine(randomUUID(), context));
  expect(findings.flatMap(({ errors }) => errors)).toEqual([]);
}

/** By the schedule and by hand; the calls of Step Functions beside those that the recorder sees. */
async function startNights(recorder: NightRecorder, settings: AthenaSettings): Promise<NightCall[]> {
  const stepFunctions = await startStepFunctions();
  Object.assign(process.env, {
    TIDEMARK_OUT: `s3://${settings.bucket}`,
    TIDEMARK_WORKGROUP: settings.workgroup,
    TIDEMARK_DATABASE: settings.database,
    STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:night',
    AWS_ENDPOINT_URL_SFN: stepFunctions.url,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  // Loaded once the environment is there.
  const { handler } = require('../../../functions/start-night') as typeof import('../../../functions/start-night');
  const scheduled_time = new Date().toISOString();
  const answers = await recorder.call('start-night', async () => [
    await handler({ scheduled_time }),
    await handler({}),
  ]);
  stepFunctions.stop();
  expect(answers.map(({ is_started }) => is_started)).toEqual([true, true]);
  return stepFunctions.calls
    .map((call): NightCall => ({ function: 'start-night', by: 'sdk', ...call }))
    .filter(({ action }, index, all) => all.findIndex((other) => other.action === action) === index);
}

test('nights run over what CloudFormation defines, and its views show the published one', async () => {
  const { rows } = await lab.trino(database).query(`select count(*), max(run_date) from ${database}.people`);
  expect(Number(rows[0]?.[0])).toBeGreaterThan(20);
  expect(String(rows[0]?.[1])).toBe(NIGHTS[1]);
});

test('the committed calls are those that nights make', () => {
  const text = `[\n${found.map((call) => `  ${JSON.stringify(call)}`).join(',\n')}\n]\n`;
  if (process.env.UPDATE === '1') writeFileSync(FILE, text);
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(found);
});

test('what the last step deletes was there', () => expect(swept).toBeGreaterThan(10));

test('Athena read the sources in the name of the functions that may', () => {
  const reading = found.filter(
    ({ by, resources }) => by === 'implied' && resources.some((arn) => arn.includes('lake-bucket')),
  );
  expect(new Set(reading.map((call) => call.function))).toEqual(
    new Set(['await-sources', 'operator', 'plan-run', 'start-model']),
  );
});
