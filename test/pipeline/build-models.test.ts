import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Definitions } from '../../src/core/definitions';
import { EngineError, TransientEngineError } from '../../src/core/errors';
import { type ModelsUnderWay, pollModels, startModels } from '../../src/pipeline/build-models';
import type { Ports, StepContext } from '../../src/pipeline/context';
import { guardSnapshot } from '../../src/pipeline/guard-snapshot';
import { planRun } from '../../src/pipeline/plan-run';
import { MOST_ATTEMPTS } from '../../src/pipeline/poll-model';
import { publishSnapshot } from '../../src/pipeline/publish-snapshot';
import type { QueryState, Statement } from '../../src/ports/query-engine';
import { loadDefinitions } from '../../src/project/load-definitions';
import { hashesOf, manifestOf, runNight, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';
import { smallPipeline } from '../support/small-pipeline';

/** The loop of the state machine over all models, on the real engine. */
jest.setTimeout(60_000);
const DATE = '2025-05-14';
const ORDERS = 'id,buyer,day,total\n1,anna,2025-05-03,20.00\n2,anna,2025-05-13,30.00\n3,bert,2025-05-14,10.00\n';
const project = ordersProject({ orders: ORDERS });
let definitions: Definitions;
let expected: Record<string, string>;
beforeAll(async () => {
  definitions = smallPipeline(await loadDefinitions(project));
  expected = hashesOf(await runNight(project, join(project, 'cli'), DATE, { definitions }));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

interface Walked {
  turns: ModelsUnderWay[];
  last: ModelsUnderWay;
}

/** As the state machine does: a state that throws a passing fault is called again. */
async function walk(run_id: string, context: StepContext, width = 5, redrives = 0): Promise<Walked> {
  const turns: ModelsUnderWay[] = [];
  let models: ModelsUnderWay | null = null;
  for (;;) {
    const input: { run_id: string; models: ModelsUnderWay | null; redrives: number } = { run_id, models, redrives };
    models = await patiently(() =>
      models === null || models.state === 'start'
        ? startModels({ ...input, width }, context)
        : pollModels(input, context),
    );
    // What travels is plain JSON.
    expect(JSON.parse(JSON.stringify(models))).toEqual(models);
    turns.push(models);
    if (models.state === 'finished' || models.state === 'failed') return { turns, last: models };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof TransientEngineError) || tries === 5) throw error;
    }
  }
}

/** A night of its own, its ports changed by `wrap`. */
async function night(
  name: string,
  wrap: (ports: Ports) => Ports,
  work: (run_id: string, context: StepContext) => Promise<void>,
): Promise<void> {
  await withContext(project, join(project, name), { wrap, definitions }, async (context) => {
    const { run_id } = await planRun({ run_date: DATE }, context);
    await work(run_id, context);
  });
}

const facts = { code: 'throttled', found: 'slow down', remedy: 'wait' };
const engineWith = (ports: Ports, parts: Partial<Ports['engine']>): Ports => ({
  ...ports,
  engine: new Proxy(ports.engine, {
    get: (owner, name) => {
      const value = (parts as Record<string | symbol, unknown>)[name] ?? Reflect.get(owner, name);
      return typeof value === 'function' ? value.bind(owner) : value;
    },
  }),
});

async function publishes(name: string, run_id: string, context: StepContext): Promise<void> {
  await patiently(() => guardSnapshot({ run_id }, context));
  await patiently(() => publishSnapshot({ run_id }, context));
  expect(hashesOf(manifestOf(join(project, name), DATE))).toEqual(expected);
}

/** Every third start and every fourth look meet a passing fault. */
function faulty(ports: Ports): Ports {
  let [starts, looks] = [0, 0];
  return engineWith(ports, {
    start: async (statement: Statement) => {
      starts += 1;
      if (starts % 3 === 0) throw new TransientEngineError(facts);
      return ports.engine.start(statement);
    },
    poll: async (handle, wait) => {
      looks += 1;
      if (looks % 4 === 0) throw new TransientEngineError(facts);
      return ports.engine.poll(handle, wait);
    },
  });
}

test('the same night as the command line, under passing faults, as many models under way as may be and never more', async () => {
  const all = await loadDefinitions(project);
  const wanted = hashesOf(await runNight(project, join(project, 'cli-all'), DATE, { definitions: all }));
  const out = join(project, 'all');
  await withContext(project, out, { definitions: all, wrap: faulty }, async (context) => {
    const { run_id } = await patiently(() => planRun({ run_date: DATE }, context));
    const { turns, last } = await walk(run_id, context, 2);
    expect(Math.max(...turns.map(({ under_way }) => under_way.length))).toBe(2);
    expect(new Set(last.done).size).toBe(last.done.length);
    for (const { state, under_way } of turns) if (state === 'wait') expect(under_way.length).toBeGreaterThan(0);
    expect(turns.some(({ is_short }) => is_short)).toBe(true);
    await patiently(() => guardSnapshot({ run_id }, context));
    await patiently(() => publishSnapshot({ run_id }, context));
    expect(hashesOf(manifestOf(out, DATE))).toEqual(wanted);
    // Somebody who walks the same run finds it done by its notes, in one turn.
    expect((await walk(run_id, context)).turns).toHaveLength(1);
  });
});

const failing = (error: Error, times: number) => {
  let left = times;
  return (ports: Ports): Ports =>
    engineWith(ports, {
      poll: async (handle, wait): Promise<QueryState> => {
        const state = await ports.engine.poll(handle, wait);
        if (state.status === 'running' || left === 0) return state;
        left -= 1;
        return { status: 'failed', error };
      },
    });
};

test('a query that failed for a passing reason is started anew, on another attempt', async () => {
  await night('again', failing(new TransientEngineError(facts), 2), async (run_id, context) => {
    const { turns, last } = await walk(run_id, context);
    const again = turns.flatMap(({ under_way }) => under_way.filter(({ state }) => state === 'again'));
    expect(again).toMatchObject([{ tries: 2 }, { tries: 3 }]);
    expect(last.state).toBe('finished');
    await publishes('again', run_id, context);
  });
});

test('what a write scanned whose check failed for a passing reason stands in the manifest: it was billed', async () => {
  let ended = 0;
  const wrap = (ports: Ports): Ports =>
    engineWith(ports, {
      poll: async (handle, wait): Promise<QueryState> => {
        const state = await ports.engine.poll(handle, wait);
        if (state.status !== 'succeeded') return state;
        ended += 1;
        // The first write, its check twice with a write between: 1000 and 3000 are done again, 5000 counts.
        if (ended === 2 || ended === 4) return { status: 'failed', error: new TransientEngineError(facts) };
        return { status: 'succeeded', statistics: { milliseconds: 1, bytesScanned: 1000 * ended } };
      },
    });
  await night('repeated', wrap, async (run_id, context) => {
    await walk(run_id, context, 1);
    await publishes('repeated', run_id, context);
    const { steps, bytes_scanned } = manifestOf(join(project, 'repeated'), DATE).cost;
    expect(steps[0]).toMatchObject({
      bytes_scanned: 5000,
      check_bytes_scanned: 6000,
      repeated_bytes_scanned: [1000, 3000],
    });
    expect(steps.filter((each) => each.repeated_bytes_scanned)).toHaveLength(1);
    const others = steps.slice(1).reduce((sum, each) => sum + each.bytes_scanned + each.check_bytes_scanned, 0);
    const looks = manifestOf(join(project, 'repeated'), DATE).cost.looks.bytes_scanned;
    expect(bytes_scanned).toBe(1000 + 3000 + 5000 + 6000 + others + looks);
  });
});

test('attempts that are used up, and what no attempt would mend, end the loop and say why', async () => {
  await night('used-up', failing(new TransientEngineError(facts), 1000), async (run_id, context) => {
    const { last } = await walk(run_id, context, 1);
    expect(last).toMatchObject({ state: 'failed', failure: { name: 'EngineError', code: 'throttled' } });
    expect(last.failure?.found).toBe(`slow down, in each of ${MOST_ATTEMPTS} attempts`);
  });
  const final = new EngineError({ ...facts, code: 'scan_limit', place: { table: 'people' } });
  await night('final', failing(final, 1), async (run_id, context) => {
    const { last } = await walk(run_id, context);
    expect(last.failure).toEqual({ ...facts, name: 'EngineError', code: 'scan_limit', place: { table: 'people' } });
    // Redriven, what was under way is not looked at: its queries were stopped.
    const redriven = await pollModels({ run_id, models: last, redrives: 1 }, context);
    expect(redriven).toMatchObject({ state: 'start', under_way: [], redrives: 1, failure: null });
    expect((await walk(run_id, context, 5, 1)).last.state).toBe('finished');
    await publishes('final', run_id, context);
  });
});

test('queries of an execution are marked with its name, those of a command line are not', async () => {
  await night(
    'marked',
    (ports) => ports,
    async (run_id, context) => {
      await startModels({ run_id, models: null, redrives: 0, width: 5 }, { ...context, execution: '2025-05-14-1' });
      const marks = await context.ports.store.list(`runs/${run_id}/queries/`);
      expect(marks).toHaveLength(1);
      for (const { key } of marks) expect(key).toMatch(/queries\/2025-05-14-1\/[a-z_@]+\/[^/]+\.json$/);
    },
  );
});
