import { isIsoDate } from '../dates';
import { suggest } from '../nearest';
import type { Expression } from './fragment-scope';
import { CAST_TYPES } from './functions';
import { textLiteral } from './literals';
import type { TokenReader } from './syntax';

const INTERVAL_UNITS = new Set(['year', 'month', 'day', 'hour', 'minute', 'second']);
const GIVES: Record<string, NonNullable<Expression['type']>> = {
  varchar: 'text',
  bigint: 'number',
  integer: 'number',
  decimal: 'number',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
};

export interface CastType {
  name: string;
  sql: string;
  gives: NonNullable<Expression['type']>;
}

/** Reads the type of a cast: varchar, bigint, integer, double, boolean, date, timestamp or decimal(p,s). */
export function readCastType(reader: TokenReader): CastType {
  const token = reader.next();
  const name = token.value;
  const gives = GIVES[name] ?? 'text';
  if (token.kind === 'word' && name === 'decimal') {
    reader.expects('(');
    const precision = reader.next().raw;
    reader.expects(',');
    const scale = reader.next().raw;
    reader.expects(')');
    const digits = /^\d{1,2}$/.test(precision) && /^\d{1,2}$/.test(scale);
    if (digits && +precision >= 1 && +precision <= 38 && +scale <= +precision) {
      return { name, gives, sql: `decimal(${+precision},${+scale})` };
    }
  } else if (token.kind === 'word' && CAST_TYPES.has(name)) {
    return { name, gives, sql: name };
  }
  const known = [...CAST_TYPES, 'decimal(18,4)'];
  throw reader.error('sql_unknown_type', `the type ${JSON.stringify(token.raw)}`, suggest(token.raw, known));
}

/** Reads what follows the word date, timestamp or interval: a quoted value, and the unit of an interval. */
export function readTypedLiteral(reader: TokenReader, kind: string): Expression {
  const { value } = reader.next();
  if (kind === 'date' && isIsoDate(value)) return { sql: `date '${value}'`, type: 'date' };
  const time = /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?$/.exec(value);
  if (kind === 'timestamp' && time && isIsoDate(time[1] as string)) {
    return { sql: `timestamp '${value}'`, type: 'timestamp' };
  }
  const unit = reader.peek()?.value ?? '';
  if (kind === 'interval' && /^\d{1,6}$/.test(value) && INTERVAL_UNITS.has(unit)) {
    reader.next();
    return { sql: `interval '${value}' ${unit}` };
  }
  throw reader.error(
    'sql_syntax',
    `${kind} ${textLiteral(value)} is not understood`,
    "write date '2026-01-31', timestamp '2026-01-31 13:00:00' or interval '7' day",
  );
}
