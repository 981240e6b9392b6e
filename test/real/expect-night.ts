import { compareNight, identifiedShares } from './compare-night';
import type { RawShop } from './raw-shops';
import type { RealNight } from './real-night';

/** Every published number of a night against the independent calculation over the raw file. */
export function expectNight(night: RealNight, shop: RawShop, hasAmounts = true): ReturnType<typeof compareNight> {
  const found = compareNight(night, shop, hasAmounts);
  expect(found.counts).toEqual(found.expectedCounts);
  expect(found.wrongPeople).toEqual([]);
  expect(found.wrongScores).toEqual([]);
  expect(found.wrongCurveDays).toEqual([]);
  expect(found.thresholds).toEqual(found.expectedThresholds);
  expect(found.wrongStages).toEqual([]);
  expect(found.wrongBacktest).toEqual([]);
  const facts = night.manifest.facts.stg_orders ?? {};
  const shares = identifiedShares(shop, night.manifest.run_date);
  expect([Number(facts.purchases), Number(facts.unidentified_orders)]).toEqual([
    shares.purchases,
    shares.unidentified_orders,
  ]);
  if (hasAmounts) {
    expect(Math.round(Number(facts.purchase_amount) * 100)).toBe(shares.purchase_amount);
    expect(Math.round(Number(facts.unidentified_purchase_amount) * 100)).toBe(shares.unidentified_purchase_amount);
  }
  return found;
}

/** Shares that bought within the next horizon by stage, as text such as `repeat active`. */
export function boughtShares(night: RealNight): Record<string, number> {
  return Object.fromEntries(
    (night.tables.lifecycle_backtest ?? []).map((row) => [
      `${row.is_repeat ? 'repeat' : 'one-time'} ${row.lifecycle_stage}`,
      Number(row.bought_share),
    ]),
  );
}

/** Each later stage buys less than the one before it, where both hold enough people to tell. */
export function stagesOutOfOrder(night: RealNight, fewest = 30): string[] {
  const rows = (night.tables.lifecycle_backtest ?? []).filter((row) => Number(row.people) >= fewest);
  return [false, true].flatMap((isRepeat) => {
    const steps = ['active', 'at_risk', 'lapsed'].flatMap((stage) =>
      rows.filter((row) => row.is_repeat === isRepeat && row.lifecycle_stage === stage),
    );
    return steps
      .filter((row, index) => index > 0 && Number(row.bought_share) >= Number(steps[index - 1]?.bought_share))
      .map((row) => `${isRepeat ? 'repeat' : 'one-time'} ${row.lifecycle_stage}`);
  });
}

/** Shares near those measured by other means: within seven points, for the edges of the stages are not the same. */
export function expectShares(found: Record<string, number>, measured: Record<string, number>): void {
  const near = Object.entries(measured).filter(
    ([stage, share]) => Math.abs((found[stage] ?? Number.NaN) - share) < 0.07,
  );
  expect(near.map(([stage]) => stage)).toEqual(Object.keys(measured));
}
