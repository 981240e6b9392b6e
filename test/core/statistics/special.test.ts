import fc from 'fast-check';
import {
  digamma,
  digammaRise,
  logGamma,
  logit,
  logOnePlusExp,
  logRising,
  roundSignificant,
  sigmoid,
} from '../../../src/core/statistics/special';
import { logBeta } from '../../support/formulas/log-beta';

const relativeTo = (expected: number, found: number): number =>
  Math.abs(found - expected) / Math.max(Math.abs(expected), 1);

// Expected values: mpmath 1.3.0, mp.dps = 40, loggamma and digamma.
test.each([
  [1e-8, 18.42068073818021],
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247001],
  [1.5, -0.12078223763524522],
  [2.0000001, 4.227843673451698e-8],
  [3.7, 1.4280723266653879],
  [11.9, 17.25847745059552],
  [12, 17.502307845873887],
  [100.25, 360.28455963776423],
  [1e6, 12815504.569147613],
  [1e10, 220258509288.81058],
])('ln Γ(%p)', (z, expected) => {
  expect(relativeTo(expected, logGamma(z))).toBeLessThan(5e-15);
});

test.each([
  [1e-6, -1000000.57721402],
  [0.1, -10.423754940411078],
  [0.5, -1.9635100260214235],
  [1, -0.5772156649015329],
  [1.4616321449683622, -3.9928730412463046e-17],
  [3.7, 1.1671535393615113],
  [9.99, 2.250700372831201],
  [10, 2.251752589066721],
  [250.5, 5.521461584527047],
  [1e8, 18.420680738952363],
])('ψ(%p)', (z, expected) => {
  expect(relativeTo(expected, digamma(z))).toBeLessThan(1e-14);
});

const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true });

test('Γ(z+1) = z Γ(z) and ψ(z+1) = ψ(z) + 1/z', () => {
  fc.assert(
    fc.property(positive, (z) => {
      expect(relativeTo(logGamma(z) + Math.log(z), logGamma(z + 1))).toBeLessThan(1e-13);
      expect(relativeTo(digamma(z) + 1 / z, digamma(z + 1))).toBeLessThan(1e-13);
    }),
  );
});

test('rising factorials agree with differences of ln Γ and ψ on both sides of the switch', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.integer({ min: 0, max: 200 }), (z, n) => {
      expect(relativeTo(logGamma(z + n) - logGamma(z), logRising(z, n))).toBeLessThan(1e-12);
      expect(relativeTo(digamma(z + n) - digamma(z), digammaRise(z, n))).toBeLessThan(1e-12);
    }),
  );
});

test('ln B is symmetric and B(1, b) = 1/b', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      expect(logBeta(a, b)).toBeCloseTo(logBeta(b, a), 8);
    }),
  );
  expect(logBeta(1, 7)).toBeCloseTo(-Math.log(7), 14);
});

test('exponentials stay finite where the naive form does not', () => {
  expect(logOnePlusExp(800)).toBe(800);
  expect(logOnePlusExp(-50)).toBeCloseTo(Math.exp(-50), 30);
  expect([sigmoid(-800), sigmoid(800), sigmoid(0)]).toEqual([0, 1, 0.5]);
  expect([logit(0), logit(1)].every(Number.isFinite)).toBe(true);
  expect(logit(sigmoid(3.25))).toBeCloseTo(3.25, 12);
});

test('significant digits', () => {
  expect(roundSignificant(123.45678901234)).toBe(123.456789);
  expect(roundSignificant(-1.2345678901234e-5)).toBe(-1.23456789e-5);
  expect([roundSignificant(0), roundSignificant(Number.POSITIVE_INFINITY)]).toEqual([0, Number.POSITIVE_INFINITY]);
});
