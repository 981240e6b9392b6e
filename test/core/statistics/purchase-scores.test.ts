import fc from 'fast-check';
import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import { logOddsOfDead, probabilityAlive, probabilityOfPurchase } from '../../../src/core/statistics/purchase-scores';
import { anyNumber } from '../../support/any-number';
import { customerValue, isWorthContacting } from '../../support/formulas/customer-value';
import {
  expectedOrders,
  expectedOrdersOfNewCustomer,
  probabilityOfNoPurchase,
  waitForNextOrder,
} from '../../support/formulas/purchase-scores';

const wild = fc.double({ min: 1e-6, max: 1e5, noNaN: true });
const parameters = fc.record({
  kind: fc.constantFrom<PurchaseParameters['kind']>('bg', 'mbg'),
  r: wild,
  alpha: wild,
  a: wild,
  b: wild,
});
const histories = fc
  .tuple(fc.integer({ min: 0, max: 5000 }), fc.double({ min: 1e-3, max: 1, noNaN: true }), anyNumber(0, 8000))
  .map(([repeats, share, age]) => ({ repeats, span: repeats === 0 ? 0 : share * age, age }));
const horizons = anyNumber(0, 4000);
const SLACK = 1e-12;

const isProbability = (p: number): boolean => p >= 0 && p <= 1;

test('probabilities are probabilities; no purchase falls with H, from 1 towards 1 - P(alive)', () => {
  fc.assert(
    fc.property(parameters, histories, horizons, (model, customer, horizon) => {
      const alive = probabilityAlive(model, customer);
      const none = probabilityOfNoPurchase(model, customer, horizon);
      const later = probabilityOfNoPurchase(model, customer, horizon * 2 + 1);
      expect([alive, none, later].every(isProbability)).toBe(true);
      expect(later).toBeLessThanOrEqual(none + SLACK);
      expect(none).toBeGreaterThanOrEqual(1 - alive - SLACK);
      expect(probabilityOfNoPurchase(model, customer, 0)).toBe(1);
      expect(none + probabilityOfPurchase(model, customer, horizon)).toBeCloseTo(1, 12);
    }),
    { numRuns: 300 },
  );
});

test('P(alive) falls as silence grows', () => {
  fc.assert(
    fc.property(parameters, histories, anyNumber(0, 4000), (model, customer, silence) => {
      const later = { ...customer, age: customer.age + silence };
      expect(probabilityAlive(model, later)).toBeLessThanOrEqual(probabilityAlive(model, customer) + SLACK);
    }),
    { numRuns: 300 },
  );
});

test('expected orders are finite, at least P(purchase), at most the rate times H', () => {
  fc.assert(
    fc.property(parameters, histories, horizons, (model, customer, horizon) => {
      const orders = expectedOrders(model, customer, horizon);
      expect(orders).toBeGreaterThanOrEqual(probabilityOfPurchase(model, customer, horizon) - 1e-9);
      expect(orders).toBeLessThanOrEqual(
        ((model.r + customer.repeats) * horizon) / (model.alpha + customer.age) + SLACK,
      );
    }),
    { numRuns: 200 },
  );
});

test('days or weeks: the same probabilities and orders', () => {
  fc.assert(
    fc.property(parameters, histories, horizons, (model, customer, horizon) => {
      const weeks = { ...model, alpha: model.alpha / 7 };
      const inWeeks = { repeats: customer.repeats, span: customer.span / 7, age: customer.age / 7 };
      expect(probabilityOfPurchase(weeks, inWeeks, horizon / 7)).toBeCloseTo(
        probabilityOfPurchase(model, customer, horizon),
        8,
      );
      const orders = expectedOrders(model, customer, horizon);
      expect(Math.abs(expectedOrders(weeks, inWeeks, horizon / 7) - orders)).toBeLessThanOrEqual(1e-8 * (1 + orders));
    }),
    { numRuns: 100 },
  );
});

test('BG says alive of every one-time buyer, MBG does not', () => {
  const oneTime = { repeats: 0, span: 0, age: 900 };
  const model: PurchaseParameters = { kind: 'bg', r: 0.24, alpha: 30, a: 0.8, b: 2.4 };
  expect(probabilityAlive(model, oneTime)).toBe(1);
  expect(logOddsOfDead(model, oneTime)).toBe(Number.NEGATIVE_INFINITY);
  expect(probabilityAlive({ ...model, kind: 'mbg' }, oneTime)).toBeLessThan(0.8);
});

test('a new MBG customer has b/(a+b) of the orders of one who is alive', () => {
  const model: PurchaseParameters = { kind: 'mbg', r: 0.5, alpha: 40, a: 0.9, b: 1.6 };
  expect(probabilityAlive(model, { repeats: 0, span: 0, age: 0 })).toBeCloseTo(1.6 / 2.5, 14);
  expect(expectedOrdersOfNewCustomer(model, 365)).toBe(expectedOrders(model, { repeats: 0, span: 0, age: 0 }, 365));
});

test('the wait for the next order is the inverse of the chance of one, given alive', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: 1, max: 200, noNaN: true }),
      fc.integer({ min: 0, max: 100 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (r, alpha, repeats, share) => {
        const model: PurchaseParameters = { kind: 'mbg', r, alpha, a: 1.5, b: 3 };
        const customer = { repeats, span: repeats > 0 ? 100 : 0, age: 150 };
        const wait = waitForNextOrder(model, customer, share);
        const chance = probabilityOfPurchase(model, customer, wait) / probabilityAlive(model, customer);
        expect(chance).toBeCloseTo(share, 9);
      },
    ),
  );
  expect(waitForNextOrder({ kind: 'mbg', r: 1, alpha: 9, a: 1, b: 1 }, { repeats: 0, span: 0, age: 0 }, 0)).toBe(0);
});

test('customer value adds up over adjoining horizons and falls with the discount', () => {
  const model: PurchaseParameters = { kind: 'mbg', r: 0.5, alpha: 40, a: 0.9, b: 1.6 };
  const customer = { repeats: 4, span: 200, age: 230 };
  const undiscounted = customerValue(model, customer, 25, { until: 365, period: 30, discount: 0 });
  expect(undiscounted).toBeCloseTo(25 * expectedOrders(model, customer, 365), 10);
  const half = customerValue(model, customer, 25, { until: 180, period: 30, discount: 0.01 });
  const whole = customerValue(model, customer, 25, { until: 360, period: 30, discount: 0.01 });
  let rest = 0;
  for (let k = 7; k <= 12; k++) {
    rest +=
      (25 * (expectedOrders(model, customer, 30 * k) - expectedOrders(model, customer, 30 * (k - 1)))) / 1.01 ** k;
  }
  expect(half + rest).toBeCloseTo(whole, 10);
  expect(whole).toBeLessThan(undiscounted);
});

test('worth contacting: what a contact brings against what it costs', () => {
  const costs = { offerWorks: 0.3, offerCost: 10, contactCost: 1 };
  // 0.6·0.3·(200-10) = 34.2 > 1 + 0.4·10 = 5
  expect(isWorthContacting(0.6, 200, costs)).toBe(true);
  // 0.6·0.3·(30-10) = 3.6 < 5
  expect(isWorthContacting(0.6, 30, costs)).toBe(false);
  expect(isWorthContacting(0, 1e6, costs)).toBe(false);
});
