import type { Warning } from './manifest';

type Facts = Record<string, Record<string, string | number | null>>;

/** Share of orders above which one id is named: a person rarely places one order in a hundred. */
const HEAVY_SHARE = 0.01;

/** What the numbers of a run say that its owner should know. */
export function summaryWarnings(facts: Facts): Warning[] {
  const orders = facts.customer_orders ?? {};
  const [heaviest, all, buyers] = [
    Number(orders.heaviest_order_count ?? 0),
    Number(orders.order_count ?? 0),
    Number(orders.buyers ?? 0),
  ];
  if (buyers < 2 || all < 1000 || heaviest <= all * HEAVY_SHARE) return [];
  return [
    {
      code: 'heavy_customer',
      message: `the customer id ${JSON.stringify(orders.heaviest_customer)} holds ${heaviest} of ${all} orders; if it is a till or a guest account, add it to not_customers`,
    },
  ];
}
