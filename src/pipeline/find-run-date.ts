import { addDays, localDay } from '../core/dates';
import type { SourceName } from '../core/sources/contract';
import { dateLiteral } from '../core/sql/literals';
import { demandRunDate } from '../core/start-night';
import type { Row } from '../ports/query-engine';
import type { StepContext } from './context';
import { explainTimes } from './explain-times';
import { noOrderDay } from './no-order-day';
import type { SourceNotes } from './notes';
import { readRows, type Spent } from './query';
import { type SourceReading, sourceSql } from './source-select';

export interface FoundRunDate {
  run_date: string;
  /** The newest order day up to today; undefined where the date was asked for and nothing was looked at. */
  newest: { source: SourceName; day: string } | undefined;
}

/**
 * The run date: as asked for, else the newest order's day where orders carry only dates, the day before it where they
 * carry times of day (that day may not be over). Never later than yesterday by the clock; days after today never count.
 *
 * @param reading the days of partitioned sources in which the newest order is looked for first, before all of them.
 * @throws DefinitionError for a date that does not exist or is not over; SourceContractError where there is no order
 *   day, with the reason: no rows, times that cannot be read, or all of them after today.
 */
export async function findRunDate(
  asked: string | undefined,
  today: string,
  notes: SourceNotes,
  reading: SourceReading,
  context: StepContext,
  spent?: Spent,
): Promise<FoundRunDate> {
  const yesterday = addDays(today, -1);
  const { time_zone } = context.definitions.project.file;
  if (asked !== undefined) return { run_date: demandRunDate(asked, yesterday, time_zone), newest: undefined };
  const source = sourceOfOrders(context);
  const late = sourceSql(source, notes, context, reading);
  const relation = sourceSql(source, notes, context);
  const looks = late === relation ? [relation] : [late, relation];
  let newest: Row | undefined;
  for (const look of looks) {
    if (typeof newest?.newest_day === 'string') break;
    [newest] = await readRows(context.ports.engine, newestOrderSql(today, look), spent);
  }
  const day = newest?.newest_day;
  if (typeof day !== 'string') {
    const [counted = {}] = await readRows(context.ports.engine, datelessSql(relation));
    const hasWhere = context.definitions.project.file.sources[source]?.where !== undefined;
    throw await explainTimes(noOrderDay(source, hasWhere, counted), notes, context);
  }
  const complete = newest?.has_times === true ? addDays(day, -1) : day;
  // biome-ignore lint/complexity/useMathMinMax: days are texts, of which Math.min makes NaN
  return { run_date: complete < yesterday ? complete : yesterday, newest: { source, day } };
}

const sourceOfOrders = ({ definitions }: StepContext): SourceName =>
  definitions.project.file.sources.orders === undefined ? 'order_lines' : 'orders';

function newestOrderSql(today: string, relation: string): string {
  return [
    'select cast(max(ordered_date) as varchar) as newest_day, coalesce(bool_or(ordered_ms is not null), false) as has_times',
    `from (\n${relation}\n) as orders`,
    `where ordered_date <= ${dateLiteral(today)}`,
  ].join('\n');
}

/** Only asked where no order has a day up to today: what a row lacks costs more to find than its day. */
function datelessSql(relation: string): string {
  const kind = (pattern: string): string =>
    `coalesce(sum(case when ordered_date is null and type_error like '${pattern}' then 1 else 0 end), 0)`;
  return [
    'select count(*) as all_rows, count(ordered_date) as future_rows,',
    `  ${kind('ordered_at:missing')} as missing_rows, ${kind('ordered_at:no_offset')} as no_offset_rows`,
    `from (\n${relation}\n) as orders`,
  ].join('\n');
}

export function todayOf(context: StepContext): string {
  return localDay(context.ports.clock.now(), context.definitions.project.file.time_zone);
}
