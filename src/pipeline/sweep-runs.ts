import { addDays, daysBetween } from '../core/dates';
import { SnapshotIntegrityError } from '../core/errors';
import type { RunPlan } from '../core/run';
import type { Manifest, Pointer } from '../core/snapshots/manifest';
import { manifestKey, POINTER_KEY, planKey } from '../core/snapshots/paths';
import { keptNights, namedPrefixes, neededUntil, plannedPrefixes, WORKING_DAYS } from '../core/snapshots/retention';
import { doomedOf, type Needs, objectsByRun, type RunObjects, SWEPT_ROOTS } from '../core/snapshots/sweep';
import type { ObjectStore } from '../ports/object-store';
import type { StepContext } from './context';
import { todayOf } from './find-run-date';
import { json, readJson, readManifest, readPointer } from './notes';
import { dropMark, isUnderWay, markDropped, mayDelete, readMarks, type SweepMark } from './sweep-marks';

export interface SweptRuns {
  /** Dates that left the pointer's `nights`; their files go later. */
  dropped_nights: string[];
  /** Runs of which something was deleted. */
  swept_runs: string[];
  deleted_objects: number;
}

/**
 * Last step of a night: drops what is kept no longer. Nights leave the pointer first; what no kept manifest and no run
 * under way names is marked and goes after two days, notes before files. May be killed at any time and called again.
 */
export async function sweepRuns({ run_id }: { run_id: string }, context: StepContext): Promise<SweptRuns> {
  const { store, clock } = context.ports;
  const keys: string[] = [];
  for (const root of SWEPT_ROOTS) keys.push(...(await store.list(root)).map(({ key }) => key));
  const runs = objectsByRun(keys);
  const marks = await readMarks(store);
  const plans = await plansUnderWay(runs, marks, context);
  const { kept, dropped } = await dropNights(run_id, plans, context);
  const gone = new Set(dropped.map((manifest) => manifest.run_id));
  const needs = needsOf(
    kept,
    plans.filter((plan) => !gone.has(plan.run_id)),
    context,
  );
  const swept: SweptRuns = {
    dropped_nights: dropped.map((night) => night.run_date),
    swept_runs: [],
    deleted_objects: 0,
  };
  for (const run of runs.values()) {
    const doomed = doomedOf(run, needs);
    if (!doomed || !(await mayDelete(store, run.run_id, clock.now()))) continue;
    swept.deleted_objects += await deleteRun(doomed, context);
    swept.swept_runs.push(run.run_id);
  }
  // Marks of runs that somebody took up again, or of which nothing is left that may go.
  for (const [runId, mark] of marks) {
    const run = runs.get(runId);
    if (!(run && doomedOf(run, needs)) && !isUnderWay(mark, clock.now())) await dropMark(store, runId);
  }
  return swept;
}

/** Plans made lately: their runs may be under way, or be taken up again. Of published nights they say nothing any more. */
async function plansUnderWay(
  runs: ReadonlyMap<string, RunObjects>,
  marks: ReadonlyMap<string, SweepMark>,
  context: StepContext,
): Promise<RunPlan[]> {
  const today = todayOf(context);
  const plans: RunPlan[] = [];
  for (const { run_id, notes } of runs.values()) {
    const mark = marks.get(run_id);
    const isGoing = mark?.dropped === true && mark.state !== 'claimed';
    if (isGoing || !notes.includes(planKey(run_id))) continue;
    const plan = await planIfGood(context.ports.store, run_id);
    if (plan && daysBetween(plan.today, today) <= WORKING_DAYS) plans.push(plan);
  }
  return plans;
}

/** Undefined for what another sweep has deleted meanwhile, and for what no run can go on from any more. */
async function planIfGood(store: ObjectStore, runId: string): Promise<RunPlan | undefined> {
  try {
    return await readJson<RunPlan>(store, planKey(runId), 'plan');
  } catch (error) {
    if (error instanceof SnapshotIntegrityError) return undefined;
    throw error;
  }
}

/** Takes nights out of the pointer that are kept no longer; the manifests of the others. */
async function dropNights(
  runId: string,
  plans: readonly RunPlan[],
  context: StepContext,
): Promise<{ kept: Manifest[]; dropped: Manifest[] }> {
  const { store, clock } = context.ports;
  const manifests = new Map<string, Manifest>();
  for (;;) {
    const found = await readPointer(store);
    if (!found) return { kept: [], dropped: [] };
    const { pointer, etag } = found;
    const listed: Manifest[] = [];
    for (const key of Object.values(pointer.nights)) {
      const manifest = manifests.get(key) ?? (await readManifest(store, key));
      manifests.set(key, manifest);
      listed.push(manifest);
    }
    const facts = listed.map((manifest) => ({ run_date: manifest.run_date, needed_until: neededUntil(manifest) }));
    const dates = keptNights(facts, context.definitions.project.file.retention, pinnedBy(runId, pointer, plans));
    const dropped = listed.filter(({ run_date }) => !dates.has(run_date));
    const kept = listed.filter(({ run_date }) => dates.has(run_date));
    if (dropped.length === 0) return { kept, dropped };
    const nights = Object.fromEntries(Object.entries(pointer.nights).filter(([night]) => dates.has(night)));
    // Marked before they leave: a sweep killed in between must not forget them.
    for (const { run_id } of dropped) await markDropped(store, run_id, clock.now());
    if (await store.put(POINTER_KEY, json({ ...pointer, nights }), { ifMatch: etag })) return { kept, dropped };
  }
}

/** The night just published, what readers see, and what unpublished runs build on. */
function pinnedBy(runId: string, pointer: Pointer, plans: readonly RunPlan[]): Set<string> {
  const own = Object.keys(pointer.nights).filter((night) => pointer.nights[night] === manifestKey(runId));
  const isPublished = (plan: RunPlan): boolean => pointer.nights[plan.run_date] === manifestKey(plan.run_id);
  const named = plans
    .filter((plan) => !isPublished(plan))
    .flatMap(({ base, told }) => [...(base ? [base] : []), ...told].map((night) => night.run_date));
  return new Set([pointer.run_date, ...own, ...named]);
}

function needsOf(kept: readonly Manifest[], plans: readonly RunPlan[], context: StepContext): Needs {
  const lately = addDays(todayOf(context), -WORKING_DAYS);
  const young = [
    ...plans.map((plan) => plan.run_id),
    ...kept.filter(({ published_at }) => published_at.slice(0, 10) >= lately).map((manifest) => manifest.run_id),
  ];
  return {
    published: new Set(kept.map((manifest) => manifest.run_id)),
    young: new Set(young),
    prefixes: new Set([...kept.flatMap(namedPrefixes), ...plans.flatMap(plannedPrefixes)]),
  };
}

/** Notes first, so that nobody goes on from what they name; the mark last, so that a killed sweep is gone on with. */
async function deleteRun(doomed: RunObjects, { ports }: StepContext): Promise<number> {
  const { store, catalog } = ports;
  const { run_id, notes, manifest, attempts } = doomed;
  const tables = manifest === undefined ? [] : await publishedTables(manifest, doomed, ports.store);
  await store.delete(notes.filter((key) => key === planKey(run_id)));
  await store.delete(notes);
  await catalog.forget(run_id, attempts, tables);
  await store.delete(attempts.flatMap((attempt) => attempt.keys));
  if (manifest !== undefined) await store.delete([manifest]);
  await dropMark(store, run_id);
  return notes.length + attempts.reduce((sum, { keys }) => sum + keys.length, 0) + (manifest === undefined ? 0 : 1);
}

/** Public tables that showed the run; of a manifest that cannot be read, those of which it wrote something. */
async function publishedTables(key: string, { attempts }: RunObjects, store: ObjectStore): Promise<string[]> {
  const own = attempts.map(({ table }) => table);
  const listed = await readManifest(store, key).then(
    ({ tables }) => tables.map(({ name }) => name),
    () => [],
  );
  return [...new Set([...own, ...listed])];
}
