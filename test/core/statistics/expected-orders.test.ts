import fc from 'fast-check';
import { eulerSeries, nudgeFromOne } from '../../../src/core/statistics/expected-orders';
import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import { anyNumber } from '../../support/any-number';
import { expectedOrdersWhileAlive } from '../../support/formulas/expected-orders';

type Case = [PurchaseParameters['kind'], number, number, number, number, number, number, number];

// r, alpha, a, b; x, T, H and K: the textbook form with hyp2f1 by mpmath 1.3.0 at 40 digits.
const CASES: [...Case, number][] = [
  ['mbg', 0.25, 4, 0.8, 2.4, 0, 0, 39, 1.439011935023011],
  ['mbg', 0.25, 4, 0.8, 2.4, 3, 38.86, 39, 2.4789343335249785],
  ['bg', 0.25, 4, 0.8, 2.4, 0, 10, 5, 0.084799644644983],
  ['mbg', 0.5, 60, 1.0001, 3, 12, 300, 91, 2.8799022291090974],
  ['mbg', 0.6, 50, 2.5, 7, 2500, 900, 365, 644.1918387073948],
  ['mbg', 0.6, 0.001, 0.3, 7, 4, 0, 365, 66452.87152953401],
  ['mbg', 0.6, 0.5, 0.000001, 20, 900, 100, 365, 3270.832737215115],
  ['mbg', 3, 5, 40, 900, 30, 400, 91, 6.366594884822822],
  ['mbg', 0.05, 1e-6, 0.7, 0.4, 0, 0, 365, 187.99802404758427],
  ['mbg', 1.2, 30, 0.9, 2, 6, 5000, 0.5, 0.0007156792496139219],
];

test.each(CASES)(
  '%s r=%p alpha=%p a=%p b=%p x=%p T=%p H=%p',
  (kind, r, alpha, a, b, repeats, age, horizon, expected) => {
    const found = expectedOrdersWhileAlive({ kind, r, alpha, a, b }, { repeats, age }, horizon);
    expect(Math.abs(found / expected - 1)).toBeLessThan(2e-12);
  },
);

const parameters = fc.record({
  kind: fc.constantFrom<PurchaseParameters['kind']>('bg', 'mbg'),
  r: fc.double({ min: 0.05, max: 20, noNaN: true }),
  alpha: fc.double({ min: 1, max: 300, noNaN: true }),
  a: fc.double({ min: 0.05, max: 2, noNaN: true }).filter((a) => Math.abs(a - 1) > 1e-3),
  b: fc.double({ min: 1.2, max: 30, noNaN: true }),
});
const history = fc.record({
  repeats: fc.integer({ min: 0, max: 60 }),
  age: anyNumber(0, 900),
});

test('64 terms of the series for SQL stay within their proven bound of the exact value', () => {
  fc.assert(
    fc.property(parameters, history, fc.constantFrom(28, 56, 91, 182, 365), (model, customer, horizon) => {
      const exact = expectedOrdersWhileAlive(model, customer, horizon);
      const { value, bound } = eulerSeries(model, customer, horizon, 64);
      if (!Number.isFinite(bound)) return;
      // Rounding: the bracket is a difference from 1, multiplied by (s-1)/(A-1).
      const s = model.a + model.b + customer.repeats;
      const rounding = 1e-12 * Math.max(1, Math.abs(s / (model.a - 1))) * Math.max(1, exact);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(bound + rounding);
    }),
    { numRuns: 300 },
  );
});

test('more terms, smaller bound; at typical parameters 64 are exact to 1e-9', () => {
  const model: PurchaseParameters = { kind: 'mbg', r: 0.52, alpha: 43.3, a: 0.89, b: 1.61 };
  const errors = [16, 32, 64].map((terms) => {
    const { value } = eulerSeries(model, { repeats: 0, age: 0 }, 91, terms);
    return Math.abs(value / expectedOrdersWhileAlive(model, { repeats: 0, age: 0 }, 91) - 1);
  });
  expect(errors[1]).toBeLessThan((errors[0] as number) / 10);
  expect(errors[2]).toBeLessThan(1e-9);
});

test('a = 1 is no singularity of the exact value, and moved off 1 none of the series', () => {
  const at = (a: number): PurchaseParameters => ({ kind: 'mbg', r: 0.5, alpha: 60, a, b: 3 });
  const customer = { repeats: 4, age: 200 };
  const exact = expectedOrdersWhileAlive(at(1), customer, 91);
  expect(expectedOrdersWhileAlive(at(1 + 1e-9), customer, 91)).toBeCloseTo(exact, 8);
  expect([nudgeFromOne(1), nudgeFromOne(0.9999999), nudgeFromOne(0.5)]).toEqual([1 + 1e-6, 1 - 1e-6, 0.5]);
  expect(Math.abs(eulerSeries(at(nudgeFromOne(1)), customer, 91, 64).value / exact - 1)).toBeLessThan(1e-6);
});

test('any parameters: finite, within [0, ν·H/(α+T)], rising with H', () => {
  const wild = fc.double({ min: 1e-8, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({
        kind: fc.constantFrom<PurchaseParameters['kind']>('bg', 'mbg'),
        r: wild,
        alpha: wild,
        a: wild,
        b: wild,
      }),
      fc.record({ repeats: fc.integer({ min: 0, max: 5000 }), age: anyNumber(0, 20000) }),
      anyNumber(0, 4000),
      (model, customer, horizon) => {
        const value = expectedOrdersWhileAlive(model, customer, horizon);
        const longer = expectedOrdersWhileAlive(model, customer, horizon * 1.5);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(
          ((model.r + customer.repeats) * horizon) / (model.alpha + customer.age) + 1e-9,
        );
        // ln B of arguments near 1e6 is a difference of numbers near 1e7.
        expect(longer).toBeGreaterThanOrEqual(value * (1 - 2e-8));
      },
    ),
    { numRuns: 200 },
  );
});

test('the series is worst for somebody new: where it is exact for them, it is for everybody', () => {
  const exactTo = 1e-4;
  const z = fc.integer({ min: 1, max: 999 }).map((thousandths) => thousandths / 1000);
  fc.assert(
    fc.property(parameters, fc.integer({ min: 0, max: 5000 }), z, (model, repeats, share) => {
      const at = (one: number) => eulerSeries(model, { repeats: one, age: (1 - share) / share - model.alpha }, 1, 64);
      const newcomer = at(0);
      if (!(newcomer.bound <= exactTo * newcomer.value)) return;
      const { value, bound } = at(repeats);
      expect(bound).toBeLessThanOrEqual(exactTo * value);
    }),
    { numRuns: 500 },
  );
});
