import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Definitions } from '../../src/core/definitions';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { costOf } from '../../src/core/snapshots/night-cost';
import { ASSUMED, loopOf, type StepWork } from '../../src/core/snapshots/night-usage';
import { WIDTH } from '../../src/core/waiting';
import { type ModelsUnderWay, pollModels, startModels } from '../../src/pipeline/build-models';
import type { Ports, StepContext } from '../../src/pipeline/context';
import { guardSnapshot } from '../../src/pipeline/guard-snapshot';
import { readModelNote, readPlan } from '../../src/pipeline/notes';
import { planRun } from '../../src/pipeline/plan-run';
import { plannedNodes } from '../../src/pipeline/planned-nodes';
import { publishSnapshot } from '../../src/pipeline/publish-snapshot';
import type { QueryState } from '../../src/ports/query-engine';
import { loadDefinitions } from '../../src/project/load-definitions';
import { manifestOf, runNight, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';
import { smallPipeline } from '../support/small-pipeline';

/** What a run says of its own cost, over nights of the real steps whose clock is made up. */
jest.setTimeout(60_000);
const DATE = '2025-05-14';
const BEGAN = Date.parse('2025-06-15T02:00:00Z');
const SCANNED = 12_345_678;
const project = ordersProject({ orders: 'id,buyer,day,total\n1,anna,2025-05-03,20.00\n2,bert,2025-05-14,10.00\n' });
let whole: Definitions;
let small: Definitions;
beforeAll(async () => {
  whole = await loadDefinitions(project);
  small = smallPipeline(whole);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Milliseconds since the night began. */
interface Time {
  now: number;
}

/** As Athena: named so, queries that take a while by the made-up clock, and bytes. The n-th takes 0 to 40 seconds. */
function asAthena(ports: Ports, time: Time): Ports {
  const ends = new Map<string, { at: number; milliseconds: number }>();
  const engine = new Proxy(ports.engine, {
    get: (owner, name) => {
      if (name === 'name') return 'athena';
      if (name === 'start')
        return async (statement: Parameters<typeof owner.start>[0]) => {
          const handle = await owner.start(statement);
          const milliseconds = (ends.size % 5) * 10_000;
          ends.set(handle.id, { at: time.now + milliseconds, milliseconds });
          return handle;
        };
      if (name === 'poll')
        return async (handle: { id: string }, wait: number): Promise<QueryState> => {
          const { at, milliseconds } = ends.get(handle.id) as { at: number; milliseconds: number };
          // Looks outside the loop wait for their end.
          if (wait === 0 && time.now < at) return { status: 'running' };
          const state = await owner.poll(handle, 60_000);
          return state.status === 'succeeded'
            ? { status: 'succeeded', statistics: { milliseconds, bytesScanned: SCANNED } }
            : state;
        };
      const value: unknown = Reflect.get(owner, name);
      return typeof value === 'function' ? value.bind(owner) : value;
    },
  });
  return { ...ports, engine, clock: { now: () => BEGAN + time.now } };
}

interface Walked {
  manifest: Manifest;
  starts: number;
  looks: number;
  /** What the estimate is made from, read again from the notes. */
  work: StepWork[];
}

async function workOf(run_id: string, context: StepContext): Promise<StepWork[]> {
  const { store } = context.ports;
  const nodes = plannedNodes(await readPlan(store, run_id), context);
  return Promise.all(
    nodes.map(async ({ id, after }) => {
      const note = await readModelNote(store, run_id, id);
      if (!note) throw new Error(`${id} has no note`);
      return { ...note, model: id, after, files: note.files.length };
    }),
  );
}

/** As the state machine: each call takes what the estimate takes it to, each wait what the step before said. */
async function walk(name: string, definitions: Definitions, execution?: string): Promise<Walked> {
  const out = join(project, name);
  const time = { now: 0 };
  const wrap = (ports: Ports): Ports => asAthena(ports, time);
  return withContext(project, out, { wrap, definitions }, async (opened) => {
    const context: StepContext = execution === undefined ? opened : { ...opened, execution };
    const { run_id } = await planRun({ run_date: DATE }, context);
    const counted = { starts: 0, looks: 0 };
    let models: ModelsUnderWay = await startModels({ run_id, models: null, redrives: 0, width: WIDTH }, context);
    counted.starts += 1;
    while (models.state !== 'finished') {
      if (models.state === 'failed') throw new Error(models.failure?.found);
      const input = { run_id, models, redrives: 0 };
      time.now += 1000 * (ASSUMED.call_seconds + (models.state === 'wait' ? models.wait_seconds : 0));
      counted[models.state === 'wait' ? 'looks' : 'starts'] += 1;
      models = await (models.state === 'wait'
        ? pollModels(input, context)
        : startModels({ ...input, width: WIDTH }, context));
    }
    await guardSnapshot({ run_id }, context);
    await publishSnapshot({ run_id }, context);
    return { manifest: manifestOf(out, DATE), ...counted, work: await workOf(run_id, context) };
  });
}

test('under a state machine: the starts and looks of the real loop, and what all statements scanned', async () => {
  const { manifest, starts, looks, work } = await walk('machine', whole, `${DATE}-1`);
  expect(loopOf(work, WIDTH)).toEqual({ starts, looks });
  const { steps, estimate } = manifest.cost;
  expect(looks).toBeGreaterThan(2 * starts);
  const calls = 6 + starts + looks;
  // Two statements a model, and one that counts audiences: 13 MB and two reads each.
  const statements = 2 * steps.length + 1;
  const files = work.reduce((sum, step) => sum + step.files, 0);
  expect(estimate).toEqual(
    costOf({
      athena_megabytes: 13 * statements,
      transitions: 9 + 2 * starts + 3 * looks,
      calls,
      gigabyte_seconds: 4 * calls,
      s3_writes: 16 * steps.length + files,
      s3_reads: 20 * steps.length + 2 * statements,
    }),
  );
});

test('walked by the command line: no state machine, no functions', async () => {
  const { manifest } = await walk('command-line', small);
  expect(manifest.cost.estimate).toMatchObject({ transitions_usd: 0, lambda_usd: 0 });
  expect(manifest.cost.estimate?.athena_usd).toBeGreaterThan(0);
});

test('DuckDB costs nothing', async () => {
  const night = await runNight(project, join(project, 'duckdb'), DATE, { definitions: small });
  expect(night.cost.estimate).toBeNull();
});
