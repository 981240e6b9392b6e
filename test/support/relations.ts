import { textLiteral } from '../../src/core/sql/literals';
import { type ColumnType, typeOf } from './column-types';

export type Cell = string | number | boolean | null;
export type GivenRow = Record<string, Cell>;

/**
 * Rows as a typed relation: a subquery over VALUES, every value cast from its text. Columns that a row leaves out are null.
 *
 * @throws Error for a column that the relation does not have: a fixture that names it tests nothing.
 */
export function relationOf(name: string, columns: readonly ColumnType[], rows: readonly GivenRow[]): string {
  for (const column of new Set(rows.flatMap((row) => Object.keys(row)))) {
    if (!typeOf(columns, column))
      throw new Error(`given ${name} has no column ${column}; it has ${columns.map((known) => known.name).join(', ')}`);
  }
  const named = columns.filter((column) => rows.some((row) => row[column.name] !== undefined));
  const outputs = columns.map(
    ({ name: column, type }) =>
      `cast(${named.some((one) => one.name === column) ? `given.${column}` : 'null'} as ${type}) as ${column}`,
  );
  if (rows.length === 0) return `(select ${outputs.join(', ')} where false)`;
  if (named.length === 0) throw new Error(`given ${name} has rows without a value`);
  const values = rows.map((row) => `(${named.map((column) => cell(row[column.name] ?? null)).join(', ')})`);
  return `(select ${outputs.join(', ')} from (values ${values.join(', ')}) as given (${named.map((column) => column.name).join(', ')}))`;
}

function cell(value: Cell): string {
  return value === null ? 'cast(null as varchar)' : textLiteral(String(value));
}
