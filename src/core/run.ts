import { createHash } from 'node:crypto';
import { dayBeforeQuarter, mondayUpTo } from './dates';
import type { SourceWindow } from './sources/relation';

/** JSON with sorted keys and no white space, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** A published run that another one builds on or replaces. */
export interface RunReference {
  run_date: string;
  run_id: string;
  manifest: string;
}

/** A published night whose horizon ends on the run date: what its people were told can be judged. */
export interface ToldNight extends RunReference {
  horizon_days: number;
}

/** One source as a run found it. */
export interface PlannedSource {
  fingerprint: string;
  bytes: number;
  files: number;
}

/** A frozen table: made as of `as_of_date` by these definitions, or taken from base where `inherited` names its files. */
export interface FrozenTable {
  id: string;
  as_of_date: string;
  provisional: boolean;
  prefix: string;
  /** Parameters of later models that it decides. */
  values: Record<string, string>;
}

/** Files that own some calendar months of a rollup; months are their first days. */
export interface RollupPart {
  prefix: string;
  files: { key: string; bytes: number; rows: number }[];
  /** The first month owned; left out where all earlier ones are. */
  from?: string;
  /** The first month that another part owns again; left out where none does. */
  before?: string;
}

/** How a run comes by a rollup: the months from `from` on are its own work, null for all of them; the others lie with earlier runs. */
export interface PlannedRollup {
  /** Hash of all that decides its rows beside the data. */
  id: string;
  from: string | null;
  earlier: RollupPart[];
}

/** What statements took that look at data, summed up. Plans and manifests of earlier versions have but two of the numbers. */
export interface LookCost {
  bytes_scanned: number;
  seconds: number;
  statements?: number;
  /** How often a night waited for its sources and looked again. */
  waits?: number;
}

/**
 * What the first step decides and every later one reads: `runs/<run_id>/plan.json`. All of it is a function of the source
 * data, the definitions, the run date, base and the frozen parameters, except `today`, which only refusals use.
 */
export interface RunPlan {
  run_id: string;
  run_date: string;
  /** The quarter's date for cut points and curves; used unless too few had bought by then. */
  cut_date: string;
  /** The week's date for fits of predictions. */
  fit_date: string;
  today: string;
  product_version: string;
  definitions_hash: string;
  base: RunReference | null;
  /** The run of the same date that this one replaces. */
  supersedes: string | null;
  /** Nights whose promises fall due on the run date, oldest first. */
  told: ToldNight[];
  sources: Record<string, PlannedSource>;
  /** Id each frozen table has in this run, made or inherited. */
  frozen_ids: Record<string, string>;
  /** Frozen tables taken from base. */
  inherited: Record<string, FrozenTable>;
  /** Of sources with `partition`: what of them is read; all of it where a window has no beginning. */
  windows: Record<string, SourceWindow>;
  /** Which months of each rollup this run makes, and who has the others. */
  rollups: Record<string, PlannedRollup>;
  /** What its owner should know of the plan itself. */
  warnings: { code: string; message: string }[];
  /** A mark that makes this run another one than an earlier run of equal inputs (`run --fresh`); null for most. */
  fresh: string | null;
  /** What looking at the sources cost before there was a plan. */
  looks: LookCost;
}

/**
 * `<run_date>-<12 hex>`: equal for equal inputs, on any night and engine (design decision 2). The salt of hashed ids is
 * one of them where a source uses it: every id depends on it. It is written nowhere else.
 */
export function runId(
  inputs: Pick<
    RunPlan,
    'run_date' | 'definitions_hash' | 'base' | 'told' | 'frozen_ids' | 'sources' | 'windows' | 'fresh'
  >,
  salt?: string,
): string {
  const fingerprints = Object.fromEntries(
    Object.entries(inputs.sources).map(([name, source]) => [name, source.fingerprint]),
  );
  const inPart = Object.entries(inputs.windows).filter(([, window]) => window.from !== undefined);
  const text = canonicalJson({
    run_date: inputs.run_date,
    definitions: inputs.definitions_hash,
    base: inputs.base?.run_id ?? null,
    told: inputs.told.length > 0 ? inputs.told.map((night) => night.run_id) : undefined,
    frozen: inputs.frozen_ids,
    sources: fingerprints,
    windows: inPart.length > 0 ? Object.fromEntries(inPart) : undefined,
    fresh: inputs.fresh ?? undefined,
    salt: salt === undefined ? undefined : sha256(`tidemark salt ${salt}`),
  });
  return `${inputs.run_date}-${sha256(text).slice(0, 12)}`;
}

export function cutDate(runDate: string): string {
  return dayBeforeQuarter(runDate);
}

export function fitDate(runDate: string): string {
  return mondayUpTo(runDate);
}
