import {
  bigintLiteral,
  booleanLiteral,
  dateLiteral,
  decimalLiteral,
  doubleLiteral,
  textLiteral,
} from '../sql/literals';

export interface ValuesColumn {
  name: string;
  type: 'varchar' | 'bigint' | 'integer' | 'double' | 'boolean' | 'date' | `decimal(18,${number})`;
}

export type ValuesCell = string | number | boolean | null;

function cell(value: ValuesCell, column: ValuesColumn): string {
  if (value === null) return `cast(null as ${column.type})`;
  if (column.type === 'varchar') return textLiteral(String(value));
  if (column.type === 'date') return dateLiteral(String(value));
  if (column.type === 'double') return doubleLiteral(Number(value));
  if (column.type === 'boolean') return booleanLiteral(value === true);
  if (column.type === 'bigint') return bigintLiteral(Number(value));
  if (column.type === 'integer') return `cast(${bigintLiteral(Number(value))} as integer)`;
  return decimalLiteral(String(value), 18, Number(/,(\d+)\)/.exec(column.type)?.[1]));
}

/** A small relation of literals, typed also when it has no rows. */
export function valuesSelect(columns: readonly ValuesColumn[], rows: readonly (readonly ValuesCell[])[]): string {
  if (rows.length === 0)
    return `select ${columns.map(({ name, type }) => `cast(null as ${type}) as ${name}`).join(', ')} where false`;
  const lines = rows.map(
    (row) => `  (${row.map((value, index) => cell(value, columns[index] as ValuesColumn)).join(', ')})`,
  );
  const names = columns.map((column) => column.name).join(', ');
  return `select ${names}\nfrom (values\n${lines.join(',\n')}\n) as setting (${names})`;
}
