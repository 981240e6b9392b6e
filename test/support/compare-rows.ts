import { type ColumnType, typeOf } from './column-types';
import type { ResultRow } from './model-database';
import type { Cell, GivenRow } from './relations';

const DOUBLE_TOLERANCE = 1e-9;

/** A decimal's text at its declared scale: 5 is 5.00. A number of more digits stays as it is, and so differs. */
function decimalText(value: Cell, scale: number): string {
  const [whole = '', fraction = ''] = String(value).split('.');
  return scale === 0 && fraction === '' ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}

/** A cell in the form that is compared: texts except for doubles and booleans. */
function comparable(value: Cell | undefined, type: string): Cell {
  if (value === null || value === undefined) return null;
  if (type === 'double') return Number(value);
  if (type === 'boolean') return value;
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
  return scale === undefined ? String(value) : decimalText(value, Number(scale));
}

function isClose(a: Cell, b: Cell): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= DOUBLE_TOLERANCE * Math.max(1, Math.abs(b));
}

const same = (found: GivenRow, wanted: GivenRow): boolean =>
  Object.entries(wanted).every(([name, value]) => isClose(found[name] ?? null, value));

const likeness = (found: GivenRow, wanted: GivenRow): number =>
  Object.entries(wanted).filter(([name, value]) => isClose(found[name] ?? null, value)).length;

/**
 * Two lists of rows ready for toEqual, in no order of their own: each expected row beside the row found for it, which is
 * cut down to the columns that the expected one names (with a double that is close enough as expected). Rows that nothing
 * stands beside come last, whole.
 */
export function aligned(
  actual: readonly ResultRow[],
  expected: readonly GivenRow[],
  columns: readonly ColumnType[],
): { actual: GivenRow[]; expected: GivenRow[] } {
  const names = [...new Set(expected.flatMap((row) => Object.keys(row)))];
  const unknown = names.filter((name) => !typeOf(columns, name));
  if (unknown.length > 0) throw new Error(`expected columns that the model does not have: ${unknown.join(', ')}`);
  const wanted = expected.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, comparable(value, typeOf(columns, name) as string)]),
    ),
  );
  // The rows that say most choose first.
  wanted.sort((a, b) => Object.keys(b).length - Object.keys(a).length);
  const left: GivenRow[] = actual.map((row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, comparable(row[name], type)])),
  );
  const pairs = new Map<GivenRow, GivenRow>();
  for (const row of wanted) {
    const index = left.findIndex((found) => same(found, row));
    if (index >= 0) pairs.set(row, ...(left.splice(index, 1) as [GivenRow]));
  }
  for (const row of wanted.filter((one) => !pairs.has(one))) {
    left.sort((a, b) => likeness(b, row) - likeness(a, row));
    const closest = left.shift();
    if (closest) pairs.set(row, closest);
  }
  const found = wanted.flatMap((row) => {
    const beside = pairs.get(row);
    if (!beside) return [];
    const cut = Object.entries(row).map(([name, value]) => [
      name,
      isClose(beside[name] ?? null, value) ? value : (beside[name] ?? null),
    ]);
    return [Object.fromEntries(cut) as GivenRow];
  });
  return { actual: [...found, ...left], expected: wanted };
}
