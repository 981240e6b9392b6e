import fc from 'fast-check';
import type { PurchaseCounts } from '../../../src/core/statistics/counts';
import { type PurchaseParameters, purchaseLogLikelihood } from '../../../src/core/statistics/purchase-likelihood';
import { logGamma } from '../../../src/core/statistics/special';
import { anyNumber } from '../../support/any-number';
import { logBeta } from '../../support/formulas/log-beta';

const one = (repeats: number, span: number, age: number, weight = 1): PurchaseCounts => ({
  repeats: Float64Array.of(repeats),
  span: Float64Array.of(span),
  age: Float64Array.of(age),
  weight: Float64Array.of(weight),
});

/** The likelihood as the papers print it, without logarithms where they can be spared. */
function asPrinted({ kind, r, alpha, a, b }: PurchaseParameters, x: number, span: number, age: number): number {
  const m = kind === 'mbg' ? 1 : 0;
  const common = logGamma(r + x) - logGamma(r) + r * Math.log(alpha);
  const alive = Math.exp(logBeta(a, b + x + m) - logBeta(a, b)) * (alpha + age) ** -(r + x);
  const dead =
    kind === 'bg' && x === 0 ? 0 : Math.exp(logBeta(a + 1, b + x + m - 1) - logBeta(a, b)) * (alpha + span) ** -(r + x);
  return common + Math.log(alive + dead);
}

const kinds = fc.constantFrom<PurchaseParameters['kind']>('bg', 'mbg');
const moderate = fc.double({ min: 0.1, max: 8, noNaN: true });
const histories = fc
  .tuple(
    fc.integer({ min: 0, max: 30 }),
    fc.double({ min: 0.05, max: 1, noNaN: true }),
    fc.double({ min: 0.5, max: 50, noNaN: true }),
  )
  .map(([x, share, age]) => [x, x === 0 ? 0 : share * age, age] as const);
const parameters = fc.record({ kind: kinds, r: moderate, alpha: moderate, a: moderate, b: moderate });

test('agrees with the formula as printed', () => {
  fc.assert(
    fc.property(parameters, histories, (model, [x, span, age]) => {
      expect(purchaseLogLikelihood(one(x, span, age), model)).toBeCloseTo(asPrinted(model, x, span, age), 8);
    }),
  );
});

test('a weight is that many customers', () => {
  const model: PurchaseParameters = { kind: 'mbg', r: 0.5, alpha: 6, a: 0.9, b: 1.6 };
  expect(purchaseLogLikelihood(one(2, 3, 9, 7), model)).toBeCloseTo(7 * purchaseLogLikelihood(one(2, 3, 9), model), 12);
});

test('the gradient is that of the value, by central differences', () => {
  fc.assert(
    fc.property(parameters, histories, (model, [x, span, age]) => {
      const gradient = new Float64Array(4);
      purchaseLogLikelihood(one(x, span, age), model, gradient);
      (['r', 'alpha', 'a', 'b'] as const).forEach((name, index) => {
        const step = 1e-5 * model[name];
        const up = purchaseLogLikelihood(one(x, span, age), { ...model, [name]: model[name] + step });
        const down = purchaseLogLikelihood(one(x, span, age), { ...model, [name]: model[name] - step });
        const slope = (up - down) / (2 * step);
        expect(Math.abs((gradient[index] as number) - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
      });
    }),
  );
});

test('P(no repeat by T) lies in (0, 1], is 1 at T = 0 and falls with T', () => {
  fc.assert(
    fc.property(parameters, anyNumber(0, 100), (model, age) => {
      const now = purchaseLogLikelihood(one(0, 0, age), model);
      const later = purchaseLogLikelihood(one(0, 0, age + 1), model);
      expect(now).toBeLessThanOrEqual(1e-12);
      expect(later).toBeLessThanOrEqual(now + 1e-12);
    }),
  );
  expect(purchaseLogLikelihood(one(0, 0, 0), { kind: 'mbg', r: 1, alpha: 2, a: 1, b: 2 })).toBeCloseTo(0, 12);
});

test('thousands of purchases stay finite', () => {
  const gradient = new Float64Array(4);
  const value = purchaseLogLikelihood(
    one(5000, 3649, 3650),
    { kind: 'mbg', r: 0.01, alpha: 1e-6, a: 1e-4, b: 1e4 },
    gradient,
  );
  expect([value, ...gradient].every(Number.isFinite)).toBe(true);
});
