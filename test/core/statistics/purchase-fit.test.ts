import fc from 'fast-check';
import type { PurchaseCounts } from '../../../src/core/statistics/counts';
import { hessian } from '../../../src/core/statistics/minimise';
import { fitPurchases, purchaseObjective } from '../../../src/core/statistics/purchase-fit';
import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import { probabilityOfPurchase } from '../../../src/core/statistics/purchase-scores';
import { seededRandom } from '../../../src/core/statistics/random';
import { fitted, NAMES, TRUTH, wholeDays } from './known-shop';
import { simulateShop } from './simulate';

function permuted(counts: PurchaseCounts, random: () => number): PurchaseCounts {
  const order = [...counts.repeats.keys()]
    .map((row) => [random(), row] as const)
    .sort(([left], [right]) => left - right);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(order, ([, row]) => column[row] as number);
  return { repeats: pick(counts.repeats), span: pick(counts.span), age: pick(counts.age), weight: pick(counts.weight) };
}

test('the same customers in another order give the same digits; weeks instead of days only move alpha', () => {
  const random = seededRandom(3);
  const { counts } = simulateShop(TRUTH, 800, wholeDays, 0, random);
  const days = fitted(fitPurchases(counts, { kind: 'mbg', prior: 'weak' }));
  expect(fitted(fitPurchases(permuted(counts, random), { kind: 'mbg', prior: 'weak' }))).toEqual(days);
  const inWeeks = { ...counts, span: counts.span.map((each) => each / 7), age: counts.age.map((each) => each / 7) };
  const weeks = fitted(fitPurchases(inWeeks, { kind: 'mbg', prior: 'weak' }));
  expect(weeks.parameters.alpha * 7).toBeCloseTo(days.parameters.alpha, 5);
  for (const name of ['r', 'a', 'b'] as const) {
    expect(weeks.parameters[name]).toBeCloseTo(days.parameters[name], 6);
  }
});

test('no point nearby is better: the optimum is one', () => {
  const { counts } = simulateShop(TRUTH, 800, wholeDays, 0, seededRandom(9));
  const { parameters } = fitted(fitPurchases(counts, { kind: 'mbg', prior: 'none' }));
  const objective = purchaseObjective(counts, { kind: 'mbg', prior: 'none' });
  const point = Float64Array.from(NAMES, (name) => Math.log(parameters[name]));
  const best = objective(point, new Float64Array(4));
  for (let index = 0; index < 4; index++) {
    for (const shift of [0.01, -0.01]) {
      expect(
        objective(
          point.map((each, at) => (at === index ? each + shift : each)),
          new Float64Array(4),
        ),
      ).toBeGreaterThan(best);
    }
  }
  const curvature = hessian(objective, point);
  expect([0, 5, 10, 15].every((at) => (curvature[at] as number) > 0)).toBe(true);
});

const uniform = (customers: number, row: [number, number, number]): PurchaseCounts => ({
  repeats: Float64Array.of(row[0]),
  span: Float64Array.of(row[1]),
  age: Float64Array.of(row[2]),
  weight: Float64Array.of(customers),
});

test.each([
  ['a single customer', uniform(1, [3, 40, 80]), 'too_few_customers'],
  ['nobody', uniform(0, [0, 0, 0]), 'too_few_customers'],
  ['all one-time buyers', uniform(5000, [0, 0, 300]), 'too_few_repeat_customers'],
  ['a date in the future', uniform(5000, [0, 0, -1]), 'counts_negative'],
  ['repeats without time', uniform(5000, [2, 0, 30]), 'counts_repeats_without_span'],
] as [string, PurchaseCounts, string][])('%s: %#', (_, counts, reason) => {
  expect(fitPurchases(counts, { kind: 'mbg', prior: 'weak' })).toEqual({ abstain: reason });
});

test('loyal customers who never leave: dropout is not identified, and that is told', () => {
  const immortal = simulateShop({ kind: 'mbg', r: 2, alpha: 30, a: 1e-9, b: 1 }, 1500, wholeDays, 0, seededRandom(2));
  for (const prior of ['weak', 'none'] as const) {
    expect(fitted(fitPurchases(immortal.counts, { kind: 'mbg', prior })).degeneracy).toBe('dropout_not_identified');
  }
});

test('people who are all alike: the rate is not identified, and that is told', () => {
  const fit = fitPurchases(
    {
      repeats: Float64Array.of(9, 10, 11),
      span: Float64Array.of(299, 299, 299),
      age: Float64Array.of(300, 300, 300),
      weight: Float64Array.of(400, 400, 400),
    },
    { kind: 'mbg', prior: 'weak' },
  );
  expect(fitted(fit).degeneracy).toMatch(/_not_identified$/);
});

test('whatever counts come, a fit or a reason, and no number that is none', () => {
  const row = fc
    .tuple(
      fc.integer({ min: 0, max: 4000 }),
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 1, max: 500 }),
    )
    .map(([x, one, other, weight]) => {
      const [span, age] = one < other ? [one, other] : [other, one];
      return x === 0 || span === 0 ? [0, 0, age, weight] : [x, span, age, weight];
    });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.constantFrom<PurchaseParameters['kind']>('bg', 'mbg'),
      (rows, kind) => {
        const pick = (index: number): Float64Array => Float64Array.from(rows, (each) => each[index] as number);
        const fit = fitPurchases(
          { repeats: pick(0), span: pick(1), age: pick(2), weight: pick(3) },
          { kind, prior: 'weak' },
        );
        if (!('fitted' in fit)) return;
        const { r, alpha, a, b } = fit.fitted.parameters;
        expect([r, alpha, a, b, fit.fitted.logLikelihood].every(Number.isFinite)).toBe(true);
        for (const [x, span, age] of rows) {
          const p = probabilityOfPurchase(
            fit.fitted.parameters,
            { repeats: x as number, span: span as number, age: age as number },
            91,
          );
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
        }
      },
    ),
    { numRuns: 20 },
  );
});
