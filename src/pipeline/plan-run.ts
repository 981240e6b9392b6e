import { daysBetween, isIsoDate } from '../core/dates';
import { SourceContractErrors } from '../core/errors';
import { frozenIds, inheritedTables } from '../core/models/frozen';
import type { NightInput } from '../core/night';
import { canonicalJson, cutDate, fitDate, type RunPlan, runId, type ToldNight } from '../core/run';
import { baseNight, type Manifest, type Pointer } from '../core/snapshots/manifest';
import { planKey } from '../core/snapshots/paths';
import { shrunkenSources, sourceWentBack } from '../core/sources/shrunken';
import type { Windowing } from '../core/sources/windows';
import type { StepContext } from './context';
import { demandRollups, demandTables } from './demand-files';
import { type FoundRunDate, findRunDate, todayOf } from './find-run-date';
import { type FoundSources, findSources, type SourceWindows } from './find-sources';
import { demandTold, findTold } from './find-told';
import { json, readManifest, readPointer, type SourceNotes, sourcesKey } from './notes';
import { planWindows } from './plan-windows';
import { nothingSpent, type Spent } from './query';
import { checkSources } from './source-select';
import { claimRun } from './sweep-marks';

export interface PlannedRun {
  run_id: string;
  run_date: string;
  /** Whether this very run is what its night shows already: then there is nothing to do. */
  is_published: boolean;
}

/** What a run would read: every mapped source's files and size, with columns and types checked; reads no more than a sample. */
export async function inspectSources(context: StepContext): Promise<RunPlan['sources']> {
  const { planned } = await lookAt(context, wholeWindows(context));
  return planned;
}

/** The run date alone, for callers that run several nights ending on it. */
export async function decideRunDate(
  input: Pick<NightInput, 'run_date' | 'accept'>,
  context: StepContext,
): Promise<string> {
  return (await findNight(input, (await readPointer(context.ports.store))?.pointer, context)).run_date;
}

/**
 * Decides what the run is. Finds sources, run date, base and frozen parameters, hashes them into run_id and
 * writes `runs/<run_id>/plan.json`. Reads no more than metadata, and the newest order day where no date is asked for.
 */
export async function planRun(
  input: NightInput & { looked?: Spent | undefined },
  context: StepContext,
): Promise<PlannedRun> {
  const { store, catalog } = context.ports;
  // A run that was killed after its commit may have left readers of the views one night behind.
  await catalog.follow(async () => (await readPointer(store))?.pointer);
  const pointer = (await readPointer(store))?.pointer;
  const looks = { ...nothingSpent(), ...input.looked };
  const night = await findNight(input, pointer, context, looks);
  const supersededKey = pointer?.nights[night.run_date];
  const superseded = supersededKey ? await readManifest(store, supersededKey) : undefined;
  if (night.base) await demandTables(store, night.base.manifest);
  const { decided, notes, isPublished } = await publishedOrNew(night, superseded, input, context);
  const { run_id } = decided;
  if (isPublished) await demandTables(store, superseded as Manifest);
  else {
    if (night.base && !input.accept) demandUnshrunken(decided, night.base.manifest, context);
    await claimRun(store, run_id, context.ports.clock.now());
    await demandRollups(store, decided.rollups);
    await demandTold(store, decided.told);
    const supersedes = superseded?.run_id ?? null;
    const plan: RunPlan = { ...decided, today: todayOf(context), looks, supersedes };
    await store.put(sourcesKey(run_id), json(notes));
    await store.put(planKey(run_id), json(plan));
  }
  return { run_id, run_date: night.run_date, is_published: isPublished };
}

/** @throws SourceContractErrors source_shrunk */
function demandUnshrunken({ run_date, sources, windows }: Decided, base: Manifest, { definitions }: StepContext): void {
  const nights = daysBetween(base.run_date, run_date);
  const settings = definitions.project.file.guard;
  const errors = shrunkenSources({ now: sources, windows, base, nights, settings });
  if (errors.length > 0) throw new SourceContractErrors(errors);
}

/** A date, what is to be read for it, and the published night it builds on. */
interface Night {
  run_date: string;
  base: { manifest: Manifest; key: string } | undefined;
  told: ToldNight[];
  windowing: Windowing;
  sources: FoundSources;
}

/**
 * Where no date is asked for, the newest order day is looked for among the days that a night after the newest one
 * published would read; only if there is none, among all.
 */
async function findNight(
  { run_date: asked, full = false, accept = false }: NightInput,
  pointer: Pointer | undefined,
  context: StepContext,
  looks?: Spent,
): Promise<Night> {
  const today = todayOf(context);
  const guess = asked !== undefined && isIsoDate(asked) ? asked : today;
  const likely = await baseOf(pointer, guess, context);
  const expected = planWindows(context, guess, likely?.manifest, full);
  const looked = await lookAt(context, expected.windows);
  const reading = { windows: expected.windows };
  const { run_date, newest } = await findRunDate(asked, today, looked.notes, reading, context, looks);
  if (newest && likely && !accept) demandNotBack(newest, likely.manifest);
  const base = await baseOf(pointer, run_date, context);
  const windowing = planWindows(context, run_date, base?.manifest, full);
  const isSame = canonicalJson(windowing.windows) === canonicalJson(expected.windows);
  const sources = isSame ? looked : await lookAt(context, windowing.windows);
  const told = await findTold(pointer, run_date, context.ports.store);
  return { run_date, base, told, windowing, sources };
}

/** @throws SourceContractError source_went_back */
function demandNotBack({ source, day }: NonNullable<FoundRunDate['newest']>, published: Manifest): void {
  const watermark = published.sources[source]?.watermark ?? null;
  if (watermark !== null && day < watermark)
    throw sourceWentBack(source, day, { run_date: published.run_date, watermark });
}

async function baseOf(pointer: Pointer | undefined, runDate: string, context: StepContext): Promise<Night['base']> {
  const night = baseNight(pointer, runDate);
  return night && { manifest: await readManifest(context.ports.store, night.manifest), key: night.manifest };
}

/** Finds the sources and tells all that is wrong with columns and types, before any data are read. */
async function lookAt(context: StepContext, windows: SourceWindows): Promise<FoundSources> {
  const found = await findSources(context.definitions.project, context.ports.catalog, windows);
  await checkSources(found.notes, context, { windows });
  return found;
}

const wholeWindows = (context: StepContext): SourceWindows =>
  planWindows(context, todayOf(context), undefined, true).windows;

/**
 * The plan of a night. Where what is published of it was read whole (run --full), and is what reading whole would give
 * now, that is the night: reading less would know less.
 */
async function publishedOrNew(
  night: Night,
  superseded: Manifest | undefined,
  input: NightInput,
  context: StepContext,
): Promise<{ decided: Decided; notes: SourceNotes; isPublished: boolean }> {
  const decided = decide(context, night, input.fresh);
  const notes = night.sources.notes;
  if (superseded?.run_id === decided.run_id) return { decided, notes, isPublished: true };
  const isInPart = Object.values(decided.windows).some((window) => window.from !== undefined);
  if (superseded && isInPart) {
    const windowing = planWindows(context, night.run_date, night.base?.manifest, true);
    const whole = decide(
      context,
      { ...night, windowing, sources: await lookAt(context, windowing.windows) },
      input.fresh,
    );
    if (superseded.run_id === whole.run_id) return { decided: whole, notes, isPublished: true };
  }
  return { decided, notes, isPublished: false };
}

function usesSalt({ definitions }: StepContext): boolean {
  const mappings = Object.values(definitions.project.file.sources).flatMap((source) =>
    Object.values(source?.columns ?? {}),
  );
  return mappings.some((mapping) => typeof mapping === 'object' && 'hash' in mapping && mapping.hash === true);
}

type Decided = Omit<RunPlan, 'today' | 'looks' | 'supersedes'>;

function decide(
  context: StepContext,
  { run_date, base, told, windowing, sources }: Night,
  fresh: string | undefined,
): Decided {
  const { models, project, product_version, hash } = context.definitions;
  const frozen_ids = frozenIds(models, project.file, run_date);
  const inputs = {
    run_date,
    definitions_hash: hash,
    base: base ? { run_date: base.manifest.run_date, run_id: base.manifest.run_id, manifest: base.key } : null,
    told,
    frozen_ids,
    sources: sources.planned,
    windows: windowing.windows,
    fresh: fresh ?? null,
  };
  return {
    run_id: runId(inputs, usesSalt(context) ? context.hashSalt : undefined),
    ...inputs,
    cut_date: cutDate(run_date),
    fit_date: fitDate(run_date),
    product_version,
    rollups: windowing.rollups,
    warnings: windowing.warnings,
    inherited: inheritedTables(frozen_ids, base?.manifest),
  };
}
