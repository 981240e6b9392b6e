import type { Table, Value } from './two-engines';

/** How far doubles of two engines may lie apart, relative to the greater one. */
export const TOLERANCE = 1e-9;

function isSame(a: Value, b: Value): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** Rows in an order that both engines' answers share: exact values first, doubles to six digits. */
function sorted({ columns, rows }: Table): Value[][] {
  const isDouble = columns.map((column) => column.type === 'double');
  const key = (row: Value[]): string =>
    JSON.stringify([
      row.filter((_, index) => !isDouble[index]),
      row
        .filter((_, index) => isDouble[index])
        .map((value) => (typeof value === 'number' ? value.toPrecision(6) : value)),
    ]);
  return rows
    .map((row) => [key(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, row]) => row);
}

/** What differs between two answers to one query, as lines for a person; none when they agree. Rows count as a multiset. */
export function differences(duckdb: Table, trino: Table): string[] {
  const describe = (table: Table): string[] => table.columns.map(({ name, type }) => `${name} ${type}`);
  const types = describe(duckdb).filter((column, index) => column !== describe(trino)[index]);
  if (types.length > 0 || duckdb.columns.length !== trino.columns.length) {
    return [`columns differ: DuckDB ${describe(duckdb).join(', ')}`, `Trino ${describe(trino).join(', ')}`];
  }
  if (duckdb.rows.length !== trino.rows.length)
    return [`${duckdb.rows.length} rows on DuckDB, ${trino.rows.length} on Trino`];
  const [left, right] = [sorted(duckdb), sorted(trino)];
  return left.flatMap((row, index) =>
    row.flatMap((value, column) => {
      const other = right[index]?.[column] ?? null;
      const name = duckdb.columns[column]?.name;
      return isSame(value, other)
        ? []
        : [`${name}: ${JSON.stringify(value)} on DuckDB, ${JSON.stringify(other)} on Trino, of ${JSON.stringify(row)}`];
    }),
  );
}
