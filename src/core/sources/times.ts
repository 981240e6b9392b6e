import { textLiteral } from '../sql/literals';
import { type ColumnPlan, compactDay, type Reading } from './types';

/**
 * Times (contract section 2): a plain date is a local day of the shop and never shifted; a time of day is an instant
 * (with an offset) or a wall-clock time of a zone (`times_in`). Texts are judged row by row.
 */
export interface TimeZones {
  /** IANA zone of the shop: whose local day and hour come out. */
  shop: string;
  /** IANA zone of times without an offset, or undefined when the project file does not say. */
  naive: string | undefined;
}

/** Whether the runtime knows the zone; offsets such as +01:00 are no zones, as they know no summer. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Etc/Zulu', 'UCT', 'Etc/UCT']);

function isSameZone(left: string, right: string): boolean {
  return left === right || (UTC_NAMES.has(left) && UTC_NAMES.has(right));
}

/** Epoch milliseconds of an instant, or of a naive timestamp read in UTC (to_unixtime reads it so on every engine). */
function milliseconds(sql: string): string {
  return `cast(round(to_unixtime(${sql}) * 1E3) as bigint)`;
}

/** Epoch milliseconds of a naive timestamp in a zone; UTC needs no conversion. */
function naiveMilliseconds(sql: string, zone: string): string {
  return milliseconds(UTC_NAMES.has(zone) ? sql : `with_timezone(${sql}, ${textLiteral(zone)})`);
}

function localDay(sql: string): string {
  return `cast(${sql} as date)`;
}

function localHour(sql: string): string {
  return `cast(hour(${sql}) as integer)`;
}

const NO_TIME = ['cast(null as bigint)', 'cast(null as integer)'];

/**
 * The plan of a time column: outputs are day, epoch milliseconds and hour.
 * @returns undefined when the type can never be a time; 'no_offset' for a naive timestamp whose zone is not stated
 */
export function planTime(column: string, reading: Reading, zones: TimeZones): ColumnPlan | 'no_offset' | undefined {
  const { sql, type } = reading;
  if (type === 'date') return { steps: [], outputs: [sql, ...NO_TIME], errors: [] };
  if (type === 'text' || type === 'unknown') return planTextTime(column, reading, zones);
  if (type === 'instant') {
    const local = `${column}_local`;
    const steps = [{ [local]: `${sql} at time zone ${textLiteral(zones.shop)}` }];
    return { steps, outputs: [localDay(local), milliseconds(sql), localHour(local)], errors: [] };
  }
  if (type !== 'timestamp') return undefined;
  if (zones.naive === undefined) return 'no_offset';
  if (isSameZone(zones.naive, zones.shop)) {
    return { steps: [], outputs: [localDay(sql), naiveMilliseconds(sql, zones.naive), localHour(sql)], errors: [] };
  }
  const local = `${column}_local`;
  const instant = `with_timezone(${sql}, ${textLiteral(zones.naive)})`;
  const steps = [{ [local]: `${instant} at time zone ${textLiteral(zones.shop)}` }];
  return { steps, outputs: [localDay(local), naiveMilliseconds(sql, zones.naive), localHour(local)], errors: [] };
}

const CLOCK = '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?';
const OFFSET = '[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?';

/** Step 1: what is written. The cheap test of the length comes first; millions of rows pass here. */
function kindOf(text: string): string {
  return (
    `case when ${text} is null then null ` +
    `when length(${text}) = 10 and regexp_like(${text}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') then 'day' ` +
    `when length(${text}) = 8 and regexp_like(${text}, '^[0-9]{8}$') then 'compact' ` +
    `when regexp_like(${text}, '^${CLOCK}$') then 'naive' ` +
    `when regexp_like(${text}, '^${CLOCK} ?(Z|UTC|${OFFSET})$') then 'instant' else 'bad' end`
  );
}

function clockOf(kind: string, text: string): string {
  // Cut to milliseconds, so that engines with other precisions agree. The first branch is the usual text as it is:
  // cutting and joining costs twice the cast.
  const instantClock = `regexp_extract(substr(${text}, 12), '^[0-9:]+(\\.[0-9]{1,3})?')`;
  return (
    `case when ${kind} = 'naive' and length(${text}) <= 23 and strpos(${text}, 'T') = 0 then try_cast(${text} as timestamp) ` +
    `when ${kind} = 'naive' then ${naiveClock(text)} ` +
    `when ${kind} = 'instant' then try_cast(substr(${text}, 1, 10) || ' ' || ${instantClock} as timestamp) end`
  );
}

function naiveClock(text: string): string {
  return `try_cast(substr(${text}, 1, 10) || ' ' || substr(${text}, 12, 12) as timestamp)`;
}

/** Blanks around are taken off where there are any: trim on every row costs more than all the rest of a time. */
function withoutBlanks(text: string): string {
  return `case when ${text} like ' %' or ${text} like '% ' then nullif(trim(${text}), '') else ${text} end`;
}

/** Minutes east of UTC of a text ending in an offset; Z and UTC are 0. */
function offsetMinutes(offset: string): string {
  const minutes = `case when length(${offset}) > 3 then cast(substr(${offset}, length(${offset}) - 1, 2) as bigint) else 0 end`;
  return (
    `case when ${offset} is null then 0 when substr(${offset}, 1, 1) = '-' then -1 else 1 end * ` +
    `(coalesce(cast(substr(${offset}, 2, 2) as bigint), 0) * 60 + ${minutes})`
  );
}

/** The naive times among texts, everything else null. */
export function textAsNaiveTimestamp(text: string): string {
  return `case when regexp_like(${text}, '^${CLOCK}$') then ${naiveClock(text)} end`;
}

function planTextTime(column: string, reading: Reading, zones: TimeZones): ColumnPlan {
  const [text, kind, day, clock, offset, ms, local] = ['text', 'kind', 'day', 'clock', 'offset', 'ms', 'local'].map(
    (part) => `${column}_${part}`,
  ) as [string, string, string, string, string, string, string];
  const shopLocal = zones.naive !== undefined && isSameZone(zones.naive, zones.shop);
  const written = reading.type === 'text' ? reading.sql : `cast(${reading.sql} as varchar)`;
  const naiveMs =
    zones.naive === undefined ? '' : `when ${kind} = 'naive' then ${naiveMilliseconds(clock, zones.naive)} `;
  const converted = shopLocal || zones.naive === undefined ? `${kind} = 'instant'` : `${kind} in ('naive', 'instant')`;
  const unconverted = (result: (sql: string) => string): string =>
    shopLocal ? `when ${kind} = 'naive' then ${result(clock)} ` : '';
  const noOffset = zones.naive === undefined ? [{ when: `${kind} = 'naive'`, kind: 'no_offset' }] : [];
  return {
    steps: [
      { [text]: withoutBlanks(written) },
      { [kind]: kindOf(text) },
      {
        [day]: `case when ${kind} = 'day' then try_cast(${text} as date) when ${kind} = 'compact' then ${compactDay(text)} end`,
        [clock]: clockOf(kind, text),
        [offset]: `case when ${kind} = 'instant' then regexp_extract(${text}, '${OFFSET}$') end`,
      },
      {
        [ms]: `case ${naiveMs}when ${kind} = 'instant' then ${milliseconds(clock)} - 60000 * (${offsetMinutes(offset)}) end`,
      },
      {
        [local]: `case when ${converted} then from_unixtime(cast(${ms} as double) / 1E3) at time zone ${textLiteral(zones.shop)} end`,
      },
    ],
    outputs: [
      `case when ${kind} in ('day', 'compact') then ${day} ${unconverted(localDay)}else ${localDay(local)} end`,
      ms,
      `case ${unconverted(localHour)}when ${kind} is null then null else ${localHour(local)} end`,
    ],
    errors: [
      ...noOffset,
      { when: `${kind} = 'bad' or ${kind} is not null and ${day} is null and ${clock} is null`, kind: 'not_a_time' },
    ],
  };
}
