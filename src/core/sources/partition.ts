import { SourceContractError } from '../errors';
import { dateLiteral, identifier, textLiteral } from '../sql/literals';
import type { SourceColumn, SourceWindow } from './relation';
import { type ColumnPlan, compactDay } from './types';

/** How a partitioned source is read: which days, and what is promised of a row and its partition. */
export interface PartitionReading {
  window: SourceWindow;
  /** A row lies at most that many days before its own day. */
  slackDays: number;
  /** Rows up to this day must keep the promise; left out where no run is planned yet. */
  runDate?: string | undefined;
}

/** How a partition column writes a day. */
type Writing = 'date' | 'iso_text' | 'compact_text' | 'compact_integer';

function writingOf(column: SourceColumn): Writing | undefined {
  if (column.type === 'date') return 'date';
  if (column.type === 'integer') return 'compact_integer';
  if (column.type !== 'text') return undefined;
  return column.looks === 'integer' ? 'compact_text' : 'iso_text';
}

const LITERALS: Record<Writing, (day: string) => string> = {
  date: dateLiteral,
  // A text may say more than the day, such as its hour: what begins with the day is not before it.
  iso_text: textLiteral,
  compact_text: (day) => textLiteral(day.replaceAll('-', '')),
  compact_integer: (day) => day.replaceAll('-', ''),
};

/** @throws SourceContractError for a column that cannot hold days. */
function demandWriting(source: string, column: SourceColumn): Writing {
  const writing = writingOf(column);
  if (writing) return writing;
  throw new SourceContractError({
    code: 'source_column_type',
    found: `the partition column ${JSON.stringify(column.name)} has the type ${column.type === 'instant' ? 'timestamp with time zone' : column.type}; wanted is a date, a text such as 2026-01-31 or a whole number such as 20260131`,
    remedy: `name such a column, or take \`partition\` of ${source} out`,
    place: { table: source, column: 'partition' },
  });
}

/** The days of the window as a condition on the source's own column, in literals alone so that engines prune by it. */
export function windowCondition(source: string, column: SourceColumn, window: SourceWindow): string | undefined {
  const literal = LITERALS[demandWriting(source, column)];
  return window.from === undefined ? undefined : `${identifier(column.name)} >= ${literal(window.from)}`;
}

const DAY: Record<Writing, (raw: string) => string> = {
  date: (raw) => raw,
  iso_text: (raw) =>
    `case when regexp_like(${raw}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast(substr(${raw}, 1, 10) as date) end`,
  compact_text: (raw) => `case when regexp_like(${raw}, '^[0-9]{8}$') then ${compactDay(raw)} end`,
  compact_integer: (raw) =>
    `case when ${raw} between 10000101 and 99991231 then ${compactDay(`cast(${raw} as varchar)`)} end`,
};

/**
 * What is wrong with a row's partition: it holds no day, so that no window would ever find the row; or it lies further
 * before the row's own day than promised, so that a later night would miss the row.
 *
 * @param day the row's own day, where the source has one.
 */
export function partitionPlan(
  source: string,
  column: SourceColumn,
  raw: string,
  day: string | undefined,
  { slackDays, runDate }: PartitionReading,
): ColumnPlan {
  const writing = demandWriting(source, column);
  const errors = [
    { when: `${raw} is null`, kind: 'missing' },
    { when: 'partition_day is null', kind: 'not_a_day' },
  ];
  if (day !== undefined && runDate !== undefined) {
    const earliest = `cast(date_add('day', -${Math.trunc(slackDays)}, ${day}) as date)`;
    errors.push({ when: `${day} <= ${dateLiteral(runDate)} and partition_day < ${earliest}`, kind: 'too_early' });
  }
  return { steps: [{ partition_day: DAY[writing](raw) }], outputs: [], errors };
}
