import { sourceSelectColumns, typedNull } from './columns';

/**
 * Orders made from order lines where the shop has no orders table: the same columns as the SELECT of orders, one row an
 * order. Lines that staging excluded do not count.
 *
 * amount and discount_amount are sums over goods lines that are no returns; an order of returns or shipping alone has
 * amount 0 and so is no purchase. Null only where no line of the order has an amount.
 */
const MADE: Readonly<Record<string, string>> = {
  customer_id: 'min(customer_id)',
  ordered_date: 'min(ordered_date)',
  ordered_ms: 'min(ordered_ms)',
  // The hour of the earliest line; min() alone would take 0 from a line after midnight.
  ordered_hour: 'min_by(ordered_hour, ordered_ms)',
  order_id: 'order_id',
  amount: 'cast(sum(sold_amount) as decimal(18,4))',
  discount_amount: 'cast(sum(sold_discount_amount) as decimal(18,4))',
};

export function derivedOrdersSelect(): string {
  const columns = sourceSelectColumns('orders').map((column) => {
    const made = MADE[column.name];
    return `  ${made ? `${made} as ${column.name}` : typedNull(column)}`;
  });
  const sold = (amount: string): string =>
    `case when ${amount} is null then null when is_goods_sale then ${amount} else cast('0' as decimal(18,4)) end as sold_${amount}`;
  return `with order_lines as (
  select
    order_id, customer_id, ordered_date, ordered_ms, ordered_hour, amount, discount_amount,
    coalesce(line_kind, 'goods') = 'goods' and not coalesce(is_return, false) as is_goods_sale
  from {{ ref('stg_order_lines') }}
  where excluded_because is null
), sold_lines as (
  select
    order_id, customer_id, ordered_date, ordered_ms, ordered_hour,
    ${sold('amount')},
    ${sold('discount_amount')}
  from order_lines
)
select
${columns.join(',\n')}
from sold_lines
group by order_id`;
}
