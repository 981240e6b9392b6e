import { addDays } from '../core/dates';
import { SourceContractErrors } from '../core/errors';
import type { NightInput } from '../core/night';
import type { FreshnessSettings } from '../core/night-settings';
import { baseNight, type Manifest } from '../core/snapshots/manifest';
import type { SourceName } from '../core/sources/contract';
import {
  dayColumn,
  LOOKED_BACK_DAYS,
  newestDaySql,
  type StaleSource,
  staleSource,
  waitDeadline,
} from '../core/sources/freshness';
import { demandRunDate } from '../core/start-night';
import type { StepContext } from './context';
import { todayOf } from './find-run-date';
import { findSource } from './find-sources';
import { readManifest, readPointer } from './notes';
import { decideRunDate } from './plan-run';
import { nothingSpent, readRows, type Spent } from './query';
import { sourceSql } from './source-select';

/** Seconds between two looks at sources that are late. */
const WAIT_SECONDS = 300;

/** The newest day a look has found; the same while the source's fingerprint is. */
export interface SourceLook {
  fingerprint: string;
  newest_day: string | null;
}

interface Looked {
  run_date?: string | undefined;
  /** What looking at the sources has cost so far. */
  looked?: Spent | undefined;
}

/** A night that must be asked again after `wait_seconds`, with this very result as its input. */
export interface WaitingNight extends Omit<NightInput, 'run_date'>, Looked {
  state: 'waiting';
  wait_seconds: number;
  /** Sources that do not cover the run date yet. */
  stale: string[];
  looks: Record<string, SourceLook>;
}

/** What the plan is made from. */
export interface ReadyNight extends Omit<NightInput, 'run_date'>, Looked {
  state: 'done';
}

/**
 * First step of a night: whether every source under `freshness` holds the run date. Waits nowhere: whoever calls it does.
 * A night of long ago never waits, as its time is over.
 *
 * @throws DefinitionError for a run date that is none, or has not ended yet; SourceContractErrors source_stale once a source's time is over, naming its newest day.
 */
export async function awaitSources(
  input: NightInput | WaitingNight,
  context: StepContext,
): Promise<WaitingNight | ReadyNight> {
  const { accept, full, fresh } = input;
  const night = { accept, full, fresh };
  const { freshness, time_zone } = context.definitions.project.file;
  const wanted = Object.entries(freshness) as [SourceName, FreshnessSettings][];
  if (input.run_date !== undefined) demandRunDate(input.run_date, addDays(todayOf(context), -1), time_zone);
  if (wanted.length === 0) return { ...night, run_date: input.run_date, state: 'done' };
  const run_date = input.run_date ?? (await decideRunDate({ accept }, context));
  const before = 'state' in input ? input : undefined;
  const looked = { ...nothingSpent(), ...before?.looked, ...(before && { waits: (before.looked?.waits ?? 0) + 1 }) };
  const looks: Record<string, SourceLook> = {};
  for (const [name] of wanted) looks[name] = await look(name, run_date, before?.looks[name], looked, context);
  const stale = wanted.filter(([name]) => (looks[name]?.newest_day ?? '') < run_date);
  if (stale.length === 0) return { ...night, run_date, looked, state: 'done' };
  const now = context.ports.clock.now();
  const deadlines = stale.map(([, { wait_until }]) => waitDeadline(run_date, wait_until, time_zone));
  const left = Math.min(...deadlines) - now;
  if (left <= 0) {
    const over = stale.filter((_, index) => (deadlines[index] as number) <= now);
    const base = await lastNight(run_date, context);
    throw new SourceContractErrors(
      over.map(([name, { wait_until }]) => {
        const newest_day = looks[name]?.newest_day ?? null;
        return staleSource({ name, run_date, wait_until, newest_day, seen: seenOf(base, name, newest_day, context) });
      }),
    );
  }
  const wait_seconds = Math.max(1, Math.min(WAIT_SECONDS, Math.ceil(left / 1000)));
  return { ...night, run_date, looked, state: 'waiting', wait_seconds, stale: stale.map(([name]) => name), looks };
}

/** The published night that this one would build on. */
async function lastNight(runDate: string, { ports: { store } }: StepContext): Promise<Manifest | undefined> {
  const night = baseNight((await readPointer(store))?.pointer, runDate);
  return night && readManifest(store, night.manifest);
}

/** Where rows are gone that the night before had read. A partition may lag behind the days of its rows by `slack_days`. */
function seenOf(
  base: Manifest | undefined,
  name: SourceName,
  newestDay: string | null,
  { definitions }: StepContext,
): StaleSource['seen'] {
  const watermark = base?.sources[name]?.watermark;
  if (!base || !watermark) return undefined;
  const { slack_days = 0 } = definitions.project.file.sources[name]?.partition ?? {};
  return (newestDay ?? '') < addDays(watermark, -slack_days) ? { run_date: base.run_date, watermark } : undefined;
}

/** By the partitions of the catalog where it knows them; else by a query, but only where the source has changed since. */
async function look(
  name: SourceName,
  runDate: string,
  before: SourceLook | undefined,
  spent: Spent,
  context: StepContext,
): Promise<SourceLook> {
  const { project } = context.definitions;
  const source = project.sources[name];
  const mapping = project.file.sources[name];
  const column = mapping && dayColumn(name, mapping);
  // Both are demanded where the project is read.
  if (!source || !mapping || column === undefined) return { fingerprint: '', newest_day: null };
  const { partition } = mapping;
  const since = addDays(runDate, -LOOKED_BACK_DAYS);
  const window = partition && { column: partition.column, from: addDays(since, -partition.slack_days) };
  if (window && source.location) {
    const newest = await context.ports.catalog.newestDay(name, source.location, window);
    if (newest !== undefined) return { fingerprint: '', newest_day: newest };
  }
  const relation = await findSource(source, context.ports.catalog, window);
  if (before?.fingerprint === relation.fingerprint && !isUnversioned(relation.fingerprint)) return before;
  const sql = sourceSql(name, { [name]: relation }, context, { windows: window ? { [name]: window } : {} });
  const [row] = await readRows(context.ports.engine, newestDaySql(sql, column, todayOf(context)), spent);
  return { fingerprint: relation.fingerprint, newest_day: typeof row?.newest_day === 'string' ? row.newest_day : null };
}

/** What leaves no trace in metadata may have changed at any time. */
const isUnversioned = (fingerprint: string): boolean => fingerprint === 'unversioned';
