import { CheckFailedError, SnapshotIntegrityError } from '../core/errors';
import type { RunPlan, RunReference } from '../core/run';
import { advance, baseNight, type Manifest, type Pointer } from '../core/snapshots/manifest';
import { manifestKey, POINTER_KEY } from '../core/snapshots/paths';
import { buildManifest } from './build-manifest';
import type { StepContext } from './context';
import { findSources } from './find-sources';
import { type GateNote, json, readGate, readManifest, readPlan, readPointer } from './notes';

const MOST_RACES = 20;

export interface PublishedSnapshot {
  run_id: string;
  run_date: string;
  /** What the pointer names: a later night, where this one is a back-fill. */
  current_run_date: string;
  bytes_scanned: number;
  /** Of queries. */
  seconds: number;
}

/**
 * Makes a run visible: the manifest, then the pointer, which alone makes the snapshot visible. Losing a race for the
 * pointer is harmless as long as base and this date's entry are what the plan was made from.
 *
 * @throws SnapshotIntegrityError when another run has changed one of them meanwhile: nothing becomes visible.
 */
export async function publishSnapshot(
  { run_id }: { run_id: string },
  context: StepContext,
): Promise<PublishedSnapshot> {
  const { store, catalog } = context.ports;
  const plan = await readPlan(store, run_id);
  const key = manifestKey(run_id);
  const follow = () => catalog.follow(async () => (await readPointer(store))?.pointer);
  // A step that is tried again after it had worked: what is published is not written a second time.
  if ((await readPointer(store))?.pointer.nights[plan.run_date] === key) {
    await follow();
    return published(await readManifest(store, key), context);
  }
  const gate = await demandOpenGate(run_id, context);
  await demandSameSources(plan, context);
  const manifest = await buildManifest(plan, gate, context);
  await store.put(key, json(manifest));
  await catalog.publish(plan.run_id, manifest.tables);
  const run: RunReference = { run_date: plan.run_date, run_id: plan.run_id, manifest: key };
  for (let race = 0; race < MOST_RACES; race += 1) {
    const found = await readPointer(store);
    await demandUnchanged(plan, found?.pointer, context);
    const condition = found ? { ifMatch: found.etag } : { ifNoneMatch: '*' as const };
    if (!(await store.put(POINTER_KEY, json(advance(found?.pointer, run)), condition))) continue;
    await follow();
    return published(manifest, context);
  }
  throw lost('the pointer changed on every try');
}

/** Whoever leaves the gate out, or goes on after it was closed, publishes nothing. */
async function demandOpenGate(run_id: string, { ports }: StepContext): Promise<GateNote> {
  const gate = await readGate(ports.store, run_id);
  if (gate.outcome !== 'closed') return gate;
  throw new CheckFailedError({
    code: 'gate_closed',
    place: { key: run_id },
    found: 'the gate before publishing has held this run back',
    remedy: 'accept it there, or mend the sources and run again',
  });
}

async function published({ run_id, run_date, cost }: Manifest, { ports }: StepContext): Promise<PublishedSnapshot> {
  const current = (await readPointer(ports.store))?.pointer.run_date ?? run_date;
  return { run_id, run_date, current_run_date: current, bytes_scanned: cost.bytes_scanned, seconds: cost.seconds };
}

/** Models read the sources one after another: files that changed meanwhile would make a mixture of two states. */
async function demandSameSources(plan: RunPlan, context: StepContext): Promise<void> {
  const { planned } = await findSources(context.definitions.project, context.ports.catalog, plan.windows);
  const changed = Object.keys(plan.sources).filter(
    (name) => planned[name]?.fingerprint !== plan.sources[name]?.fingerprint,
  );
  if (changed.length === 0) return;
  throw new SnapshotIntegrityError({
    code: 'sources_changed',
    place: { table: changed.join(', ') },
    found: 'the source changed while the run was reading it',
    remedy: 'run the night again once the export has ended',
  });
}

async function demandUnchanged(plan: RunPlan, pointer: Pointer | undefined, context: StepContext): Promise<void> {
  const base = baseNight(pointer, plan.run_date)?.manifest ?? null;
  if (base !== (plan.base?.manifest ?? null))
    throw lost('another run has published a night between this one and its base');
  const entry = pointer?.nights[plan.run_date];
  const runId = entry ? (await readManifest(context.ports.store, entry)).run_id : null;
  if (runId !== plan.supersedes && runId !== plan.run_id) throw lost('another run has published this night');
}

function lost(found: string): SnapshotIntegrityError {
  return new SnapshotIntegrityError({
    code: 'race_lost',
    place: { key: POINTER_KEY },
    found,
    remedy: 'run the night again: it will build on what is published now',
  });
}
