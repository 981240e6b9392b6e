import type { Model } from '../models/model';
import { sidecarSchema } from '../models/sidecar';
import { derivedOrdersSelect } from './derived-orders';

export type OrderRows = 'versions' | 'as_they_are' | 'from_lines';

const KNOWN_BY_THEN = "where recorded_date is null or recorded_date <= {{ param('run_date') }}";

function orderRowsSql(rows: OrderRows): string {
  if (rows === 'versions') return "select * from {{ ref('order_versions') }} as order_versions";
  const relation = rows === 'from_lines' ? `(\n${derivedOrdersSelect()}\n)` : "{{ source('orders') }}";
  return `select *, recorded_date as first_recorded_date, cast(null as varchar) as repeated_because\nfrom ${relation} as orders\n${KNOWN_BY_THEN}`;
}

/**
 * The rows of orders with `repeated_because`: by order_versions where order ids are mapped, made from order lines where
 * no orders are mapped, else each row as it is. A window over all orders is what ids cost; a shop without ids must not
 * pay it, and SQL text has no branches.
 */
export function orderRowsModel(rows: OrderRows): Model {
  const sidecar = sidecarSchema.parse({
    description:
      'Rows of orders as known by the run date, with the reason why one repeats another. One row a source row.',
    materialised: 'inline',
    unique_key: [],
    columns: [
      {
        name: 'first_recorded_date',
        type: 'date',
        description: 'Day on which the order first became known; null if not mapped',
      },
      {
        name: 'repeated_because',
        type: 'varchar',
        description: 'Why the row repeats another; null for the row that counts',
      },
    ],
  });
  return {
    name: 'order_rows',
    layer: 'staging',
    sql: orderRowsSql(rows),
    sidecar,
    file: 'src/core/sources/order-rows.ts',
  };
}
