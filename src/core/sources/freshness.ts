import { addDays, localInstant } from '../dates';
import { SourceContractError } from '../errors';
import type { SourceFile } from '../project-file';
import { dateLiteral } from '../sql/literals';
import { outputsOf } from './columns';
import { SOURCES, type SourceColumnContract, type SourceName, VERSION_COLUMNS } from './contract';

/** How far back the newest day of a stale source is looked for, to say which it is. */
export const LOOKED_BACK_DAYS = 40;

/**
 * The output column that says which day a row of this source is about, or at least when it came or changed.
 *
 * @returns undefined where nothing that is mapped says a day.
 */
export function dayColumn(name: SourceName, { columns }: Pick<SourceFile, 'columns'>): string | undefined {
  const contracts = Object.entries<SourceColumnContract>({ ...SOURCES[name], ...VERSION_COLUMNS });
  const timed = contracts.filter(([column, contract]) => contract.type === 'time' && column.endsWith('_at'));
  const mapped = timed.filter(([column]) => columns[column] !== undefined);
  // What makes the row comes before what may happen to it later, such as cancelled_at.
  const [column, contract] =
    mapped.find(([, each]) => each.required) ?? mapped.find(([each]) => OWN_DAY.has(each)) ?? [];
  return column && contract && outputsOf(column, contract)[0]?.name;
}

const OWN_DAY: ReadonlySet<string> = new Set(['ordered_at', 'created_at', 'recorded_at', 'updated_at']);

/** The newest day of a source up to today; days after it are mistakes and say nothing. */
export function newestDaySql(relation: string, column: string, today: string): string {
  return `select cast(max(${column}) as varchar) as newest_day from (\n${relation}\n) as source_rows where ${column} <= ${dateLiteral(today)}`;
}

/** Until when a night waits for a source: that time of the shop's day after the run date, in milliseconds since the epoch. */
export function waitDeadline(runDate: string, waitUntil: string, timeZone: string): number {
  return localInstant(addDays(runDate, 1), waitUntil, timeZone);
}

export interface StaleSource {
  name: SourceName;
  run_date: string;
  /** Null where there is none in the days that were looked at. */
  newest_day: string | null;
  wait_until: string;
  /** The published night before and the newest day that it read, where that lies after the newest day of now. */
  seen?: { run_date: string; watermark: string } | undefined;
}

export function staleSource({ name, run_date, newest_day, wait_until, seen }: StaleSource): SourceContractError {
  const found =
    newest_day === null
      ? `it holds no day from ${addDays(run_date, -LOOKED_BACK_DAYS)} to today`
      : `its newest day is ${newest_day}`;
  const gone = seen
    ? `; the night of ${seen.run_date} had read it up to ${seen.watermark}: rows that were there are gone`
    : '';
  return new SourceContractError({
    code: 'source_stale',
    place: { table: name },
    found: `${found}${gone}, and the night of ${run_date} needs it up to ${run_date} by ${wait_until} of the day after`,
    remedy: `see why its load is late and run the night again once it has come, move wait_until of ${name} under freshness, or take ${name} out there`,
  });
}
