import fc from 'fast-check';
import { fitLogisticCandidate } from '../../../src/core/scores/candidates';
import { fitChurn } from '../../../src/core/scores/fit-churn';
import { fitParameters } from '../../../src/core/scores/fit-parameters';
import { type ColumnTable, fitWindows } from '../../../src/core/scores/fit-windows';
import { FITS } from '../../../src/core/scores/fits';
import { REASONS } from '../../../src/core/scores/reasons';
import { seededRandom } from '../../../src/core/statistics/random';
import { anyNumber } from '../../support/any-number';
import { gammaDraw } from '../statistics/simulate';
import {
  EMBARGO,
  FAMILIES,
  FEATURES,
  FIT_DAY,
  HORIZON,
  rowsOf,
  shopOf,
  shuffled,
  tableOf,
  windowDays,
} from './made-up-rows';

const fitTable = (table: ColumnTable, horizon = HORIZON, names = Object.keys(FEATURES)) =>
  fitChurn(fitWindows(table, names), { horizon, embargo: EMBARGO });
const CONTEXT = {
  fit_date: '2026-03-30',
  horizon_days: HORIZON,
  late_arrival_days: EMBARGO,
  is_provisional: false,
};
const NOBODY = { ...tableOf([], []), families: new Map() };
const selectOf = (rows: ColumnTable): string =>
  FITS.churn.select({ training_rows: { ...rows, families: FAMILIES }, prospect_rows: NOBODY }, CONTEXT);

const large = rowsOf(shopOf(1_500, 1));

test('the windows of a fit: labels end by the embargo, and those of training by the judged date', () => {
  const days = windowDays();
  const [fitDay, judged, first, second, season] = [0, 1, 2, 3, 4].map((window) => days.get(window) as number);
  expect(fitDay).toBe(FIT_DAY);
  expect((judged as number) + HORIZON + EMBARGO).toBe(FIT_DAY);
  expect((first as number) + HORIZON).toBe(judged);
  expect(second).toBe((first as number) - 28);
  expect(season).toBe(FIT_DAY - 364);
});

describe('a shop of some thousand customers', () => {
  const fitted = fitTable(large);

  test('is scored by the candidate that lost least out of time, and every number is finite', () => {
    const judged = fitted.judged;
    const losses = judged?.candidates.map((each) => ('abstain' in each ? Infinity : each.everybody.logLoss)) ?? [];
    const scoring = judged?.candidates.find((each) => each.name === fitted.scoring?.model.name);
    expect(fitted.reason).toBe('least_loss_on_newest_window');
    expect(scoring && !('abstain' in scoring) && scoring.everybody.logLoss).toBe(Math.min(...losses));
    for (const { value } of fitParameters(fitted, fitWindows(large, Object.keys(FEATURES)), FAMILIES))
      expect(value === null || Number.isFinite(value)).toBe(true);
  });

  test('is calibrated and ranks better than every baseline', () => {
    const judged = fitted.judged;
    const mbg = judged?.candidates.find((each) => each.name === 'mbg');
    if (!mbg || 'abstain' in mbg) throw new Error('the purchase model abstains on its own story');
    expect(mbg.everybody.ece).toBeLessThan(0.03);
    for (const { everybody } of Object.values(judged?.baselines ?? {}))
      expect(mbg.everybody.auc ?? 0).toBeGreaterThanOrEqual((everybody.auc ?? 1) - 0.005);
  });

  test('has as many likely people as buyers expected, and says how many of them bought', () => {
    const likely = fitted.judged?.cuts?.likely;
    const { judged } = fitWindows(large, []);
    expect(Math.abs((likely?.likely ?? 0) / judged.positives - 1)).toBeLessThan(0.15);
    expect(likely?.precision).toBeGreaterThan(judged.positives / judged.rows);
  });

  test('recovers the dropout and the rate of the story it was made of', () => {
    const { r, alpha, a, b } = fitted.purchases?.parameters ?? { r: 0, alpha: 0, a: 0, b: 0 };
    expect(r / alpha / (0.9 / 60)).toBeGreaterThan(0.8);
    expect(r / alpha / (0.9 / 60)).toBeLessThan(1.25);
    expect(a / (a + b)).toBeGreaterThan(0.15);
    expect(a / (a + b)).toBeLessThan(0.25);
  });

  test('gives the same parameters whatever order its rows come in', () => {
    const small = rowsOf(shopOf(700, 2));
    expect(selectOf(shuffled(small, 5))).toBe(selectOf(small));
  });
});

describe('abstains with its reason', () => {
  /** What the logistic model alone says of the training windows. */
  const logisticOf = (table: ColumnTable) =>
    fitLogisticCandidate(fitWindows(table, [...table.columns.keys()].slice(8)).training, undefined, HORIZON);

  test('below a thousand customers the purchase model alone', () => {
    const fitted = fitTable(rowsOf(shopOf(700, 2)));
    expect(fitted.judged?.decision.verdicts.logistic).toBe('shop_too_small');
    expect(fitted.scoring?.model.name).toBe('mbg');
  });

  test('199 buyers in the newest training window', () => {
    const table = rowsOf(shopOf(1_500, 3));
    const [window, bought] = [table.columns.get('as_of_window'), table.columns.get('has_bought')] as [
      Float64Array,
      Float64Array,
    ];
    let left = 199;
    window.forEach((each, row) => {
      if (each !== 2 && each !== 3) return;
      if (bought[row] === 1 && (each === 3 || left-- <= 0)) bought[row] = 0;
    });
    expect(logisticOf(table)).toEqual({ abstain: 'too_few_positives' });
  });

  test('a feature that tells buyers from others without error', () => {
    const features = {
      ...FEATURES,
      leak: (_known: number[], _day: number, _customer: unknown, bought: boolean) => Number(bought),
    };
    const table = rowsOf(shopOf(1_500, 4), { features });
    expect(logisticOf(table)).toEqual({ abstain: 'separable_labels' });
    expect(fitTable(table, HORIZON, Object.keys(features)).warnings).toContain('feature_leaks');
  });

  test('features that are the same for everybody', () => {
    expect(logisticOf(rowsOf(shopOf(1_500, 4), { features: { same: () => 1 } }))).toEqual({
      abstain: 'no_feature_varies',
    });
  });

  test('a shop three weeks old, and one whose horizon is longer than its history', () => {
    const young = shopOf(1_300, 5, 21).map((each) => ({ ...each, days: each.days.map((day) => day + FIT_DAY - 21) }));
    expect(fitTable(rowsOf(young)).reason).toBe('history_too_short');
    const half = shopOf(1_300, 5, 300).map((each) => ({ ...each, days: each.days.map((day) => day + FIT_DAY - 300) }));
    expect(fitTable(rowsOf(half, { horizon: 365 }), 365)).toMatchObject({
      scoring: undefined,
      reason: 'history_too_short',
    });
  });

  test('a shop that stopped selling a quarter ago', () => {
    const shop = shopOf(1_300, 6).map((each) => ({ ...each, days: each.days.filter((day) => day < FIT_DAY - 110) }));
    const fitted = fitTable(rowsOf(shop.filter((each) => each.days.length > 0)));
    expect(fitted).toMatchObject({ scoring: undefined, reason: 'no_purchases_lately' });
    expect(fitted.purchases).toBeUndefined();
    const long = fitTable(
      rowsOf(
        shop.filter((each) => each.days.length > 0),
        { horizon: 182 },
      ),
      182,
    );
    expect(long).toMatchObject({ scoring: undefined, reason: 'no_purchases_lately', purchases: undefined });
    expect(long.purchasesAbstain).toBe('no_purchases_lately');
  });

  test('customers who never leave: no expected orders and a warning, chances all the same', () => {
    const random = seededRandom(2);
    const shop = Array.from({ length: 900 }, () => {
      const rate = gammaDraw(2, random) / 120;
      const days = [Math.floor(random() * FIT_DAY)];
      const wait = (): number => 1 - Math.log(1 - random()) / rate;
      for (let at = (days[0] as number) + wait(); at <= FIT_DAY; at += wait()) days.push(Math.floor(at));
      return { days, value: 20 };
    });
    const fitted = fitTable(rowsOf(shop));
    expect(fitted).toMatchObject({ purchases: undefined, purchasesAbstain: 'dropout_not_identified' });
    expect(fitted.warnings).toContain('dropout_not_identified');
    expect(fitted.scoring?.model.name).toBe('mbg');
  });

  test('purchases that no history foretells', () => {
    const random = seededRandom(9);
    const shop = Array.from({ length: 1_000 }, () => ({
      days: [0, ...Array.from({ length: FIT_DAY }, (_, day) => day + 1).filter(() => random() < 1 / 150)],
      value: 20,
    }));
    const fitted = fitTable(rowsOf(shop));
    expect(fitted.scoring).toBeUndefined();
    expect(fitted.reason).toBe('not_better_than_baselines');
    expect(Object.keys(REASONS)).toContain(fitted.purchasesAbstain);
  });

  test('no amounts: nothing is said of value, the rest is', () => {
    const table = rowsOf(shopOf(800, 7));
    table.columns.get('order_value')?.fill(Number.NaN);
    const fitted = fitTable(table);
    expect(fitted.valueAbstain).toBe('too_few_repeat_customers');
    expect(fitted.scoring).toBeDefined();
  });

  test('a horizon of a year has no season, and less than a year of history none that was seen', () => {
    expect(fitTable(rowsOf(shopOf(900, 8), { horizon: 365 }), 365).warnings).toContain('season_unseen');
    expect(fitTable(rowsOf(shopOf(700, 2))).warnings).not.toContain('season_unseen');
  });
});

test('whatever the rows, a fit ends with finite numbers or a reason', () => {
  const row = fc.record({
    as_of_window: fc.integer({ min: 0, max: 4 }),
    customer_hash: fc.integer({ min: 0, max: 30 }),
    has_bought: fc.integer({ min: 0, max: 1 }),
    history: fc.oneof(
      fc.record({ repeats: fc.constant(0), span: fc.constant(0), age: fc.integer({ min: 0, max: 5_000 }) }),
      fc
        .tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 500 }))
        .map(([repeats, span, rest]) => ({ repeats: Math.min(repeats, span), span, age: span + rest })),
    ),
    order_value: fc.oneof(fc.constant(Number.NaN), anyNumber(0, 1e7)),
    feature: anyNumber(-1e3, 1e3),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), (rows) => {
      const flat = rows.map(({ history, ...each }) => ({
        ...each,
        repeat_count: history.repeats,
        span_days: history.span,
        age_days: history.age,
        recency_days: history.age - history.span,
      }));
      const fitted = fitChurn(fitWindows(tableOf(flat, ['feature']), ['feature']), {
        horizon: HORIZON,
        embargo: EMBARGO,
      });
      expect(fitted.reason).not.toBe('');
      const windows = fitWindows(tableOf(flat, ['feature']), ['feature']);
      for (const { value } of fitParameters(fitted, windows, new Map([['feature', 'spend']])))
        expect(value === null || Number.isFinite(value)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
