import {
  type AthenaClient,
  type ColumnInfo,
  paginateGetQueryResults,
  type Row as ResultRow,
  StatementType,
} from '@aws-sdk/client-athena';
import type { Row } from '../../ports/query-engine';
import { plainValue } from './values';

/** Every page of the result of a query that succeeded. */
export async function readPages(athena: AthenaClient, query: string, type: StatementType | undefined): Promise<Row[]> {
  const rows: Row[] = [];
  let isFirst = true;
  for await (const { ResultSet } of paginateGetQueryResults({ client: athena }, { QueryExecutionId: query })) {
    const columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    const page = ResultSet?.Rows ?? [];
    // The names of the columns come as the first row of a SELECT, and only on its first page.
    const hasHeader = isFirst && type !== StatementType.DDL && type !== StatementType.UTILITY;
    for (const row of hasHeader ? page.slice(1) : page) rows.push(plainRow(row, columns));
    isFirst = false;
  }
  return rows;
}

function plainRow({ Data }: ResultRow, columns: readonly ColumnInfo[]): Row {
  return Object.fromEntries(
    columns.map(({ Name, Type }, index) => [Name ?? '', plainValue(Data?.[index]?.VarCharValue, Type ?? 'varchar')]),
  );
}
