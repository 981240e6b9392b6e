import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { newestRunDate } from '../../../src/core/start-night';
import { pushDefinitions } from '../../../src/pipeline/definitions-bundle';
import { packDefinitions } from '../../../src/project/bundle';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { type AthenaLab, openAthenaLab } from '../athena/athena-lab';
import { type Machine, openMachine } from './machine';

/** The function that the schedule and people call, against the two operations of Step Functions that it uses. */
const root = temporaryFolder();
/** Executions that exist, with their input. */
const executions = new Map<string, unknown>();
let lab: AthenaLab;
let machine: Machine;
let stepFunctions: Server;
/** Yesterday of the shop. */
const newest = newestRunDate(Date.now(), 'Europe/Vienna');

function answer(operation: string, body: { name: string; input: string }): [status: number, body: unknown] {
  if (operation === 'ListExecutions') return [200, { executions: [...executions.keys()].map((name) => ({ name })) }];
  if (operation !== 'StartExecution') return [400, { __type: 'UnknownOperationException' }];
  if (executions.has(body.name)) return [400, { __type: 'com.amazonaws.states#ExecutionAlreadyExists', message: '' }];
  executions.set(body.name, JSON.parse(body.input));
  return [200, { executionArn: `arn:aws:states:us-east-1:1:execution:night:${body.name}`, startDate: 1 }];
}

beforeAll(async () => {
  lab = await openAthenaLab();
  const shop = writeShop(join(root, 'shop'), { orders: makeShop(5).orders as SourceRow[] });
  const settings = lab.settings('start');
  const { project } = await loadDefinitions(shop);
  await pushDefinitions(lab.ports(settings).store, await packDefinitions(project), Date.now());
  stepFunctions = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    const [status, body] = answer(operation, JSON.parse(text));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => stepFunctions.listen(0, '127.0.0.1', resolve));
  const { port } = stepFunctions.address() as AddressInfo;
  machine = await openMachine();
  await machine.deploy(settings, { ...lab.double.environment, AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${port}` });
}, 120_000);
afterAll(async () => {
  machine?.stop();
  await lab?.stop();
  stepFunctions?.close();
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
  expect(executions.get(name)).toEqual({ run_date: newest });
  expect(await machine.call('start-night', { scheduled_time })).toMatchObject({ execution: name, is_started: false });
});

test('by hand the next free name is taken, and the input is passed on', async () => {
  expect(await machine.call('start-night', {})).toMatchObject({ execution: `${newest}-2`, run_date: newest });
  const night = { run_date: '2025-03-30', accept: true };
  expect(await machine.call('start-night', night)).toMatchObject({ execution: '2025-03-30-1', is_started: true });
  expect(await machine.call('start-night', night)).toMatchObject({ execution: '2025-03-30-2', is_started: true });
  expect(executions.get('2025-03-30-2')).toEqual(night);
});

test.each([
  [{ run_date: '2999-01-01' }, 'run_date_wrong'],
  [{ run_dat: '2025-03-30' }, 'night_input'],
  [{ scheduled_time: 'tonight' }, 'scheduled_time_wrong'],
])('%j starts nothing', async (event, code) => {
  const before = executions.size;
  await expect(machine.call('start-night', event)).rejects.toMatchObject({
    name: 'DefinitionError',
    message: expect.stringMatching(new RegExp(`^${code}: `)),
  });
  expect(executions.size).toBe(before);
});
