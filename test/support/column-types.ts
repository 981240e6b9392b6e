import type { Model } from '../../src/core/models/model';
import { type SourceSelectColumn, sourceSelectColumns } from '../../src/core/sources/columns';

export type ColumnType = SourceSelectColumn;

/** Models that pass the columns of the orders source on and name in their sidecar only what they add. */
const ADD_TO_ORDERS = ['order_versions', 'order_rows'];

export function columnsOf(model: Model): ColumnType[] {
  const own = model.sidecar.columns.map(({ name, type }) => ({ name, type }));
  return ADD_TO_ORDERS.includes(model.name) ? [...sourceSelectColumns('orders'), ...own] : own;
}

/** Models that pass on all columns of the one they build on, between those they add. */
const PASS_ON = [
  ...['churn_features', 'training_windows', 'purchase_terms', 'score_terms', 'customer_scores', 'customer_lifecycle'],
  ...['customer_rfm', 'customer_next_order', 'scored_people', 'advised_people'],
];

/** Whether the sidecar names every column, in the order of the SQL. */
export function namesAllColumns(model: Model): boolean {
  return ![...ADD_TO_ORDERS, ...PASS_ON].includes(model.name);
}

export function typeOf(columns: readonly ColumnType[], name: string): string | undefined {
  return columns.find((column) => column.name === name)?.type;
}
