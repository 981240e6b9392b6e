import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import type { PurchaseParameters } from '../../src/core/statistics/purchase-likelihood';
import {
  type PurchaseHistory,
  probabilityAlive,
  probabilityOfPurchase,
} from '../../src/core/statistics/purchase-scores';
import { logit, sigmoid } from '../../src/core/statistics/special';
import { anyNumber } from '../support/any-number';
import { expectedOrders } from '../support/formulas/purchase-scores';
import { type ModelDatabase, openModelDatabase, type ResultRow } from '../support/model-database';
import { runModel } from '../support/run-model';

/** What SQL makes of a purchase model: the laws of its numbers, and the formulas themselves, for any parameters and histories. */
const RUN_DATE = '2026-03-31';
const VALUE = { p: 6, q: 4, v: 15 };
const ORDER_AMOUNT = 20;
/** Largest H / (α + T + H) for which 64 terms are exact enough at all parameters below. */
const SERIES_LIMIT = 0.6;

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

const parameters = fc.record({
  kind: fc.constant('mbg' as const),
  r: fc.double({ min: 0.05, max: 20, noNaN: true }),
  alpha: fc.double({ min: 1, max: 300, noNaN: true }),
  a: fc.double({ min: 0.05, max: 2, noNaN: true }).filter((a) => Math.abs(a - 1) > 1e-3),
  b: fc.double({ min: 1.2, max: 30, noNaN: true }),
});
/** As it is, and after more days of silence. */
const history = fc
  .record({
    repeats: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 1, 5000)),
    extra: fc.integer({ min: 0, max: 900 }),
    silence: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.constantFrom(0, 9000)),
  })
  .map(({ repeats, extra, silence }) => {
    const span = repeats === 0 ? 0 : repeats + extra;
    return { repeats, span, age: span + silence };
  });
const MORE_SILENCE = 31;

/** customer_scores of people with such histories, by their place. */
async function scoresOf(
  model: PurchaseParameters,
  shift: number,
  people: readonly PurchaseHistory[],
  horizon: number,
): Promise<ResultRow[]> {
  const { r, alpha, a, b } = model;
  const of = (about: string, part: string, numbers: Record<string, number>) =>
    Object.entries(numbers).map(([name, value]) => ({
      ...{ population: 'buyers', model: about, part, name, value },
      ...{ score_model: 'mbg', score_reason: 'least_loss_on_newest_window' },
    }));
  const run = await runModel(database, 'customer_scores', {
    params: { run_date: RUN_DATE, horizon_days: horizon },
    given: {
      customer_orders: people.map(({ repeats, span, age }, id) => ({
        customer_id: `c${id}`,
        purchase_days: repeats + 1,
        first_order_date: addDays(RUN_DATE, -age),
        last_order_date: addDays(RUN_DATE, span - age),
        recency_days: age - span,
        purchase_amount: ORDER_AMOUNT * (repeats + 1),
        repeat_purchase_amount: repeats === 0 ? null : ORDER_AMOUNT * repeats,
        last_purchase_amount: ORDER_AMOUNT,
        net_amount: ORDER_AMOUNT * (repeats + 1),
        span_days: span,
        squared_gap_days: span * span,
        ...{ purchase_days_30d: 0, purchase_days_90d: 0, purchase_days_180d: 0 },
      })),
      score_parameters: [
        ...of('score', 'level', { shift }),
        ...of('score', 'purchases', { r, alpha, a, b }),
        ...of('score', 'cut', { likely_from: 0.5, medium_from: 0.3, high_from: 0.7 }),
        ...of('orders', 'parameter', { r, alpha, a, b }),
        ...of('orders', 'fit', { series_limit: SERIES_LIMIT }),
        ...of('value', 'parameter', VALUE),
      ],
    },
  });
  const rows = new Map(run.result.rows.map((row) => [row.customer_id, row]));
  return people.map((_, id) => rows.get(`c${id}`) as ResultRow);
}

/** Half of the last digit that is kept of chances and orders, and a little for the sums. */
const MILLIONTH = 5.1e-7;
const isUnit = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;

function expectFormulas(
  row: ResultRow,
  model: PurchaseParameters,
  shift: number,
  one: PurchaseHistory,
  horizon: number,
) {
  const chance = sigmoid(logit(probabilityOfPurchase(model, one, horizon)) + shift);
  const alive = probabilityAlive(model, one);
  expect([row.purchase_probability, row.churn_probability, row.probability_alive].every(isUnit)).toBe(true);
  expect(Math.abs(Number(row.purchase_probability) - chance)).toBeLessThan(MILLIONTH);
  expect(Number(row.churn_probability) + Number(row.purchase_probability)).toBeCloseTo(1, 9);
  expect(Math.abs(Number(row.probability_alive) - alive)).toBeLessThan(MILLIONTH);
  expect(row.is_likely).toBe(Number(row.purchase_probability) >= 0.5);
  const { p, q, v } = VALUE;
  const orderValue = (p * one.repeats * ORDER_AMOUNT + p * v) / (p * one.repeats + q - 1);
  for (const [days, orders, value] of [
    [horizon, row.expected_orders, row.expected_value],
    [365, row.expected_orders_365d, row.expected_value_365d],
  ] as const) {
    const isTold = days / (model.alpha + one.age + days) <= SERIES_LIMIT;
    expect([orders === null, value === null]).toEqual([!isTold, !isTold]);
    if (!isTold) continue;
    const exact = expectedOrders(model, one, days);
    expect(Math.abs(Number(orders) - exact)).toBeLessThanOrEqual(MILLIONTH + 1e-6 * exact);
    expect(Number(orders)).toBeGreaterThanOrEqual(probabilityOfPurchase(model, one, days) - 1e-6);
    expect(Number(orders)).toBeLessThanOrEqual(
      (alive * (model.r + one.repeats) * days) / (model.alpha + one.age) + MILLIONTH,
    );
    expect(Math.abs(Number(value) - exact * orderValue)).toBeLessThanOrEqual(0.0051 + 1e-5 * exact * orderValue);
  }
  expect(row.expected_abstain_reason).toBe(row.expected_orders === null ? 'horizon_beyond_history' : null);
}

test('chances, orders and values are those of the formulas, finite and in range; they fall and rise as they must', async () => {
  const people = fc.array(history, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(parameters, anyNumber(-3, 3), people, async (model, shift, histories) => {
      const later = histories.map((one) => ({ ...one, age: one.age + MORE_SILENCE }));
      const all = [...histories, ...later];
      const near = await scoresOf(model, shift, all, 28);
      const far = await scoresOf(model, shift, all, 182);
      for (const [id, one] of all.entries()) {
        const [soon, wide] = [near[id] as ResultRow, far[id] as ResultRow];
        expectFormulas(soon, model, shift, one, 28);
        expectFormulas(wide, model, shift, one, 182);
        // No purchase falls with H; orders and so values add up over adjoining horizons.
        expect(Number(wide.churn_probability)).toBeLessThanOrEqual(Number(soon.churn_probability));
        expect(wide.probability_alive).toBe(soon.probability_alive);
        if (wide.expected_orders !== null)
          expect(Number(soon.expected_orders)).toBeLessThanOrEqual(Number(wide.expected_orders) + 1e-6);
      }
      for (const [id] of histories.entries()) {
        const silent = near[id + histories.length] as ResultRow;
        expect(Number(silent.probability_alive)).toBeLessThanOrEqual(Number((near[id] as ResultRow).probability_alive));
      }
    }),
    { numRuns: 4 },
  );
});
