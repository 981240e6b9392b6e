import { fitPurchases } from '../../../src/core/statistics/purchase-fit';
import { probabilityOfPurchase } from '../../../src/core/statistics/purchase-scores';
import { seededRandom } from '../../../src/core/statistics/random';
import { fitted, NAMES, TRUTH, wholeDays } from './known-shop';
import { simulateShop } from './simulate';

/** Simulated shops whose parameters are known: a long test, as it takes many customers. */

test('intervals of 95 per cent cover known parameters in 30 simulated shops about as often', () => {
  const random = seededRandom(11);
  const covered = [0, 0, 0, 0];
  for (let shop = 0; shop < 30; shop++) {
    const { counts } = simulateShop(TRUTH, 1500, wholeDays, 0, random);
    const { parameters, logStandardErrors } = fitted(fitPurchases(counts, { kind: 'mbg', prior: 'none' }));
    NAMES.forEach((name, index) => {
      const distance = Math.abs(Math.log(parameters[name]) - Math.log(TRUTH[name]));
      if (distance <= 1.96 * (logStandardErrors?.[index] ?? 0)) covered[index] = (covered[index] as number) + 1;
    });
  }
  // Binomial(30, 0.95): fewer than 24 happens about once in a thousand.
  for (const count of covered) expect(count).toBeGreaterThanOrEqual(24);
});

test('P(purchase in H) of a fit is what happens, decile by decile', () => {
  const shop = simulateShop(TRUTH, 20_000, wholeDays, 91, seededRandom(5));
  const { parameters } = fitted(fitPurchases(shop.counts, { kind: 'mbg', prior: 'weak' }));
  const people = [...shop.later.keys()]
    .map((row) => ({
      p: probabilityOfPurchase(
        parameters,
        {
          repeats: shop.counts.repeats[row] as number,
          span: shop.counts.span[row] as number,
          age: shop.counts.age[row] as number,
        },
        91,
      ),
      bought: (shop.later[row] as number) > 0 ? 1 : 0,
    }))
    .sort((left, right) => left.p - right.p);
  for (let decile = 0; decile < 10; decile++) {
    const own = people.slice(decile * 2000, decile * 2000 + 2000);
    const expected = own.reduce((sum, { p }) => sum + p, 0);
    const spread = Math.sqrt(own.reduce((sum, { p }) => sum + p * (1 - p), 0));
    expect(Math.abs(own.reduce((sum, { bought }) => sum + bought, 0) - expected)).toBeLessThan(4 * spread);
  }
});
