import { compareCohorts, compareExpectedOrders, type OrdersComparison } from './models/cohorts';
import type { Comparison } from './models/comparison';
import type { Replication } from './models/judge';
import { compareLevels, type LevelComparison, type LevelDates, LOOKS } from './models/level';
import { printComparisons, printLevels, printOrders } from './models/print';
import { compareSeason } from './models/season';
import { BenchShops } from './models/shops';
import { runMain } from './run-main';

/**
 * Choices of the fit measured on public shops: whether the purchase model gains by a fit for each acquisition cohort,
 * whether last year's same season helps, and which windows should tell the level of tonight's chances. Needs the data beside the checkout, as bench/models.ts does.
 */
const REPLICATION: Replication = { replicates: 500, seed: 6 };

/** Judged date, and the newest date whose label ends by it. */
const COHORT_SPLITS: readonly { example: string; horizon: number; test: string; training: string }[] = [
  { example: 'uci-online-retail', horizon: 91, test: '2011-09-08', training: '2011-06-09' },
  { example: 'uci-online-retail', horizon: 60, test: '2011-10-09', training: '2011-08-10' },
  { example: 'cdnow', horizon: 91, test: '1997-12-31', training: '1997-10-01' },
  { example: 'cdnow', horizon: 91, test: '1998-03-31', training: '1997-12-30' },
  { example: 'cdnow', horizon: 180, test: '1997-12-31', training: '1997-07-04' },
  { example: 'grocery', horizon: 91, test: '2007-03-31', training: '2006-12-30' },
  { example: 'grocery', horizon: 91, test: '2007-06-30', training: '2007-03-31' },
  { example: 'apparel', horizon: 365, test: '2007-12-31', training: '2006-12-31' },
];

const quarters = (years: readonly number[]): string[] =>
  years.flatMap((year) => ['03-31', '06-30', '09-30', '12-31'].map((day) => `${year}-${day}`));

/** Dates a year after the first orders whose own label has matured in the data. */
const SEASONS: readonly { example: string; horizon: number; dates: readonly string[] }[] = [
  { example: 'cdnow', horizon: 91, dates: ['1998-03-31'] },
  { example: 'grocery', horizon: 91, dates: ['2007-03-31', '2007-06-30', '2007-09-30'] },
  { example: 'grocery', horizon: 28, dates: quarters([2007]).slice(0, 3) },
  { example: 'apparel', horizon: 91, dates: quarters([2006, 2007, 2008, 2009]).slice(1) },
  { example: 'apparel', horizon: 182, dates: quarters([2006, 2007, 2008, 2009]).slice(1) },
];

/** The oldest window is four weeks younger than the shop, so that there are people who could have come again. */
const LEVELS: readonly LevelDates[] = [
  { example: 'cdnow', horizons: [28, 56, 91, 182], earliest: '1997-01-29' },
  { example: 'uci-online-retail', horizons: [28, 56, 91], earliest: '2010-12-29' },
  { example: 'grocery', horizons: [28, 56, 91, 182], earliest: '2006-01-29' },
  { example: 'apparel', horizons: [28, 56, 91, 182, 365], earliest: '2005-01-31' },
  { example: 'apparel-250', horizons: [28, 56, 91, 182], earliest: '2005-01-31' },
];

const LOOK_TITLES = { night: 'as a night scores', gate: 'as the gate judges' } as const;

async function main(): Promise<void> {
  const shops = new BenchShops();
  try {
    const cohorts: Comparison[] = [];
    const orders: OrdersComparison[] = [];
    for (const { example, horizon, test, training } of COHORT_SPLITS) {
      const shop = await shops.open(example);
      const [then, now] = [await shop.snapshot(training, horizon), await shop.snapshot(test, horizon)];
      const title = `${example} ${horizon} d, ${test}`;
      cohorts.push(...compareCohorts(title, then, now, horizon, REPLICATION));
      orders.push(...compareExpectedOrders(title, now, horizon, REPLICATION));
    }
    printComparisons('Purchase model: one fit of all → one for each cohort of first purchases', cohorts);
    printOrders('Expected purchase days: one fit of all → one for each cohort of first purchases', orders);
    const seasons: Comparison[] = [];
    for (const { example, horizon, dates } of SEASONS)
      seasons.push(...(await compareSeason(await shops.open(example), dates, horizon, REPLICATION)));
    printComparisons("Without last year's same season → with it", seasons);
    for (const look of LOOKS) {
      const levels: LevelComparison[] = [];
      for (const dates of LEVELS)
        levels.push(...(await compareLevels(await shops.open(dates.example), dates, look, REPLICATION)));
      printLevels(LOOK_TITLES[look], levels);
    }
  } finally {
    await shops.close();
  }
}

runMain(main);
