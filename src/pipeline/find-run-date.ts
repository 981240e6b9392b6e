import { addDays, isIsoDate, localDay } from '../core/dates';
import { DefinitionError, SourceContractError } from '../core/errors';
import { dateLiteral } from '../core/sql/literals';
import type { StepContext } from './context';
import type { SourceNotes } from './notes';
import { readRows } from './query';
import { sourceSql } from './source-select';

/**
 * The run date: as asked for, else the newest order's day where orders carry only dates, the day before it where they
 * carry times of day (that day may not be over). Never later than yesterday by the clock; days after today never count.
 *
 * @throws DefinitionError for a date that does not exist or is not over; SourceContractError where there is no order day.
 */
export async function findRunDate(
  asked: string | undefined,
  today: string,
  notes: SourceNotes,
  context: StepContext,
): Promise<string> {
  const yesterday = addDays(today, -1);
  if (asked !== undefined) {
    if (isIsoDate(asked) && asked <= yesterday) return asked;
    const found = isIsoDate(asked)
      ? `${asked} is not over yet in ${context.definitions.project.file.time_zone}`
      : `${JSON.stringify(asked)} is not a day`;
    throw new DefinitionError({
      code: 'run_date_wrong',
      found: `the run date ${found}`,
      remedy: `give a day up to ${yesterday} as YYYY-MM-DD`,
    });
  }
  const [newest] = await readRows(context.ports.engine, newestOrderSql(today, notes, context), 'run date');
  const day = newest?.newest_day;
  if (typeof day !== 'string') {
    throw new SourceContractError({
      code: 'no_orders',
      place: { table: 'orders' },
      found: 'no order has a day up to today',
      remedy: 'check the mapping of ordered_at, or give --run-date',
    });
  }
  const complete = newest?.has_times === true ? addDays(day, -1) : day;
  return complete < yesterday ? complete : yesterday;
}

function newestOrderSql(today: string, notes: SourceNotes, context: StepContext): string {
  const isDerived = context.definitions.project.file.sources.orders === undefined;
  const relation = sourceSql(isDerived ? 'order_lines' : 'orders', notes, context);
  return [
    'select cast(max(ordered_date) as varchar) as newest_day, coalesce(bool_or(ordered_ms is not null), false) as has_times',
    `from (\n${relation}\n) as orders`,
    `where ordered_date <= ${dateLiteral(today)}`,
  ].join('\n');
}

export function todayOf(context: StepContext): string {
  return localDay(context.ports.clock.now(), context.definitions.project.file.time_zone);
}
