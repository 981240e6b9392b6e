import { type SourceColumnContract, type SourceName, sourceColumns } from './contract';

/** A column of a source's SELECT, as staging sees it. */
export interface SourceSelectColumn {
  name: string;
  type: string;
}

/** Name and SQL of one output column. */
export interface Output extends SourceSelectColumn {
  sql: string;
}

/** The columns beside the contract's own that every source SELECT ends with. */
export const REPORT_COLUMNS = { typeError: 'type_error', unmapped: 'unmapped_column' } as const;

/** `ordered_at` -> `ordered`; `valid_from` stays, as it does not end in `_at`. */
function timeStem(column: string): string {
  return column.replace(/_at$/, '');
}

/** The output columns of one contract column; none for personal texts, which are never passed on. */
export function outputsOf(column: string, contract: SourceColumnContract): SourceSelectColumn[] {
  if (contract.personal && contract.type !== 'date') return [];
  switch (contract.type) {
    case 'time': {
      const stem = timeStem(column);
      return [
        { name: `${stem}_date`, type: 'date' },
        { name: `${stem}_ms`, type: 'bigint' },
        { name: `${stem}_hour`, type: 'integer' },
      ];
    }
    case 'decimal':
      return [{ name: column, type: 'decimal(18,4)' }];
    case 'integer':
      return [{ name: column, type: 'bigint' }];
    case 'boolean':
    case 'date':
      return [{ name: column, type: contract.type }];
    default:
      return [{ name: column, type: 'varchar' }];
  }
}

/** All columns of a source's SELECT in their order, the same whether it is mapped or not. */
export function sourceSelectColumns(name: SourceName): SourceSelectColumn[] {
  const own = Object.entries(sourceColumns(name)).flatMap(([column, contract]) => outputsOf(column, contract));
  return [
    ...own,
    { name: REPORT_COLUMNS.typeError, type: 'varchar' },
    { name: REPORT_COLUMNS.unmapped, type: 'varchar' },
  ];
}

/** `cast(null as date) as until_date`. */
export function typedNull(column: SourceSelectColumn): string {
  return `cast(null as ${column.type}) as ${column.name}`;
}

/** What an unmapped source is: the same columns without a row. */
export function emptySourceSelect(name: SourceName): string {
  const columns = sourceSelectColumns(name).map((column) => `  ${typedNull(column)}`);
  return `select\n${columns.join(',\n')}\nwhere 1 = 0`;
}
