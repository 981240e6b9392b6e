import { isIsoDate } from '../dates';
import type { Column } from '../models/sidecar';
import { booleanLiteral, dateLiteral, decimalLiteral, doubleLiteral, textLiteral } from '../sql/literals';
import type { Scalar } from './definition';
import { fieldType } from './operators';

const MOST_CHARACTERS = 1000;

/** What is wrong with a value for a column, with what to write instead; undefined when nothing is. */
export function scalarProblem(value: unknown, column: Column): { found: string; remedy: string } | undefined {
  const type = fieldType(column);
  if (type === 'number') return numberProblem(value, column.type);
  if (type === 'boolean')
    return typeof value === 'boolean'
      ? undefined
      : { found: 'is not true or false', remedy: 'write true or false, without quotes' };
  if (typeof value !== 'string')
    return { found: 'is no text', remedy: type === 'date' ? 'write a day as YYYY-MM-DD' : 'put quotes around it' };
  if (type === 'date')
    return isIsoDate(value) && value >= '1900-01-01'
      ? undefined
      : { found: 'is no calendar day', remedy: 'write a day from 1900 on as YYYY-MM-DD' };
  return textProblem(value);
}

function textProblem(value: string): { found: string; remedy: string } | undefined {
  if (value === '')
    return { found: 'is an empty text', remedy: 'an empty value counts as not known: use known: false' };
  if (value.length > MOST_CHARACTERS)
    return { found: `has ${value.length} characters`, remedy: `keep it under ${MOST_CHARACTERS} characters` };
  // A lone surrogate is no Unicode text, and no engine keeps U+0000.
  if (/[\0\p{Surrogate}]/u.test(value)) return { found: 'holds a character that is no text', remedy: 'remove it' };
  return undefined;
}

function numberProblem(value: unknown, columnType: string): { found: string; remedy: string } | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value))
    return { found: 'is no number', remedy: 'write a number, without quotes or unit' };
  const [precision, scale] = precisionAndScale(columnType);
  if (Math.abs(value) >= 10 ** (precision - scale))
    return { found: 'is too large', remedy: `write a number below ${10 ** (precision - scale)}` };
  if ((plainDecimal(value).split('.')[1] ?? '').length > scale) {
    return {
      found: scale === 0 ? 'is no whole number' : `has more than ${scale} decimals`,
      remedy: scale === 0 ? 'write a whole number' : `round it to ${scale} decimals`,
    };
  }
  return undefined;
}

/** Digits that a value of the column may have, and how many of them after the point. A double decides to six decimals. */
function precisionAndScale(columnType: string): [precision: number, scale: number] {
  const match = /^decimal\((\d+),(\d+)\)$/.exec(columnType);
  // JavaScript's numbers carry 15 digits exactly; nobody's threshold needs more.
  if (match) return [Math.min(15, Number(match[1])), Number(match[2])];
  if (columnType === 'double') return [15, 6];
  return [columnType === 'integer' ? 9 : 15, 0];
}

/** The shortest decimal text of a number, never with an exponent. */
function plainDecimal(number: number): string {
  const [mantissa = '0', exponent = '0'] = number.toExponential().split('e');
  const places = Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent));
  return number.toFixed(Math.min(100, places));
}

/** One value as SQL of the column's type. The value must have passed scalarProblem. */
export function scalarLiteral(value: Scalar, column: Column): string {
  if (typeof value === 'boolean') return booleanLiteral(value);
  if (typeof value === 'string') return fieldType(column) === 'date' ? dateLiteral(value) : textLiteral(value);
  if (column.type === 'double') return doubleLiteral(value);
  const match = /^decimal\((\d+),(\d+)\)$/.exec(column.type);
  return match ? decimalLiteral(plainDecimal(value), Number(match[1]), Number(match[2])) : String(value);
}
