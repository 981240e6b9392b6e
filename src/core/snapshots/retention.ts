import { addDays } from '../dates';
import type { RetentionSettings } from '../night-settings';
import type { RunPlan } from '../run';
import type { Manifest } from './manifest';

/** Days after which notes and files go that no manifest names: of nights that were published, and of runs that never were. */
export const WORKING_DAYS = 15;
/** Hours between saying that something goes and its going: whoever reads it now can end in peace. */
export const MARK_HOURS = 48;
/** A promise falls due on one date; a night that is made up for later is judged too. */
const SLACK_DAYS = 7;

/** What decides of a published night whether it is kept. */
export interface NightFacts {
  run_date: string;
  /** The last run date that needs it; null where none does. */
  needed_until: string | null;
}

/** Until when a night is needed beyond its own: people who were told something are judged once their horizon has passed. */
export function neededUntil({ run_date, facts, parameters }: Manifest): string | null {
  const scored = Number(facts.people?.scored_people ?? 0);
  const horizon = Number(parameters.horizon?.values.horizon_days ?? 0);
  return scored > 0 && horizon > 0 ? addDays(run_date, horizon + SLACK_DAYS) : null;
}

/**
 * Which published nights stay: the newest ones, each month's last, those that are still needed, and those that a run under
 * way builds on.
 *
 * @param pinned run dates that a run under way names.
 */
export function keptNights(
  nights: readonly NightFacts[],
  { nights: newest, monthly }: RetentionSettings,
  pinned: ReadonlySet<string>,
): Set<string> {
  const dates = nights.map(({ run_date }) => run_date).sort();
  const current = dates.at(-1) ?? '';
  const lastOfMonth = new Map(dates.map((date) => [date.slice(0, 7), date]));
  const kept = new Set([...dates.slice(-newest), ...(monthly ? lastOfMonth.values() : [])]);
  for (const { run_date, needed_until } of nights)
    if (pinned.has(run_date) || (needed_until !== null && needed_until >= current)) kept.add(run_date);
  return kept;
}

/** Every prefix that a manifest makes somebody read: its tables, its frozen tables, the months of its rollups. */
export function namedPrefixes({ tables, parameters, rollups = {} }: Manifest): string[] {
  const named = [...tables, ...Object.values(parameters), ...Object.values(rollups).flatMap(({ parts }) => parts)];
  return named.map(({ prefix }) => prefix);
}

/** What a run under way reads that others wrote, beside the nights it names. */
export function plannedPrefixes({ inherited, rollups }: RunPlan): string[] {
  const earlier = Object.values(rollups).flatMap((rollup) => rollup.earlier);
  return [...Object.values(inherited), ...earlier].map(({ prefix }) => prefix);
}
