import { backOff } from 'exponential-backoff';
import { TransientEngineError } from '../core/errors';
import type { ModelNode } from '../core/models/graph';
import type { RunPlan } from '../core/run';
import type { Manifest } from '../core/snapshots/manifest';
import { manifestKey } from '../core/snapshots/paths';
import type { StepContext } from '../pipeline/context';
import { demandModelNote, type ModelNote, readManifest, readPlan } from '../pipeline/notes';
import type { PlanInput } from '../pipeline/plan-run';
import { STEPS, type Step } from '../pipeline/steps';

/** Told while a night runs; everything is optional to show. */
export interface WalkEvents {
  planned?(run: { run_id: string; run_date: string; nodes: readonly ModelNode[]; is_published: boolean }): void;
  modelStarted?(node: string): void;
  modelDone?(note: ModelNote, wasDone: boolean): void;
}

export interface WalkOptions extends PlanInput {
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

function inputOf({ run_date, full, fresh }: WalkOptions): PlanInput {
  return { run_date, full, fresh };
}

type ModelsStep = Extract<Step, { kind: 'models' }>;

/** How long one look at a query may wait for its end. */
const POLL_MILLISECONDS = 1000;

/** Walks the steps of one night in this process. A night that is published already is shown again, not computed. */
export async function walkNight(context: StepContext, options: WalkOptions = {}): Promise<Manifest> {
  let plan: RunPlan | undefined;
  let manifest: Manifest | undefined;
  for (const step of STEPS) {
    if (step.kind === 'plan') {
      const run = await patiently(() => step.run(inputOf(options), context), options);
      demandNotStopped(options);
      if (run.is_published) {
        options.events?.planned?.({ ...run, nodes: [] });
        return readManifest(context.ports.store, manifestKey(run.run_id));
      }
      plan = await readPlan(context.ports.store, run.run_id);
      const nodes = STEPS.flatMap((each) => (each.kind === 'models' ? each.nodes(plan as RunPlan, context) : []));
      options.events?.planned?.({ ...run, nodes });
    } else if (step.kind === 'models') await walkModels(step, plan as RunPlan, context, options);
    else {
      demandNotStopped(options);
      manifest = await patiently(() => step.run(plan as RunPlan, context), options);
    }
  }
  return manifest as Manifest;
}

/** Runs models side by side, each as soon as all it reads are done; the first error lets the others end and is thrown. */
async function walkModels(step: ModelsStep, plan: RunPlan, context: StepContext, options: WalkOptions): Promise<void> {
  const waiting = [...step.nodes(plan, context)];
  const done = new Set<string>();
  const running = new Map<string, Promise<string>>();
  const ids = new Set(waiting.map((node) => node.id));
  const isReady = (node: ModelNode): boolean => node.after.every((id) => done.has(id) || !ids.has(id));
  try {
    while (waiting.length > 0 || running.size > 0) {
      while (running.size < step.width) {
        const next = waiting.findIndex(isReady);
        if (next < 0) break;
        const [node] = waiting.splice(next, 1) as [ModelNode];
        running.set(
          node.id,
          walkModel(step, plan, node, context, options).then(() => node.id),
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
  step: ModelsStep,
  plan: RunPlan,
  node: ModelNode,
  context: StepContext,
  options: WalkOptions,
): Promise<void> {
  demandNotStopped(options);
  options.events?.modelStarted?.(node.id);
  let progress = await patiently(() => step.start(plan, node, context), options);
  const wasDone = progress.state === 'done';
  while (progress.state !== 'done') {
    const before = progress;
    progress = await patiently(() => step.poll(plan, node, before, context, POLL_MILLISECONDS), options);
    demandNotStopped(options);
  }
  options.events?.modelDone?.(await demandModelNote(context.ports.store, plan.run_id, node.id), wasDone);
}
