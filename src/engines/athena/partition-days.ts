import { addDays } from '../../core/dates';
import type { SourceWindow } from '../../core/sources/relation';
import { dateLiteral, textLiteral } from '../../core/sql/literals';

/** Days of a partition key: how Glue is asked for them, and which value of the key is one of them. */
export interface DayRange {
  /** For GetPartitions, which may then give fewer; undefined where nothing can be said. */
  expression: string | undefined;
  /** Whether there is an end at all. */
  isBounded: boolean;
  holds(value: string): boolean;
  /** Whether a value is written as a day at all: YYYY-MM-DD and what may follow, or yyyymmdd of an integer. */
  isDay(value: string): boolean;
}

const INTEGERS = new Set(['tinyint', 'smallint', 'int', 'integer', 'bigint', 'long']);
const TEXTS = /^(string|(var)?char\(\d+\)|varchar)$/;

export const isText = (type: string): boolean => TEXTS.test(type.trim().toLowerCase());

/**
 * The range of a window over a key of this Glue type; undefined for a type that holds no days.
 *
 * @param isCompact whether a text says yyyymmdd instead of YYYY-MM-DD.
 */
export function dayRange({ column, from, to }: SourceWindow, type: string, isCompact = false): DayRange | undefined {
  const isInteger = INTEGERS.has(type.trim().toLowerCase());
  if (isInteger || (isCompact && isText(type))) {
    const literal = isInteger ? (text: string) => text : textLiteral;
    return range(column, /^\d{8}$/, from && ['>=', compact(from)], to && ['<=', compact(to)], literal);
  }
  if (!isText(type) && type.trim().toLowerCase() !== 'date') return undefined;
  // Texts may say more than the day (2026-01-31-05): the end is the beginning of the next day.
  const end = to && addDays(checked(to), 1);
  return range(column, /^\d{4}-\d{2}-\d{2}/, from && ['>=', checked(from)], end && ['<', end], textLiteral);
}

type Bound = readonly ['>=' | '<=' | '<', string];

function range(
  column: string,
  shape: RegExp,
  low: Bound | '' | undefined,
  high: Bound | '' | undefined,
  literal: (text: string) => string,
): DayRange {
  const bounds = [low, high].filter((bound): bound is Bound => Boolean(bound));
  const isPlain = /^[a-z_][a-z0-9_]*$/i.test(column);
  const conditions = isPlain ? bounds.map(([how, day]) => `${column} ${how} ${literal(day)}`) : [];
  return {
    expression: conditions.join(' and ') || undefined,
    isBounded: bounds.length > 0,
    isDay: (value) => shape.test(value),
    holds: (value) =>
      bounds.every(([how, day]) => (how === '>=' ? value >= day : how === '<' ? value < day : value <= day)),
  };
}

function compact(day: string): string {
  return checked(day).replaceAll('-', '');
}

/** The day itself, where it is one. */
function checked(day: string): string {
  dateLiteral(day);
  return day;
}
