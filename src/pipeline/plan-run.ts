import { frozenIds, inheritedTables } from '../core/models/frozen';
import { buildGraph, type ModelNode } from '../core/models/graph';
import { cutDate, type RunPlan, runId } from '../core/run';
import { baseNight, type Manifest } from '../core/snapshots/manifest';
import { planKey } from '../core/snapshots/paths';
import type { StepContext } from './context';
import { demandTables } from './demand-files';
import { findRunDate, todayOf } from './find-run-date';
import { findSources } from './find-sources';
import { json, readManifest, readPointer, sourcesKey } from './notes';
import { checkSources } from './source-select';

export interface PlanInput {
  run_date?: string | undefined;
  /** Any text: a run with it is another one than a run of equal inputs without it, or with another. */
  fresh?: string | undefined;
  /** Reads every source whole, whatever `partition` says. */
  full?: boolean | undefined;
}

export interface PlannedRun {
  run_id: string;
  run_date: string;
  /** Whether this very run is what its night shows already: then there is nothing to do. */
  is_published: boolean;
}

/** What a run would read: every mapped source's files and size, with columns and types checked; reads no more than a sample. */
export async function inspectSources(context: StepContext): Promise<RunPlan['sources']> {
  const { notes, planned } = await findSources(context.definitions.project, context.ports.catalog);
  await checkSources(notes, context);
  return planned;
}

/** The run date alone, for callers that run several nights ending on it. */
export async function decideRunDate(input: { run_date?: string | undefined }, context: StepContext): Promise<string> {
  const { notes } = await findSources(context.definitions.project, context.ports.catalog);
  await checkSources(notes, context);
  return findRunDate(input.run_date, todayOf(context), notes, context);
}

/**
 * First step: decides what the run is. Finds sources, run date, base and frozen parameters, hashes them into run_id and
 * writes `runs/<run_id>/plan.json`. Reads no more than metadata, and the newest order day where no date is asked for.
 */
export async function planRun(input: PlanInput, context: StepContext): Promise<PlannedRun> {
  const { ports, definitions } = context;
  // A run that was killed after its commit may have left readers of the views one night behind.
  await ports.catalog.follow(async () => (await readPointer(ports.store))?.pointer);
  const { notes, planned } = await findSources(definitions.project, ports.catalog);
  await checkSources(notes, context);
  const today = todayOf(context);
  const looks = { bytes_scanned: 0, seconds: 0 };
  const runDate = await findRunDate(input.run_date, today, notes, context, looks);
  const pointer = (await readPointer(ports.store))?.pointer;
  const night = baseNight(pointer, runDate);
  const baseManifest = night ? await readManifest(ports.store, night.manifest) : undefined;
  const supersededKey = pointer?.nights[runDate];
  const superseded = supersededKey ? await readManifest(ports.store, supersededKey) : undefined;
  if (baseManifest) await demandTables(ports.store, baseManifest);
  const decided = decide(context, { ...input, run_date: runDate }, planned, baseManifest, night?.manifest);
  const run_id = runId(decided, usesSalt(context) ? context.hashSalt : undefined);
  const isPublished = superseded?.run_id === run_id;
  const plan: RunPlan = {
    run_id,
    today,
    looks,
    supersedes: isPublished ? (superseded?.supersedes ?? null) : (superseded?.run_id ?? null),
    ...decided,
  };
  if (isPublished) await demandTables(ports.store, superseded as Manifest);
  else {
    await ports.store.put(sourcesKey(run_id), json(notes));
    await ports.store.put(planKey(run_id), json(plan));
  }
  return { run_id, run_date: runDate, is_published: isPublished };
}

function usesSalt({ definitions }: StepContext): boolean {
  const mappings = Object.values(definitions.project.file.sources).flatMap((source) =>
    Object.values(source?.columns ?? {}),
  );
  return mappings.some((mapping) => typeof mapping === 'object' && 'hash' in mapping && mapping.hash === true);
}

function decide(
  context: StepContext,
  { run_date: runDate, fresh }: PlanInput & { run_date: string },
  sources: RunPlan['sources'],
  base: Manifest | undefined,
  baseKey: string | undefined,
): Omit<RunPlan, 'run_id' | 'today' | 'looks' | 'supersedes'> {
  const { models, project, product_version, hash } = context.definitions;
  const frozen_ids = frozenIds(models, project.file, cutDate(runDate));
  return {
    run_date: runDate,
    cut_date: cutDate(runDate),
    product_version,
    definitions_hash: hash,
    base: base && baseKey ? { run_date: base.run_date, run_id: base.run_id, manifest: baseKey } : null,
    sources,
    frozen_ids,
    fresh: fresh ?? null,
    inherited: inheritedTables(frozen_ids, base),
  };
}

/** What this run computes: every public table, every staging table (its checks are the sources' contract), and what they need. */
export function plannedNodes(plan: RunPlan, context: StepContext): ModelNode[] {
  const { models } = context.definitions;
  const targets = [...models.values()].filter(
    ({ layer, sidecar }) => sidecar.materialised === 'table' && (layer === 'staging' || sidecar.public),
  );
  return buildGraph(
    models,
    targets.map((model) => model.name),
    new Set(Object.keys(plan.inherited)),
  );
}
