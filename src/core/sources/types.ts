import { textLiteral } from '../sql/literals';
import type { SourceColumnContract } from './contract';
import type { SourceColumn } from './relation';

/** A value of the source before it has its contract type. */
export interface Reading {
  /** Alias of the value in the rows read so far; for texts '' is already null. */
  sql: string;
  /** What the engine says it is; 'unknown' for a fragment that does not tell. */
  type: SourceColumn['type'] | 'unknown';
}

/** How one contract column is made: expressions in up to three steps, each seeing the aliases of those before it. */
export interface ColumnPlan {
  steps: Record<string, string>[];
  /** SQL of each output, in the order of outputsOf(). */
  outputs: string[];
  /** First that holds decides; `kind` never holds a value of the data. */
  errors: { when: string; kind: string }[];
  /** Holds where a value has no mapping. */
  unmapped?: string;
}

/** Wanted types in words, for the error about a type that can never fit. */
export const WANTED: Record<SourceColumnContract['type'], string> = {
  text: 'a text, a whole number, a date or a boolean',
  text_list: 'a text or an array of texts',
  enum: 'a text, a whole number or a boolean',
  decimal: 'a number, or a text of digits such as 12.50',
  integer: 'a whole number, or a text of digits',
  boolean: 'a boolean, 0 and 1, or a text such as true, no, Y',
  date: 'a date, a timestamp, or a text such as 2026-01-31 or 20260131',
  month_day: 'a text such as 12-24, or a date',
  time: 'a date, a timestamp, or a text such as 2026-01-31 or 2026-01-31 13:05:00',
};

const BLANKS = '^ *';
const INTEGER_DIGITS = '[+-]?[0-9]+';
const DECIMAL_DIGITS = '[+-]?[0-9]+(\\.[0-9]+)?';

/**
 * A text of digits as a number, anything else as null. The pattern comes first, because engines' own casts also take
 * 1e3, 0x10 or 1_000; the second branch is for the few texts with blanks around, as trim costs more than the cast.
 */
function textAsNumber(sql: string, digits: string, type: string): string {
  return (
    `case when regexp_like(${sql}, '^${digits}$') then try_cast(${sql} as ${type}) ` +
    `when regexp_like(${sql}, '${BLANKS}${digits} *$') then try_cast(trim(${sql}) as ${type}) end`
  );
}

export function textAsDecimal(sql: string): string {
  return textAsNumber(sql, DECIMAL_DIGITS, 'decimal(18,4)');
}

export function textAsInteger(sql: string): string {
  return textAsNumber(sql, INTEGER_DIGITS, 'bigint');
}

export function textAsBoolean(sql: string): string {
  return (
    `case when lower(trim(${sql})) in ('true', 't', 'yes', 'y', '1') then true ` +
    `when lower(trim(${sql})) in ('false', 'f', 'no', 'n', '0') then false end`
  );
}

/** A text, or undefined when the type has no text that is the same on every engine. A double must be a whole number. */
function asText({ sql, type }: Reading): string | undefined {
  if (type === 'text') return sql;
  if (type === 'unknown') return `nullif(cast(${sql} as varchar), '')`;
  if (type === 'integer' || type === 'decimal' || type === 'boolean' || type === 'date')
    return `cast(${sql} as varchar)`;
  // Spreadsheets and data frames turn ids into doubles; 17850.0 is the id 17850.
  if (type !== 'double') return undefined;
  return `case when ${sql} = floor(${sql}) and abs(${sql}) < 9E15 then cast(try_cast(${sql} as bigint) as varchar) end`;
}

function asDecimal({ sql, type }: Reading): string | undefined {
  if (type === 'text') return textAsDecimal(sql);
  const fits = type === 'integer' || type === 'decimal' || type === 'double' || type === 'unknown';
  return fits ? `try_cast(${sql} as decimal(18,4))` : undefined;
}

function asInteger({ sql, type }: Reading): string | undefined {
  if (type === 'text') return textAsInteger(sql);
  if (type === 'integer') return `cast(${sql} as bigint)`;
  const fits = type === 'decimal' || type === 'double' || type === 'unknown';
  return fits ? `case when ${sql} = floor(${sql}) then try_cast(${sql} as bigint) end` : undefined;
}

function asBoolean({ sql, type }: Reading): string | undefined {
  if (type === 'boolean') return sql;
  if (type === 'text') return textAsBoolean(sql);
  if (type === 'unknown') return textAsBoolean(`cast(${sql} as varchar)`);
  return type === 'integer' ? `case when ${sql} = 1 then true when ${sql} = 0 then false end` : undefined;
}

/** A plain day from text; days that do not exist are null. */
function textAsDay(sql: string): string {
  return (
    `case when length(${sql}) = 10 and regexp_like(${sql}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') then try_cast(${sql} as date) ` +
    `when regexp_like(${sql}, '^[0-9]{8}$') then ${compactDay(sql)} end`
  );
}

export function compactDay(sql: string): string {
  return `try_cast(substr(${sql}, 1, 4) || '-' || substr(${sql}, 5, 2) || '-' || substr(${sql}, 7, 2) as date)`;
}

function asDay({ sql, type }: Reading, timeZone: string): string | undefined {
  if (type === 'date') return sql;
  if (type === 'text') return textAsDay(`trim(${sql})`);
  if (type === 'unknown') return textAsDay(`trim(cast(${sql} as varchar))`);
  if (type === 'timestamp') return `cast(${sql} as date)`;
  return type === 'instant' ? `cast(${sql} at time zone ${textLiteral(timeZone)} as date)` : undefined;
}

/** 'MM-DD' of a day that exists in a leap year. */
function asMonthDay({ sql, type }: Reading): string | undefined {
  if (type === 'date') return `substr(cast(${sql} as varchar), 6, 5)`;
  if (type !== 'text' && type !== 'unknown') return undefined;
  const text = type === 'text' ? sql : `cast(${sql} as varchar)`;
  return (
    `case when regexp_like(${text}, '^[0-9]{2}-[0-9]{2}$') and try_cast('2000-' || ${text} as date) is not null then ${text} ` +
    `when regexp_like(${text}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') and try_cast(${text} as date) is not null then substr(${text}, 6, 5) end`
  );
}

const KINDS: Partial<Record<SourceColumnContract['type'], string>> = {
  text: 'not_a_text',
  enum: 'not_a_text',
  decimal: 'not_a_number',
  integer: 'not_a_whole_number',
  boolean: 'not_a_boolean',
  date: 'not_a_date',
  month_day: 'not_a_month_day',
};

/**
 * The plan of every type but time and enum.
 * @returns undefined when the reading's type can never fit
 */
export function planValue(
  column: string,
  contract: SourceColumnContract,
  reading: Reading,
  timeZone: string,
): ColumnPlan | undefined {
  if (contract.type === 'text_list') {
    return reading.type === 'other' ? undefined : { steps: [], outputs: [], errors: [] };
  }
  const value = convert(contract.type, reading, timeZone);
  if (value === undefined) return undefined;
  const alias = `${column}_value`;
  const always = value === reading.sql || (contract.type === 'text' && reading.type !== 'double');
  const kind = KINDS[contract.type] ?? 'wrong_type';
  const errors = always ? [] : [{ when: `${reading.sql} is not null and ${alias} is null`, kind }];
  const isPassedOn = !contract.personal || contract.type === 'date';
  return { steps: [{ [alias]: value }], outputs: isPassedOn ? [alias] : [], errors };
}

function convert(type: SourceColumnContract['type'], reading: Reading, timeZone: string): string | undefined {
  switch (type) {
    case 'decimal':
      return asDecimal(reading);
    case 'integer':
      return asInteger(reading);
    case 'boolean':
      return asBoolean(reading);
    case 'date':
      return asDay(reading, timeZone);
    case 'month_day':
      return asMonthDay(reading);
    default:
      return asText(reading);
  }
}

/**
 * One of a closed set of values; `mapping` says what each text of the source means, matched exactly. Without it the
 * contract's own words count, whatever their case.
 */
export function planChoice(
  column: string,
  values: readonly string[],
  mapping: Readonly<Record<string, string>> | undefined,
  reading: Reading,
  type: 'varchar' | 'boolean',
): ColumnPlan | undefined {
  const text = asText(reading);
  if (text === undefined) return undefined;
  const given = `${column}_text`;
  const alias = `${column}_value`;
  const branches = Object.entries(mapping ?? {}).map(([from, to]) => {
    return `when ${given} = ${textLiteral(from)} then ${type === 'boolean' ? to : textLiteral(to)}`;
  });
  const own = `when lower(trim(${given})) in (${values.map(textLiteral).join(', ')}) then lower(trim(${given}))`;
  const value = `case ${mapping ? branches.join(' ') || 'when 1 = 0 then null' : own} end`;
  return {
    steps: [{ [given]: text }, { [alias]: value }],
    outputs: [alias],
    errors:
      reading.type === 'double'
        ? [{ when: `${reading.sql} is not null and ${given} is null`, kind: 'not_a_text' }]
        : [],
    unmapped: `${given} is not null and ${alias} is null`,
  };
}
