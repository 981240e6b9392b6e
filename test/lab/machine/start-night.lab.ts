import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { newestRunDate } from '../../../src/core/start-night';
import { pushDefinitions } from '../../../src/pipeline/definitions-bundle';
import { packDefinitions } from '../../../src/project/bundle';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { type AthenaLab, openAthenaLab } from '../athena/athena-lab';
import { type Machine, openMachine } from './machine';
import { type StepFunctions, startStepFunctions } from './step-functions';

/** The function that the schedule and people call, against the two operations of Step Functions that it uses. */
const root = temporaryFolder();
let lab: AthenaLab;
let machine: Machine;
let stepFunctions: StepFunctions;
/** Yesterday of the shop. */
const newest = newestRunDate(Date.now(), 'Europe/Vienna');

beforeAll(async () => {
  lab = await openAthenaLab();
  const shop = writeShop(join(root, 'shop'), { orders: makeShop(5).orders as SourceRow[] });
  const settings = lab.settings('start');
  const { project } = await loadDefinitions(shop);
  await pushDefinitions(lab.ports(settings).store, await packDefinitions(project), Date.now());
  stepFunctions = await startStepFunctions();
  machine = await openMachine();
  await machine.deploy(settings, { ...lab.double.environment, AWS_ENDPOINT_URL_SFN: stepFunctions.url });
}, 120_000);
afterAll(async () => {
  machine?.stop();
  await lab?.stop();
  stepFunctions?.stop();
  rmSync(root, { recursive: true, force: true });
});

test('the schedule starts the night before its instant, once, however often it is delivered', async () => {
  const scheduled_time = `${new Date().toISOString().slice(0, 19)}Z`;
  const name = `${newest}-1`;
  expect(await machine.call('start-night', { scheduled_time })).toEqual({
    execution: name,
    run_date: newest,
    is_started: true,
  });
  expect(stepFunctions.executions.get(name)).toEqual({ run_date: newest });
  expect(await machine.call('start-night', { scheduled_time })).toMatchObject({ execution: name, is_started: false });
});

test('by hand the next free name is taken, and the input is passed on', async () => {
  expect(await machine.call('start-night', {})).toMatchObject({ execution: `${newest}-2`, run_date: newest });
  const night = { run_date: '2025-03-30', accept: true };
  expect(await machine.call('start-night', night)).toMatchObject({ execution: '2025-03-30-1', is_started: true });
  expect(await machine.call('start-night', night)).toMatchObject({ execution: '2025-03-30-2', is_started: true });
  expect(stepFunctions.executions.get('2025-03-30-2')).toEqual(night);
});

test.each([
  [{ run_date: '2999-01-01' }, 'run_date_wrong'],
  [{ run_dat: '2025-03-30' }, 'night_input'],
  [{ scheduled_time: 'tonight' }, 'scheduled_time_wrong'],
])('%j starts nothing', async (event, code) => {
  const before = stepFunctions.executions.size;
  await expect(machine.call('start-night', event)).rejects.toMatchObject({
    name: 'DefinitionError',
    message: expect.stringMatching(new RegExp(`^${code}: `)),
  });
  expect(stepFunctions.executions.size).toBe(before);
});
