import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import type { PurchaseParameters } from '../../src/core/statistics/purchase-likelihood';
import { isWorthContacting } from '../support/formulas/customer-value';
import { expectedOrdersWhileAlive } from '../support/formulas/expected-orders';
import { waitForNextOrder } from '../support/formulas/purchase-scores';
import { type ModelDatabase, openModelDatabase, type ResultRow } from '../support/model-database';
import { runModel } from '../support/run-model';

/** The next order and whether a contact pays: SQL against the formulas in TypeScript, on whatever chance comes up with. */
const RUN_DATE = '2026-03-31';

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

const byId = (rows: readonly ResultRow[]): Map<unknown, ResultRow> =>
  new Map(rows.map((row) => [row.customer_id, row]));

const history = fc
  .record({
    repeats: fc.integer({ min: 0, max: 400 }),
    silence: fc.integer({ min: 0, max: 900 }),
    extra: fc.integer({ min: 0, max: 900 }),
  })
  .map(({ repeats, silence, extra }) => {
    const span = repeats === 0 ? 0 : repeats + extra;
    return { repeats, span, age: span + silence };
  });

const orderRow = (id: number, { repeats, span, age }: { repeats: number; span: number; age: number }) => ({
  customer_id: `c${id}`,
  purchase_days: repeats + 1,
  first_order_date: addDays(RUN_DATE, -age),
  last_order_date: addDays(RUN_DATE, span - age),
  recency_days: age - span,
});

test('days of the next order are quantiles of the waiting time, with and without a purchase model', async () => {
  const model = fc.option(
    fc.record({
      r: fc.double({ min: 0.01, max: 20, noNaN: true }),
      alpha: fc.double({ min: 0.1, max: 900, noNaN: true }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(history, { minLength: 1, maxLength: 60 }), model, async (histories, fitted) => {
      const bounds = {
        population: 'buyers',
        orders_r: fitted?.r ?? 1,
        orders_alpha: fitted?.alpha ?? 1,
        orders_abstain_reason: fitted ? null : 'no_model',
      };
      const run = await runModel(database, 'customer_next_order', {
        params: { run_date: RUN_DATE },
        given: { known_people: histories.map((one, id) => orderRow(id, one)), score_bounds: [bounds] },
      });
      const rows = byId(run.result.rows);
      const parameters: PurchaseParameters = { kind: 'mbg', r: fitted?.r ?? 0, alpha: fitted?.alpha ?? 0, a: 1, b: 1 };
      for (const [id, one] of histories.entries()) {
        const row = rows.get(`c${id}`) as ResultRow;
        if (one.repeats === 0) {
          expect([row.next_order_expected, row.next_order_basis]).toEqual([null, 'unknown']);
          continue;
        }
        const days = [0.25, 0.5, 0.75].map((share) => waitForNextOrder(parameters, one, share));
        // Where rounding could tip a day the two may differ by it.
        const isClear = days.every((wait) => Math.abs(wait - Math.round(wait)) > 1e-5);
        const dates = [row.next_order_from, row.next_order_expected, row.next_order_to];
        if (isClear) expect(dates).toEqual(days.map((wait) => addDays(RUN_DATE, Math.max(1, Math.ceil(wait)))));
        expect([...dates].sort()).toEqual(dates);
        expect(String(dates[0]) > RUN_DATE).toBe(true);
      }
    }),
    { numRuns: 8 },
  );
});

test('the window rolls forward with every silent night', async () => {
  const last = { repeats: 4, span: 120 };
  const run = await runModel(database, 'customer_next_order', {
    params: { run_date: RUN_DATE },
    given: {
      known_people: Array.from({ length: 50 }, (_, silence) => orderRow(silence, { ...last, age: 120 + silence })),
      score_bounds: [{ population: 'buyers', orders_r: 0.8, orders_alpha: 40, orders_abstain_reason: null }],
    },
  });
  const rows = byId(run.result.rows);
  const expected = Array.from({ length: 50 }, (_, silence) => String(rows.get(`c${silence}`)?.next_order_expected));
  expect([...expected].sort()).toEqual(expected);
  expect(new Set(expected).size).toBeGreaterThan(5);
});

test('a contact pays exactly where the formula says so', async () => {
  const share = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1e6);
  const cents = fc.integer({ min: 0, max: 5_000_000 }).map((amount) => amount / 100);
  const costs = fc.record({
    gross_margin: fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100),
    offer_cost: cents.map((amount) => amount / 100),
    contact_cost: cents.map((amount) => amount / 1000),
    offer_success: fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100),
  });
  const person = fc.record({ churn_probability: share, value_if_kept: cents });
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 60 }), costs, async (people, contact) => {
      const run = await runModel(database, 'advised_people', {
        project: { contact },
        given: {
          customer_rfm: people.map((one, id) => ({ customer_id: `c${id}`, purchase_days: 1, ...one })),
        },
      });
      const rows = byId(run.result.rows);
      const { gross_margin, offer_cost: offerCost, contact_cost: contactCost, offer_success: offerWorks } = contact;
      for (const [id, { churn_probability: p, value_if_kept: value }] of people.entries()) {
        const row = rows.get(`c${id}`) as ResultRow;
        const gain = p * offerWorks * (gross_margin * value - offerCost) - contactCost - (1 - p) * offerCost;
        expect(Number(row.contact_gain)).toBeCloseTo(gain, 1);
        if (Math.abs(gain) > 1e-5)
          expect([id, row.worth_contacting]).toEqual([
            id,
            isWorthContacting(p, gross_margin * value, { offerWorks, offerCost, contactCost }),
          ]);
      }
    }),
    { numRuns: 6 },
  );
});

test('the value of somebody kept is orders while alive times the value of an order', async () => {
  const parameters = { kind: 'mbg', r: 0.55, alpha: 30, a: 0.8, b: 2.4 } as const;
  const people = [
    { repeats: 3, span: 90, age: 131 },
    { repeats: 40, span: 700, age: 705 },
    { repeats: 0, span: 0, age: 300 },
  ];
  const value = { p: 6, q: 4, v: 15 };
  const parameter = (model: string, part: string, name: string, number: number) => ({
    population: 'buyers',
    model,
    part,
    name,
    value: number,
  });
  const run = await runModel(database, 'customer_scores', {
    params: { run_date: RUN_DATE },
    given: {
      customer_orders: people.map((one, id) => ({
        ...orderRow(id, one),
        purchase_amount: 20 * (one.repeats + 1),
        repeat_purchase_amount: one.repeats === 0 ? null : 20 * one.repeats,
        last_purchase_amount: 20,
        net_amount: 20 * (one.repeats + 1),
        span_days: one.span,
        squared_gap_days: one.span * one.span,
        purchase_days_30d: 0,
        purchase_days_90d: 0,
        purchase_days_180d: 0,
      })),
      score_parameters: [
        ...Object.entries({ r: 0.55, alpha: 30, a: 0.8, b: 2.4 }).map(([name, number]) =>
          parameter('orders', 'parameter', name, number),
        ),
        ...Object.entries(value).map(([name, number]) => parameter('value', 'parameter', name, number)),
        parameter('orders', 'fit', 'series_limit', 0.95),
      ],
    },
  });
  const rows = byId(run.result.rows);
  for (const [id, one] of people.entries()) {
    const { p, q, v } = value;
    const orderValue = (p * one.repeats * 20 + p * v) / (p * one.repeats + q - 1);
    const kept = expectedOrdersWhileAlive(parameters, one, 365) * orderValue;
    expect(Number(rows.get(`c${id}`)?.value_if_kept)).toBeCloseTo(kept, 1);
  }
});
