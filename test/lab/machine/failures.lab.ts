import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { ASSUMED } from '../../../src/core/snapshots/night-usage';
import { executionKey, manifestKey } from '../../../src/core/snapshots/paths';
import { newestRunDate } from '../../../src/core/start-night';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import type { Ports } from '../../../src/pipeline/context';
import { pushDefinitions } from '../../../src/pipeline/definitions-bundle';
import { readManifest, readPointer } from '../../../src/pipeline/notes';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { packDefinitions } from '../../../src/project/bundle';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { hashesOf, runNights } from '../../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { type AthenaLab, openAthenaLab } from '../athena/athena-lab';
import { shareShop } from '../athena/glue-shop';
import { DEFINITION, type Execution, type Fault, type Machine, openMachine, type RunRequest } from './machine';
import { writeSmallSql } from './small-sql';

/**
 * Every state of the state machine fails in turn, in the ways that the runbook names, over the bundled functions: what is
 * tried again, what stops the night, what is told, and how it goes on. A small pipeline, so that a night takes seconds.
 */
jest.setTimeout(240_000);
const [BASE, NIGHT] = ['2025-03-30', '2025-03-31'] as const;
const root = temporaryFolder();
let lab: AthenaLab;
/** The first night: what it went through, and its calls of S3. */
let base: Execution;
let requests: string[];
let machine: Machine;
let settings: AthenaSettings;
let ports: Ports;
let project: string;
let projectFile: string;
let sql: string;
/** What DuckDB makes of the night. */
let expected: Record<string, string>;

const TASKS = Object.entries(DEFINITION.States).flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : []));
const ON_THE_WAY = TASKS.filter((name) => name !== 'fail-run');

async function push(): Promise<string> {
  const { bundle } = await pushDefinitions(
    ports.store,
    await packDefinitions((await loadDefinitions(project, sql)).project, sql),
    Date.now(),
  );
  return bundle;
}

beforeAll(async () => {
  lab = await openAthenaLab();
  const shop = writeShop(join(root, 'shop'), { orders: makeShop(60).orders as SourceRow[] });
  sql = await writeSmallSql(shop);
  const local = { definitions: await loadDefinitions(shop, sql), now: Date.now() };
  const nights = await runNights(shop, join(root, 'out'), [BASE, NIGHT], local);
  expected = hashesOf(nights[1] as Manifest);
  project = await shareShop(shop, `failures_shop_${lab.mark}`, lab.clients);
  projectFile = join(project, 'tidemark.yml');
  settings = lab.settings('failures');
  ports = lab.ports(settings);
  await rebuildCatalog({ ports, definitions: await loadDefinitions(project, sql), hashSalt: undefined });
  await push();
  machine = await openMachine();
  await machine.deploy(settings, lab.double.environment);
  lab.double.forget();
  base = await machine.run({ input: { run_date: BASE }, name: `${BASE}-1` });
  requests = lab.double.calls.filter(({ by, service }) => by === 'sdk' && service === 's3').map(({ action }) => action);
  expect([base.status, base.cause]).toEqual(['SUCCEEDED', null]);
});
afterEach(() => lab.double.faults.clear());
afterAll(async () => {
  machine?.stop();
  await lab?.stop();
  for (const folder of [root, sql]) rmSync(folder, { recursive: true, force: true });
});

/** A run of its own of the same night: its marks make it another one than those before. */
const night = (name: string, more: Partial<RunRequest> = {}): Promise<Execution> =>
  machine.run({ input: { run_date: NIGHT, fresh: name }, name: `${NIGHT}-${name}`, ...more });

const current = async () => (await readPointer(ports.store))?.pointer;

async function demandPublished(execution: Execution): Promise<Manifest> {
  expect([execution.status, execution.error, execution.cause]).toEqual(['SUCCEEDED', null, null]);
  const run_id = execution.output?.run.run_id as string;
  const manifest = await readManifest(ports.store, manifestKey(run_id));
  expect(hashesOf(manifest)).toEqual(expected);
  expect((await current())?.run_id).toBe(run_id);
  return manifest;
}

/** What the rule for executions that ended badly does. */
const stop = (execution: string, status: string, error: string | null) =>
  machine.call('stop-run', {
    'detail-type': 'Step Functions Execution Status Change',
    detail: { name: execution, status, error, executionArn: `arn:aws:states:us-east-1:1:execution:night:${execution}` },
  });

const everywhere = (when: Fault['when'], error: string): Fault[] =>
  ON_THE_WAY.map((state) => ({ state, call: 1, when, error }));

test('a night asks S3 no more often than docs/cost.md takes for granted', async () => {
  const looks = base.entered.filter((state) => state === 'poll-model').length;
  const models = (await readManifest(ports.store, manifestKey(base.output?.run.run_id as string))).cost.steps.length;
  const writes = requests.filter((action) => /PutObject|ListBucket|DeleteObject/.test(action)).length;
  // Claim, leftovers, text, two queries, files and note of each model; twelve of the other steps.
  expect(writes).toBeLessThanOrEqual(7 * models + 12);
  // The clock of the lab makes looks of milliseconds: far more than a night has.
  expect(requests.length - writes).toBeLessThanOrEqual(ASSUMED.reads_per_model * models + looks);
});

test('every state: a passing fault is tried again, an answer of Lambda that is lost too, and nothing else comes of it', async () => {
  const faults = [
    ...everywhere('before', 'TransientEngineError'),
    ...ON_THE_WAY.map((state) => ({ state, call: 2, when: 'after' as const, error: 'Lambda.ServiceException' })),
  ];
  const execution = await night('passing', { faults });
  await demandPublished(execution);
  expect(execution.retried).toEqual(ON_THE_WAY.flatMap((state) => [state, state]));
});

test('every state: another fault stops the night under its own name; redriven there, it goes on; readers see nothing of it', async () => {
  const before = await current();
  let execution: Execution | undefined;
  const stopped: string[] = [];
  for (const [count, state] of ON_THE_WAY.entries()) {
    const fault = { state, call: 1, when: 'before' as const, error: 'SourceContractError' };
    const redrive = execution && { redrive: { of: execution, count } };
    execution = await night('redriven', { faults: [fault], ...redrive });
    if (execution.status === 'SUCCEEDED') break;
    expect([state, execution.error, execution.cause, execution.retried]).toEqual([
      state,
      'SourceContractError',
      'told by the test',
      [],
    ]);
    expect(execution.last.name).toBe(state);
    stopped.push(state);
    await stop(`${NIGHT}-redriven`, 'FAILED', execution.error);
    expect((await current())?.run_id).toBe(before?.run_id);
  }
  // What is left untidied fails nothing.
  expect(stopped).toEqual(ON_THE_WAY.filter((state) => state !== 'sweep-runs'));
  expect(execution?.output).toMatchObject({ left_undone: { Error: 'SourceContractError' } });
  await demandPublished(execution as Execution);
  // A redrive did not begin from the start: the plan was made once, and each model written once or twice.
  const { store } = ports;
  const attempts = await store.list(`runs/${execution?.output?.run.run_id}/attempts/people-`);
  expect(attempts.length).toBeLessThanOrEqual(2);
});

/** Athena fails the statement that writes a model. */
const failing = (
  table: string,
  retryable: boolean,
  times: number,
  reason = 'GENERIC_INTERNAL_ERROR: told by the test',
) =>
  lab.double.faults.add({
    on: 'athena:statement',
    match: (text) => text.startsWith('UNLOAD') && text.includes(`/tables/${table}/`),
    times,
    do: { kind: 'fail', reason, retryable },
  });

test('a query that fails for a passing reason: a new attempt, without anybody noticing', async () => {
  const fault = failing('people', true, 2);
  const manifest = await demandPublished(await night('retryable'));
  expect(fault.happened).toBe(2);
  expect(manifest.tables.find(({ name }) => name === 'people')?.prefix).toMatch(/\/3\/$/);
});

test('a query that no attempt mends: the cause says what and how; a redrive starts a new attempt, and goes on once it can', async () => {
  failing('people', false, 2, 'Query exhausted resources at this scale factor');
  const first = await night('broken');
  expect([first.status, first.error, first.last.name]).toEqual(['FAILED', 'EngineError', 'fail-run']);
  expect(first.cause).toBe(
    'resources_exhausted: people: the query needs more memory than Athena gave it\n  → run again at a quieter hour; where it stays, read less (map `partition` of the sources) or give the workgroup a capacity reservation',
  );
  expect(first.retried).toEqual([]);
  const told = await stop(`${NIGHT}-broken`, 'FAILED', first.error);
  const mark = await ports.store.get(executionKey(told.run_id as string, `${NIGHT}-broken`));
  expect(JSON.parse(mark?.text ?? '')).toMatchObject({ status: 'FAILED', error: 'EngineError' });
  // It is still broken: the redrive does not read the old failure again, it makes a new one.
  const second = await night('broken', { redrive: { of: first, count: 1 } });
  expect([second.status, second.entered.slice(0, 2)]).toEqual(['FAILED', ['fail-run', 'start-model']]);
  const third = await night('broken', { redrive: { of: second, count: 2 } });
  const manifest = await demandPublished(third);
  expect(manifest.tables.find(({ name }) => name === 'people')?.prefix).toMatch(/\/3\/$/);
  // What was done before was not done again.
  expect(manifest.tables.find(({ name }) => name === 'changes')?.prefix).toMatch(/\/1\/$/);
  expect((await ports.store.list(`runs/${manifest.run_id}/attempts/stg_orders-`)).length).toBe(1);
});

test('attempts that are used up stop the night', async () => {
  failing('people', true, 3);
  const execution = await night('used-up');
  expect([execution.status, execution.error]).toEqual(['FAILED', 'EngineError']);
  expect(execution.cause).toContain('in each of 3 attempts');
});

test('an aborted night: its queries are stopped and nobody else’s, the run is marked, a redrive goes on', async () => {
  lab.double.faults.add({
    on: 'athena:statement',
    match: (text) => text.startsWith('UNLOAD') && text.includes('/tables/people/'),
    do: { kind: 'slow', ms: 60_000 },
  });
  const name = `${NIGHT}-aborted`;
  const execution = await night('aborted', {
    pause: { after: 'start-model', result: '"node":"people"', work: () => machine.abort(name) },
  });
  expect(execution.status).toBe('ABORTED');
  lab.double.forget();
  const told = await stop(name, 'ABORTED', null);
  expect(told.stopped).toBe(1);
  expect(lab.double.calls.filter(({ action }) => action === 'athena:StopQueryExecution')).toHaveLength(1);
  const mark = await ports.store.get(executionKey(told.run_id as string, name));
  expect(JSON.parse(mark?.text ?? '')).toMatchObject({ execution: name, status: 'ABORTED' });
  await demandPublished(await night('aborted', { redrive: { of: execution, count: 1 } }));
});

test('two executions of the same night at once: one snapshot, and neither disturbs the other', async () => {
  const input = { run_date: NIGHT, fresh: 'twice' };
  const both = await Promise.all([8, 9].map((n) => machine.run({ input, name: `${NIGHT}-${n}` })));
  const manifests = await Promise.all(both.map(demandPublished));
  expect(manifests[0]).toEqual(manifests[1]);
  // A third one finds the night done.
  const third = await machine.run({ input, name: `${NIGHT}-10` });
  expect(third.output?.run.is_published).toBe(true);
  expect(third.entered).not.toContain('start-model');
});

test.each([
  ['a day that is no day', { run_date: '2025-02-30' }, 'run_date_wrong', 'is not a day'],
  ['a day that is not over', { run_date: '2999-01-01' }, 'run_date_wrong', 'is not over yet in Europe/Vienna'],
  ['a key that nobody knows', { run_dat: NIGHT }, 'night_input', 'run_date'],
])('an execution with %s ends before anything is read', async (_, input, code, text) => {
  lab.double.forget();
  const execution = await machine.run({ input, name: `wrong-${code}` });
  expect([execution.status, execution.error]).toEqual(['FAILED', 'DefinitionError']);
  expect(execution.cause).toMatch(new RegExp(`^${code}: `));
  expect(execution.cause).toContain(text);
  expect(execution.entered).not.toContain('start-model');
  expect(lab.double.calls.filter(({ action }) => action === 'athena:StartQueryExecution')).toEqual([]);
});

test('a source table that does not exist ends the night in its first steps, and the nearest one is named', async () => {
  const before = readFileSync(projectFile, 'utf8');
  const file = parse(before);
  const table = file.sources.orders.from as string;
  file.sources.orders.from = table.slice(0, -1);
  writeFileSync(projectFile, stringify(file));
  await push();
  const execution = await machine.run({ input: { run_date: NIGHT }, name: 'missing-table' });
  writeFileSync(projectFile, before);
  await push();
  expect([execution.status, execution.error, execution.last.name]).toEqual([
    'FAILED',
    'SourceContractError',
    'plan-run',
  ]);
  expect(execution.cause).toMatch(/^source_missing: /);
  expect(execution.cause).toContain(`Did you mean ${table}?`);
});

test('late sources are waited for while there is time; a night whose time is over ends with what is stale', async () => {
  const before = readFileSync(projectFile, 'utf8');
  const waitUntil = async (wait_until: string) => {
    writeFileSync(
      projectFile,
      stringify({ ...parse(before), freshness: { orders: { covers: 'run_date', wait_until } } }),
    );
    await push();
  };
  await waitUntil('06:00');
  const stale = await machine.run({ input: { run_date: '2025-06-01' }, name: '2025-06-01-1' });
  expect([stale.status, stale.error]).toEqual(['FAILED', 'SourceContractErrors']);
  expect(stale.cause).toMatch(/orders.*2025-06-01/s);
  expect(stale.entered).not.toContain('plan-run');
  // Of last night there is still time: looked at again and again, until somebody stops it.
  await waitUntil('23:59');
  const name = 'waiting';
  const pause = { before: 'await-sources', call: 3, work: () => machine.abort(name) };
  const waiting = await machine.run({ input: { run_date: newestRunDate(Date.now(), 'Europe/Vienna') }, name, pause });
  expect(waiting.status).toBe('ABORTED');
  expect(waiting.entered.filter((state) => state === 'await-sources: wait')).toHaveLength(2);
  writeFileSync(projectFile, before);
  await push();
});

test('definitions pushed during a night wait for the next one', async () => {
  const before = readFileSync(projectFile, 'utf8');
  let pushed = '';
  const execution = await night('pushed', {
    pause: {
      before: 'start-model',
      call: 2,
      work: async () => {
        writeFileSync(projectFile, `${before}late_arrival_days: 3\n`);
        pushed = await push();
      },
    },
  });
  const manifest = await demandPublished(execution);
  const hashes = new Set(execution.trace.map(({ event }) => event.definitions).filter((hash) => hash !== null));
  expect([...hashes]).toEqual([execution.output?.definitions]);
  expect(pushed).not.toBe(execution.output?.definitions);
  const next = await night('pushed');
  expect(next.output?.definitions).toBe(pushed);
  expect(next.output?.run.run_id).not.toBe(manifest.run_id);
});

test('a night that moves too far is held back: nothing is published, until somebody accepts what is computed', async () => {
  const before = await current();
  const file = parse(readFileSync(projectFile, 'utf8'));
  file.sources.orders.where = "buyer < 'c0020'";
  file.guard = { least_members: 1 };
  writeFileSync(projectFile, stringify(file));
  await push();
  const closed = await night('gate');
  expect([closed.status, closed.error, closed.last.name]).toEqual(['FAILED', 'CheckFailedError', 'guard-snapshot']);
  expect(closed.cause).toMatch(/^gate_closed: .*nothing is published/);
  expect(closed.cause).toContain('"accept": true');
  expect(await current()).toEqual(before);
  expect(machine.log()).toContain('"GateClosed":1');
  // A redrive looks again, and finds the same.
  expect((await night('gate', { redrive: { of: closed, count: 1 } })).error).toBe('CheckFailedError');
  const input = { run_date: NIGHT, fresh: 'gate', accept: true };
  const accepted = await machine.run({ input, name: `${NIGHT}-accepted` });
  expect([accepted.status, accepted.cause]).toEqual(['SUCCEEDED', null]);
  const run_id = accepted.output?.run.run_id as string;
  expect((await current())?.run_id).toBe(run_id);
  const attempts = await ports.store.list(`runs/${run_id}/attempts/`);
  expect(attempts.filter(({ key }) => !key.endsWith('-1.json'))).toEqual([]);
});

test('nothing of anybody is logged, and every failure is', () => {
  const lines = machine.log().split('\n');
  expect(lines.filter((line) => line.includes('"code":"resources_exhausted"')).length).toBeGreaterThan(0);
  expect(lines.filter((line) => /\bc\d{4}\b|select /i.test(line))).toEqual([]);
});
