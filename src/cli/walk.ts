import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from 'exponential-backoff';
import { TransientEngineError } from '../core/errors';
import type { ModelNode } from '../core/models/graph';
import { isReady } from '../core/models/planned';
import type { NightInput } from '../core/night';
import type { Manifest } from '../core/snapshots/manifest';
import { manifestKey } from '../core/snapshots/paths';
import type { WaitingNight } from '../pipeline/await-sources';
import type { StepContext } from '../pipeline/context';
import { demandModelNote, type ModelNote, readManifest, readPlan } from '../pipeline/notes';
import type { PlannedRun } from '../pipeline/plan-run';
import { plannedNodes } from '../pipeline/planned-nodes';
import { STEPS, type Step, type StepKind } from '../pipeline/steps';

/** Told while a night runs; everything is optional to show. */
export interface WalkEvents {
  waiting?(night: WaitingNight): void;
  planned?(run: { run_id: string; run_date: string; nodes: readonly ModelNode[]; is_published: boolean }): void;
  modelStarted?(node: string): void;
  modelDone?(note: ModelNote, wasDone: boolean): void;
  /** Something went wrong that fails nothing: the night is published. */
  leftUndone?(step: string, error: unknown): void;
}

export interface WalkOptions extends NightInput {
  events?: WalkEvents;
  /** Asked between polls; true ends the walk with a StoppedError. */
  isStopped?: () => boolean;
}

/** Somebody asked the walk to stop: nothing of the night under way is published. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

function demandNotStopped(options: WalkOptions): void {
  if (options.isStopped?.()) throw new StoppedError('the night was stopped');
}

/** How often a step is called while it meets passing faults: after about 1, 2, 4 and 8 seconds, give or take. */
const MOST_CALLS = 5;

/** Every step may be called again after a passing fault: what it had done by then is found, or never read. */
function patiently<T>(call: () => Promise<T>, options: WalkOptions): Promise<T> {
  return backOff(call, {
    numOfAttempts: MOST_CALLS,
    startingDelay: 1000,
    jitter: 'full',
    retry: (error: unknown) => error instanceof TransientEngineError && options.isStopped?.() !== true,
  });
}

function inputOf({ run_date, accept, full, fresh }: WalkOptions): NightInput {
  return { run_date, accept, full, fresh };
}

type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;

/** How long one look at a query may wait for its end. */
const POLL_MILLISECONDS = 1000;

/** Walks the steps of one night in this process. A night that is published already is shown again, not computed. */
export async function walkNight(context: StepContext, options: WalkOptions = {}): Promise<Manifest> {
  let input = inputOf(options);
  let run: PlannedRun | undefined;
  for (const step of STEPS) {
    demandNotStopped(options);
    if (step.kind === 'wait') input = await walkWaiting(step, input, context, options);
    else if (step.kind === 'plan') run = await walkPlan(step, input, context, options);
    else await walkRun(step, { ...(run as PlannedRun), accept: options.accept }, context, options);
  }
  return readManifest(context.ports.store, manifestKey((run as PlannedRun).run_id));
}

/** A step that belongs to one run. What is published already needs no more than tidying. */
async function walkRun(
  step: Exclude<Step, { kind: 'wait' | 'plan' }>,
  run: PlannedRun & { accept: boolean | undefined },
  context: StepContext,
  options: WalkOptions,
): Promise<void> {
  const { run_id, accept } = run;
  if (step.kind === 'tidy') await walkTidy(step, run_id, context, options);
  else if (run.is_published) return;
  else if (step.kind === 'models') await walkModels(step, run_id, context, options);
  else await patiently<unknown>(() => step.run({ run_id, accept }, context), options);
}

/** How often a waiting walk looks whether somebody asked it to stop. */
const STOP_LOOK_MILLISECONDS = 200;

async function walkWaiting(
  step: StepOf<'wait'>,
  input: NightInput,
  context: StepContext,
  options: WalkOptions,
): Promise<NightInput> {
  let night = await patiently(() => step.run(input, context), options);
  while (night.state === 'waiting') {
    const before = night;
    options.events?.waiting?.(before);
    const end = performance.now() + before.wait_seconds * 1000;
    while (performance.now() < end) {
      demandNotStopped(options);
      await sleep(Math.min(STOP_LOOK_MILLISECONDS, Math.max(0, end - performance.now())));
    }
    night = await patiently(() => step.run(before, context), options);
  }
  return night;
}

async function walkPlan(
  step: StepOf<'plan'>,
  input: NightInput,
  context: StepContext,
  options: WalkOptions,
): Promise<PlannedRun> {
  const run = await patiently(() => step.run(input, context), options);
  const nodes = run.is_published ? [] : plannedNodes(await readPlan(context.ports.store, run.run_id), context);
  options.events?.planned?.({ ...run, nodes });
  return run;
}

async function walkTidy(
  step: StepOf<'tidy'>,
  run_id: string,
  context: StepContext,
  options: WalkOptions,
): Promise<void> {
  try {
    await patiently(() => step.run({ run_id }, context), options);
  } catch (error) {
    options.events?.leftUndone?.(step.name, error);
  }
}

/** Runs models side by side, each as soon as all it reads are done; the first error lets the others end and is thrown. */
async function walkModels(
  step: StepOf<'models'>,
  run_id: string,
  context: StepContext,
  options: WalkOptions,
): Promise<void> {
  const waiting = [...plannedNodes(await readPlan(context.ports.store, run_id), context)];
  const done = new Set<string>();
  const running = new Map<string, Promise<string>>();
  const ids = new Set(waiting.map((node) => node.id));
  try {
    while (waiting.length > 0 || running.size > 0) {
      while (running.size < step.width) {
        const next = waiting.findIndex((node) => isReady(node, done, ids));
        if (next < 0) break;
        const [{ id }] = waiting.splice(next, 1) as [ModelNode];
        running.set(
          id,
          walkModel(step, { run_id, node: id }, context, options).then(() => id),
        );
      }
      const ended = await Promise.race(running.values());
      running.delete(ended);
      done.add(ended);
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

async function walkModel(
  step: StepOf<'models'>,
  named: { run_id: string; node: string },
  context: StepContext,
  options: WalkOptions,
): Promise<void> {
  demandNotStopped(options);
  options.events?.modelStarted?.(named.node);
  let progress = await patiently(() => step.start(named, context), options);
  const wasDone = progress.state === 'done';
  while (progress.state !== 'done') {
    const before = progress;
    progress = await patiently(
      () => (before.state === 'again' ? step.start(before, context) : step.poll(before, context, POLL_MILLISECONDS)),
      options,
    );
    demandNotStopped(options);
  }
  options.events?.modelDone?.(await demandModelNote(context.ports.store, named.run_id, named.node), wasDone);
}
