import { isIsoDate } from '../dates';
import { DefinitionError } from '../errors';

/**
 * Typed, escaped literals in the portable subset: the only way a value from outside becomes SQL text.
 * All functions return SQL that means the same on Trino, Athena and DuckDB, and throw DefinitionError (code
 * `unsafe_literal`) for a value that has no such text.
 */

function refuse(found: string, remedy: string): never {
  throw new DefinitionError({ code: 'unsafe_literal', found, remedy });
}

/**
 * `'it''s'`. Refuses NUL, which no engine stores. A text with `{{` or `}}` is cut between the two, so that the renderer of
 * models never takes it for a placeholder: it comes out as a concatenation, in brackets.
 */
export function textLiteral(value: string): string {
  if (value.includes('\0')) refuse('a text holds a NUL character', 'remove it from the text');
  const parts = value.split(/(?<=\{)(?=\{)|(?<=\})(?=\})/).map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' || ')})`;
}

/** `date '2026-01-31'` from an ISO day that exists. */
export function dateLiteral(value: string): string {
  if (!isIsoDate(value)) refuse(`${JSON.stringify(value)} is not a day`, 'write a day that exists as YYYY-MM-DD');
  return `date '${value}'`;
}

/** `cast('12' as bigint)`; a text, because a bare number is an integer on one engine and a bigint on another. */
export function bigintLiteral(value: bigint | number): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    refuse(`${value} is not a whole number`, 'write a whole number');
  }
  const whole = BigInt(value);
  if (BigInt.asIntN(64, whole) !== whole) refuse(`${whole} does not fit into 64 bits`, 'write a smaller number');
  return `cast('${whole}' as bigint)`;
}

/**
 * `cast('1.50' as decimal(18,2))`.
 * @param text digits with an optional sign and fraction; never a JavaScript number, which cannot hold money
 */
export function decimalLiteral(text: string, precision: number, scale: number): string {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return refuse(`${JSON.stringify(text)} is not a decimal number`, 'write digits, such as 12.50');
  if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) {
    refuse(`decimal(${precision},${scale}) does not exist`, 'use a precision of 1 to 38 and a scale up to it');
  }
  const whole = (parts[2] as string).replace(/^0+(?=\d)/, '');
  const fits = (parts[3] ?? '').length <= scale && (whole === '0' ? 0 : whole.length) <= precision - scale;
  if (!fits) refuse(`${text} does not fit decimal(${precision},${scale})`, 'write fewer digits');
  return `cast('${text}' as decimal(${precision},${scale}))`;
}

/** `1.5E0`: with an exponent, so that no engine takes it for a decimal. Refuses NaN and infinities. */
export function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) refuse(`${value} is not a finite number`, 'use a finite number');
  const text = Object.is(value, -0) ? '0e+0' : value.toExponential();
  return text.replace('e+', 'E').replace('e', 'E');
}

export function booleanLiteral(value: boolean): string {
  return value ? 'true' : 'false';
}

/** `"a ""quoted"" name"`. Refuses the empty name, NUL and `{{`, which the renderer of models would take for its own. */
export function identifier(name: string): string {
  if (name === '' || name.includes('\0') || name.includes('{{')) {
    refuse('a column name is empty or holds NUL or {{', 'rename the column');
  }
  return `"${name.replaceAll('"', '""')}"`;
}
