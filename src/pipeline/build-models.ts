import { type ErrorNote, errorNote, errorOf } from '../core/error-note';
import { TransientEngineError } from '../core/errors';
import type { ModelNode } from '../core/models/graph';
import { isReady } from '../core/models/planned';
import { waitSeconds } from '../core/waiting';
import type { StepContext } from './context';
import { readPlan } from './notes';
import { plannedNodes } from './planned-nodes';
import { pollModel } from './poll-model';
import { type ModelProgress, startModel } from './start-model';

/**
 * All models of a run between two states of a state machine: plain JSON. `start`: something may be started now; `wait`:
 * look again after `wait_seconds`; `failed`: nothing more is started, `failure` says why.
 */
export interface ModelsUnderWay {
  state: 'start' | 'wait' | 'finished' | 'failed';
  /** At most as many as may be under way at once. */
  under_way: ModelProgress[];
  /** Names of those that are done. */
  done: string[];
  /** A start met a passing fault: it is tried again at the next turn, though nothing has ended. */
  is_short: boolean;
  wait_seconds: number;
  /** Milliseconds since the epoch: when the first of this walk were started. */
  began: number;
  /** How often the execution had been redriven when these were started. */
  redrives: number;
  failure: ErrorNote | null;
}

export interface ModelsInput {
  run_id: string;
  /** As the turn before left it; null for the first. */
  models: ModelsUnderWay | null;
  redrives: number;
}

/** Nothing is under way. What an earlier walk of the run had done is found by its notes. */
function noModels(redrives: number, now: number): ModelsUnderWay {
  const none = { under_way: [], done: [], is_short: false, wait_seconds: 0, failure: null };
  return { state: 'start', ...none, began: now, redrives };
}

/** Whether an execution was redriven since: the queries of then were stopped, and looking at them would fail for ever. */
function isBeforeRedrive({ models, redrives }: Pick<ModelsInput, 'models' | 'redrives'>): boolean {
  return models !== null && redrives > models.redrives;
}

/**
 * Starts as many models as may be under way at once, in the order of the plan, each as soon as all it reads are done; those
 * first that are to be started again.
 *
 * @throws TransientEngineError where nothing is under way and nothing could be started: worth another call.
 */
export async function startModels(
  input: ModelsInput & { width: number },
  context: StepContext,
): Promise<ModelsUnderWay> {
  const { run_id, redrives, width } = input;
  const nodes = plannedNodes(await readPlan(context.ports.store, run_id), context);
  const models =
    input.models === null || isBeforeRedrive(input) ? noModels(redrives, context.ports.clock.now()) : input.models;
  let under_way = models.under_way.filter(({ state }) => state !== 'again');
  const again = models.under_way.flatMap((each) => (each.state === 'again' ? [each] : []));
  const done = new Set(models.done);
  let settled: Settled = { under_way: [], done: [], faults: [] };
  // What an earlier walk has done is done at once, and others may be started in its place.
  for (let isFirst = true; isFirst || settled.done.length > 0; isFirst = false) {
    const ready = readyNodes(nodes, done, [...under_way, ...again]).map(({ id }) => ({ run_id, node: id, tries: 1 }));
    const next = [...again.splice(0), ...ready].slice(0, width - under_way.length);
    settled = await settle(next.map((each) => startModel(each, context)));
    under_way = [...under_way, ...settled.under_way];
    for (const node of settled.done) done.add(node);
    if (settled.faults.length > 0) break;
  }
  const started = {
    ...models,
    under_way: [...under_way, ...again],
    done: [...done],
    is_short: settled.faults.length > 0,
  };
  return turn(started, settled.faults, under_way.length > 0, nodes, context);
}

/**
 * Looks at every model under way, once.
 *
 * @throws TransientEngineError where no look could be taken: worth another call.
 */
export async function pollModels(input: ModelsInput, context: StepContext): Promise<ModelsUnderWay> {
  const { run_id, models, redrives } = input;
  if (models === null || isBeforeRedrive(input)) return noModels(redrives, context.ports.clock.now());
  const nodes = plannedNodes(await readPlan(context.ports.store, run_id), context);
  const settled = await settle(models.under_way.map((each) => pollModel(each, context)));
  const unseen = models.under_way.filter(
    ({ node }) => !settled.done.includes(node) && !settled.under_way.some((each) => each.node === node),
  );
  const under_way = [...settled.under_way, ...unseen];
  const looked = { ...models, under_way, done: [...models.done, ...settled.done], is_short: false };
  const isSeen = unseen.length < models.under_way.length;
  const after = turn(looked, settled.faults, isSeen, nodes, context);
  const isChanged = settled.done.length > 0 || under_way.some(({ state }) => state === 'again');
  return after.state === 'wait' && (isChanged || models.is_short) ? { ...after, state: 'start' } : after;
}

/**
 * Throws what the loop over models ended with, under its own name. Called again after a redrive, it lets the loop begin anew.
 *
 * @param now milliseconds since the Unix epoch.
 */
export function failRun(input: ModelsInput & { models: ModelsUnderWay }, now: number): ModelsUnderWay {
  if (isBeforeRedrive(input)) return noModels(input.redrives, now);
  throw errorOf(input.models.failure ?? errorNote(undefined));
}

/** Those whose inputs are all there, and that nobody has started. */
function readyNodes(
  nodes: readonly ModelNode[],
  done: ReadonlySet<string>,
  taken: readonly ModelProgress[],
): ModelNode[] {
  const planned = new Set(nodes.map(({ id }) => id));
  const isTaken = (id: string): boolean => done.has(id) || taken.some(({ node }) => node === id);
  return nodes.filter((node) => !isTaken(node.id) && isReady(node, done, planned));
}

interface Settled {
  under_way: ModelProgress[];
  done: string[];
  faults: unknown[];
}

/** One model's fault must not lose what is known of the others. */
async function settle(calls: readonly Promise<ModelProgress>[]): Promise<Settled> {
  const settled = await Promise.allSettled(calls);
  const progress = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  return {
    under_way: progress.filter(({ state }) => state !== 'done'),
    done: progress.flatMap(({ state, node }) => (state === 'done' ? [node] : [])),
    faults: settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])),
  };
}

/** What comes next after starts or looks. @param isSeen whether any model is known to be getting on. */
function turn(
  models: ModelsUnderWay,
  faults: readonly unknown[],
  isSeen: boolean,
  nodes: readonly ModelNode[],
  { ports }: StepContext,
): ModelsUnderWay {
  const final = faults.find((fault) => !(fault instanceof TransientEngineError));
  if (final !== undefined) return { ...models, state: 'failed', failure: errorNote(final) };
  if (models.done.length >= nodes.length) return { ...models, state: 'finished', wait_seconds: 0 };
  if (faults.length > 0 && !isSeen) throw faults[0];
  const started = models.under_way.flatMap((each) => ('started' in each ? [each.started] : []));
  const now = ports.clock.now();
  const youngest = started.length === 0 ? 0 : now - Math.max(...started);
  return { ...models, state: 'wait', wait_seconds: waitSeconds(youngest, now - models.began) };
}
