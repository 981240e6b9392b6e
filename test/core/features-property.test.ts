import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import { type ModelDatabase, openModelDatabase, type ResultRow } from '../support/model-database';
import type { GivenRow } from '../support/relations';
import { runModel } from '../support/run-model';

const RUN_DATE = '2026-03-31';
const RUNS = { numRuns: 10 };

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

/** Days ago of the purchase, of its cancellation (none: kept), of a return. Some lie after the as-of date of a question. */
interface Order {
  id: string;
  ago: number;
  cents: number;
  cancelledAfter: number | null;
}
interface Return {
  id: string;
  ago: number;
  cents: number;
}

const id = fc.constantFrom('a', 'a_app', 'a_till', 'b', 'b_app', 'c');
const ago = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(90, 364, 365, 366, 729, 730, 731));
const order: fc.Arbitrary<Order> = fc.record({
  id,
  ago,
  cents: fc.integer({ min: 1, max: 99999 }),
  cancelledAfter: fc.option(fc.integer({ min: 0, max: 30 }), { freq: 4 }),
});
const returned: fc.Arbitrary<Return> = fc.record({ id, ago, cents: fc.integer({ min: 1, max: 9999 }) });
/** Which id is merged into its canonical one, and since how many days. */
const merges = fc.record({ a_app: fc.option(ago), a_till: fc.option(ago), b_app: fc.option(ago) });
const shop = fc.record({
  orders: fc.array(order, { minLength: 1, maxLength: 25 }),
  returns: fc.array(returned, { maxLength: 6 }),
  merges,
});

type Shop = typeof shop extends fc.Arbitrary<infer T> ? T : never;

const day = (daysAgo: number): string => addDays(RUN_DATE, -daysAgo);
const money = (cents: number): string => (cents / 100).toFixed(2);

const tenThousandths = (orders: readonly Order[]): string =>
  (orders.reduce((sum, one) => sum + one.cents, 0) / 100).toFixed(4);
const dayCount = (orders: readonly Order[], after: string): number =>
  new Set(orders.map((one) => day(one.ago)).filter((one) => one > after)).size;

function stagedOrders(orders: readonly Order[]): GivenRow[] {
  return orders.map((one) => ({
    customer_id: one.id,
    order_date: day(one.ago),
    amount: money(one.cents),
    is_foreign: false,
    is_purchase: true,
    counts_until: one.cancelledAfter === null ? null : addDays(day(one.ago), one.cancelledAfter - 1),
  }));
}

const CANONICAL: Record<string, string> = { a_app: 'a', a_till: 'a', b_app: 'b' };

/** purchase_days, person_ids and customer_orders one after another, as of a date. */
async function features({ orders, returns, merges: merged }: Shop, asOf: string): Promise<ResultRow[]> {
  const identities = Object.entries(merged).flatMap(([from, since]) =>
    since === null
      ? []
      : [{ customer_id: from, canonical_customer_id: CANONICAL[from] as string, valid_from_date: day(since) }],
  );
  const params = { as_of: asOf };
  const purchaseDays = (await runModel(database, 'purchase_days', { given: { stg_orders: stagedOrders(orders) } }))
    .result.rows;
  const given = { purchase_days: purchaseDays };
  const ids = (await runModel(database, 'person_ids', { given: { ...given, stg_identities: identities }, params }))
    .result.rows;
  const returnDays = returns.map((one) => ({
    booked_by: 'refunds',
    customer_id: one.id,
    day: day(one.ago),
    return_amount: money(one.cents),
  }));
  const run = await runModel(database, 'customer_orders', {
    given: { ...given, person_ids: ids, return_days: returnDays },
    params: { ...params, return_source: 'refunds' },
  });
  return [...run.result.rows].sort((a, b) => (String(a.customer_id) < String(b.customer_id) ? -1 : 1));
}

/** The same by hand, from single orders. */
function byHand({ orders, returns, merges: merged }: Shop, asOf: string): Record<string, unknown>[] {
  const personOf = (customer: string): string => {
    const since = merged[customer as keyof typeof merged];
    return since !== null && since !== undefined && day(since) <= asOf ? (CANONICAL[customer] as string) : customer;
  };
  const counting = orders.filter(
    (one) => day(one.ago) <= asOf && (one.cancelledAfter === null || addDays(day(one.ago), one.cancelledAfter) > asOf),
  );
  const people = [...new Set(counting.map((one) => personOf(one.id)))].sort();
  return people.map((person) => {
    const own = counting.filter((one) => personOf(one.id) === person);
    const back = returns.filter((one) => personOf(one.id) === person && day(one.ago) <= asOf);
    const days = [...new Set(own.map((one) => day(one.ago)))].sort();
    const total = (list: readonly { ago: number; cents: number }[], since: string): number =>
      list.filter((one) => day(one.ago) > since).reduce((sum, one) => sum + one.cents, 0);
    const net = (since: string): string => money(total(own, since) - total(back, since));
    const since = (days: number): string => String(dayCount(own, addDays(asOf, -days)));
    const gaps = days.slice(1).map((one, index) => (Date.parse(one) - Date.parse(days[index] as string)) / 86400000);
    const on = (wanted: (one: string) => boolean): string => tenThousandths(own.filter((one) => wanted(day(one.ago))));
    const [year, window, recent] = [addDays(asOf, -365), addDays(asOf, -730), addDays(asOf, -30)];
    return {
      customer_id: person,
      purchase_days: String(days.length),
      order_count: String(own.length),
      first_order_date: days[0],
      last_order_date: days.at(-1),
      earlier_order_date: days.filter((one) => one < recent).at(-1) ?? null,
      recent_purchase_days: String(days.filter((one) => one >= recent).length),
      squared_gap_days: String(gaps.reduce((sum, gap) => sum + gap * gap, 0)),
      span_days: String(gaps.reduce((sum, gap) => sum + gap, 0)),
      purchase_days_30d: since(30),
      purchase_days_90d: since(90),
      purchase_days_180d: since(180),
      recency_days: String((Date.parse(asOf) - Date.parse(days.at(-1) as string)) / 86400000),
      orders_365d: String(own.filter((one) => day(one.ago) > year).length),
      rfm_purchase_days: String(days.filter((one) => one > window).length),
      value_abstain_reason: null,
      purchase_amount: on(() => true),
      repeat_purchase_amount: days.length > 1 ? on((one) => one !== days[0]) : null,
      last_purchase_amount: on((one) => one === days.at(-1)),
      net_amount: net('0001-01-01'),
      net_amount_365d: net(year),
      rfm_net_amount: net(window),
    };
  });
}

const asOfDates = fc.constantFrom(0, 1, 20, 89, 90, 365).map(day);

test('features are those counted order by order, identities and cancellations as of the date', async () => {
  await fc.assert(
    fc.asyncProperty(shop, asOfDates, async (one, asOf) => {
      expect(await features(one, asOf)).toEqual(byHand(one, asOf));
    }),
    RUNS,
  );
});

test('what happens after a date changes nothing as of it', async () => {
  await fc.assert(
    fc.asyncProperty(shop, asOfDates, async (one, asOf) => {
      const known: Shop = {
        // A cancellation after the date is not known by then.
        orders: one.orders
          .filter((order) => day(order.ago) <= asOf)
          .map((order) =>
            order.cancelledAfter !== null && addDays(day(order.ago), order.cancelledAfter) > asOf
              ? { ...order, cancelledAfter: null }
              : order,
          ),
        returns: one.returns.filter((back) => day(back.ago) <= asOf),
        merges: Object.fromEntries(
          Object.entries(one.merges).map(([from, since]) => [
            from,
            since !== null && day(since) <= asOf ? since : null,
          ]),
        ) as Shop['merges'],
      };
      expect(await features(known, asOf)).toEqual(await features(one, asOf));
    }),
    RUNS,
  );
});

test('merged ids give what one id would have given', async () => {
  await fc.assert(
    fc.asyncProperty(shop, async (one) => {
      const always = { a_app: 800, a_till: 800, b_app: 800 };
      const canonical = <T extends { id: string }>(list: readonly T[]): T[] =>
        list.map((item) => ({ ...item, id: CANONICAL[item.id] ?? item.id }));
      const single = {
        orders: canonical(one.orders),
        returns: canonical(one.returns),
        merges: { a_app: null, a_till: null, b_app: null },
      };
      expect(await features({ ...one, merges: always }, RUN_DATE)).toEqual(await features(single, RUN_DATE));
    }),
    RUNS,
  );
});

/** Versions of few orders, with ties in everything. */
const version = fc.record({
  order_id: fc.option(fc.constantFrom('o1', 'o2')),
  customer_id: fc.constantFrom('a', 'b'),
  amount: fc.constantFrom(1, 2),
  updated_date: fc.option(fc.constantFrom('2026-03-02', '2026-03-03')),
  recorded_date: fc.option(fc.constantFrom('2026-03-02', '2026-04-01')),
  is_gift: fc.option(fc.boolean()),
});

test('which version of an order counts does not depend on the order of rows', async () => {
  const shuffled = fc
    .array(version, { minLength: 1, maxLength: 12 })
    .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
  const versions = async (rows: GivenRow[]): Promise<string[]> => {
    const run = await runModel(database, 'order_versions', {
      given: { orders: rows.map((row) => ({ ordered_date: '2026-03-01', ...row })) },
    });
    return run.result.rows.map((row) => JSON.stringify(row)).sort();
  };
  await fc.assert(
    fc.asyncProperty(shuffled, async ([rows, other]) => {
      const found = await versions(rows);
      expect(await versions(other)).toEqual(found);
      // Exactly one row of each id counts.
      for (const orderId of ['o1', 'o2']) {
        const own = found.map((row) => JSON.parse(row) as ResultRow).filter((row) => row.order_id === orderId);
        expect(own.filter((row) => row.repeated_because === null)).toHaveLength(Math.min(1, own.length));
      }
    }),
    RUNS,
  );
});
