import { identifier, textLiteral } from '../sql/literals';
import type { SourceRelation } from './relation';
import { textAsNaiveTimestamp } from './times';

/**
 * For the error about times without an offset: which hour of the shop's day is busiest if the times were UTC, and
 * which if they already were the shop's own. People know when their shop is busy.
 *
 * Columns: reading (varchar, 'UTC' or 'shop'), busiest_hour (integer), row_count (bigint); no row where no value has a
 * time of day without an offset. Reads the whole column.
 * @param column a column of the relation: a naive timestamp, or texts of which the naive ones are looked at
 */
export function busiestHourSelect(
  relation: Pick<SourceRelation, 'relation' | 'columns'>,
  column: string,
  timeZone: string,
): string {
  const isText = relation.columns.find((each) => each.name === column)?.type === 'text';
  const value = identifier(column);
  const naive = isText ? textAsNaiveTimestamp(`trim(${value})`) : value;
  return `with naive_times as (
  select ${naive} as naive_time
  from ${relation.relation} as source_relation
), readings as (
  select
    'UTC' as reading,
    cast(hour(with_timezone(naive_time, 'UTC') at time zone ${textLiteral(timeZone)}) as integer) as local_hour
  from naive_times
  where naive_time is not null
  union all
  select 'shop' as reading, cast(hour(naive_time) as integer) as local_hour
  from naive_times
  where naive_time is not null
), hours as (
  select reading, local_hour, cast(count(*) as bigint) as row_count
  from readings
  group by reading, local_hour
), ranked as (
  select
    reading,
    local_hour,
    row_count,
    row_number() over (partition by reading order by row_count desc, local_hour) as place
  from hours
)
select reading, local_hour as busiest_hour, row_count
from ranked
where place = 1`;
}
