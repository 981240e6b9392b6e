import fc from 'fast-check';
import { backtests } from '../../../src/core/scores/backtests';
import { type Decided, decideScoring } from '../../../src/core/scores/decide-scoring';
import { decidedParameters } from '../../../src/core/scores/fit-parameters';
import { type ColumnTable, type FitWindow, fitWindows, PROSPECT_COLUMNS } from '../../../src/core/scores/fit-windows';
import { FITS } from '../../../src/core/scores/fits';
import { PROSPECTS } from '../../../src/core/scores/population';
import { PurchaseFits, probabilitiesOf } from '../../../src/core/scores/recipe';
import { seededRandom } from '../../../src/core/statistics/random';
import { logit, sigmoid } from '../../../src/core/statistics/special';
import { anyNumber } from '../../support/any-number';
import { FAMILIES as BUYER_FAMILIES, EMBARGO, FEATURES, HORIZON, rowsOf, shopOf, shuffled } from './made-up-rows';

/** Registered people whose chance of a first order is known: a fit must find it again, or say why not. */
const FAMILIES = new Map([
  ['log_account_days', 'account'],
  ['log_visits_30d', 'visits'],
  ['log_clicks_90d', 'campaigns'],
]);
const NAMES = [...FAMILIES.keys()];
const SETTINGS = { horizon: HORIZON, embargo: EMBARGO };
const TIMING = { fit_date: '2026-03-30', horizon_days: HORIZON, late_arrival_days: EMBARGO };

interface Person {
  account: number;
  visits: number;
  clicks: number;
  random: () => number;
}

const SLOPES = { account: -0.6, visits: 1.1, clicks: 0.4 };
const chanceOf = ({ account, visits, clicks }: Person): number =>
  sigmoid(-2 + SLOPES.account * account + SLOPES.visits * visits + SLOPES.clicks * clicks);
const byChance = (person: Person): boolean => person.random() < chanceOf(person);

/** prospect_rows with so many people in each window. */
function prospectsOf(people: number, seed: number, bought: (person: Person) => boolean, windows = [1, 2, 3, 4]) {
  const random = seededRandom(seed);
  return tableOf(
    windows.flatMap((as_of_window) =>
      Array.from({ length: people }, (_, index) => {
        const person = { account: 5 * random(), visits: 2 * random(), clicks: Math.floor(3 * random()), random };
        return {
          as_of_window,
          customer_hash: index + as_of_window * people,
          has_bought: Number(bought(person)),
          recency_days: Math.floor(400 * random()),
          log_account_days: person.account,
          log_visits_30d: person.visits,
          log_clicks_90d: person.clicks,
        };
      }),
    ),
  );
}

function tableOf(rows: readonly Record<string, number>[]): ColumnTable {
  const columns = [...PROSPECT_COLUMNS, ...NAMES].map(
    (name) => [name, Float64Array.from(rows, (row) => row[name] ?? Number.NaN)] as const,
  );
  return { rows: rows.length, columns: new Map(columns) };
}

const fitOf = (table: ColumnTable): Decided =>
  decideScoring(fitWindows(table, NAMES), SETTINGS, PROSPECTS, new PurchaseFits());

describe('people who buy first by a chance that three features give', () => {
  const table = prospectsOf(3_000, 3, byChance);
  const windows = fitWindows(table, NAMES);
  const fitted = fitOf(table);

  test('are scored by a logistic model that beat both rules out of time, with all that was measured', () => {
    expect(fitted).toMatchObject({ reason: 'least_loss_on_newest_window', scoring: { model: { name: 'logistic' } } });
    expect(Object.keys(fitted.judged?.baselines ?? {}).sort()).toEqual(['global_rate', 'recency_only']);
    const rows = decidedParameters(fitted, windows, FAMILIES);
    const measured = rows
      .filter(({ model, part }) => model === 'logistic' && part === 'judged')
      .map(({ name }) => name);
    expect(measured).toEqual(
      expect.arrayContaining(['auc', 'average_precision', 'brier', 'log_loss', 'ece', 'top_decile_lift']),
    );
    const numbers = rows.filter(({ part, value }) => value !== null && !['slope', 'centre'].includes(part));
    expect(numbers.filter(({ value }) => value !== Number(value?.toPrecision(10)))).toEqual([]);
  });

  test('the slopes and the level of the story are found again', () => {
    const terms = fitted.scoring?.model.logistic?.terms ?? [];
    const slopeOf = (name: string): number => {
      const term = terms.find((each) => each.name === name);
      return term ? term.coefficient / term.deviation : Number.NaN;
    };
    expect(Math.abs(slopeOf('log_account_days') - SLOPES.account)).toBeLessThan(0.1);
    expect(Math.abs(slopeOf('log_visits_30d') - SLOPES.visits)).toBeLessThan(0.2);
    expect(Math.abs(slopeOf('log_clicks_90d') - SLOPES.clicks)).toBeLessThan(0.15);
    expect(Math.abs(fitted.scoring?.shift ?? 9)).toBeLessThan(0.15);
    const judged = fitted.judged?.candidates[0];
    expect(judged && 'everybody' in judged && judged.everybody.ece).toBeLessThan(0.02);
  });

  test('the back-test is of the judged window alone, without tiers, and right to within four deviations', () => {
    const tested = backtests(windows, 'logistic', TIMING, new PurchaseFits(), PROSPECTS);
    expect(tested.map((each) => each.told_date)).toEqual(['2025-12-22']);
    const groups = tested[0]?.groups ?? [];
    expect(new Set(groups.map((each) => each.grouped_by))).toEqual(new Set(['all', 'decile', 'purchase_likelihood']));
    const all = groups.find((each) => each.grouped_by === 'all');
    expect(all).toMatchObject({ people: windows.judged.rows, actual_buyers: windows.judged.positives });
    expect(Math.abs((all?.expected_buyers ?? 0) - windows.judged.positives)).toBeLessThan(
      4 * Math.sqrt(2 * (all?.variance ?? 0)),
    );
  });

  test('the order of rows changes nothing', () => {
    const digits = (decided: Decided) => decidedParameters(decided, windows, FAMILIES);
    expect(digits(fitOf(shuffled(table, 5)))).toEqual(digits(fitted));
  });
});

describe('the level', () => {
  /** People of whom last year twice as many bought as lately. */
  const drifted = (windows: readonly number[]): ColumnTable =>
    windows
      .map((window) => {
        const more = window === 4 ? 0.8 : -0.4;
        return prospectsOf(1_500, 20 + window, (person) => person.random() < sigmoid(logit(chanceOf(person)) + more), [
          window,
        ]);
      })
      .reduce(joined);
  const told = (fitted: Decided, window: FitWindow): number =>
    fitted.scoring ? probabilitiesOf(fitted.scoring, window, HORIZON).reduce((sum, each) => sum + each, 0) : Number.NaN;

  test('is that of the newest window and of last year together, where there is a year of history', () => {
    const windows = fitWindows(drifted([1, 2, 3, 4]), NAMES);
    const fitted = fitOf(drifted([1, 2, 3, 4]));
    const season = windows.season as FitWindow;
    expect(fitted.warnings).toEqual([]);
    expect(told(fitted, windows.judged) + told(fitted, season)).toBeCloseTo(
      windows.judged.positives + season.positives,
      1,
    );
    // Between the two: more than lately, less than a year ago.
    expect(told(fitted, windows.judged)).toBeGreaterThan(windows.judged.positives + 20);
    expect(told(fitted, season)).toBeLessThan(season.positives - 20);
  });

  test('is that of the newest window alone, with a warning, where there is none, or the horizon leaves no room for one', () => {
    const { judged } = fitWindows(drifted([1, 2, 3]), NAMES);
    const fitted = fitOf(drifted([1, 2, 3]));
    expect(fitted.warnings).toEqual(['season_unseen']);
    expect(told(fitted, judged)).toBeCloseTo(judged.positives, 1);
    const long = decideScoring(
      fitWindows(drifted([1, 2, 3, 4]), NAMES),
      { horizon: 365, embargo: EMBARGO },
      PROSPECTS,
      new PurchaseFits(),
    );
    expect(long.warnings).toEqual(['season_unseen']);
    expect(long.scoring).toEqual(fitted.scoring);
  });
});

describe('abstains with its reason', () => {
  const newest = (count: number) => {
    let left = count;
    return prospectsOf(2_000, 5, () => left-- > 0, [2]);
  };

  test.each([
    [199, 'too_few_positives'],
    [1_801, 'too_few_negatives'],
  ])('%d of 2,000 bought: %s', (bought, reason) => {
    const judged = prospectsOf(2_000, 6, byChance, [1]);
    expect(fitOf(joined(judged, newest(bought))).reason).toBe(reason);
  });

  test('200 who bought are enough to be judged', () => {
    const judged = prospectsOf(2_000, 6, byChance, [1]);
    const candidate = fitOf(joined(judged, newest(200))).judged?.candidates[0];
    expect(candidate && 'everybody' in candidate).toBe(true);
  });

  test('labels that one feature tells apart, and features that are the same for everybody', () => {
    const table = prospectsOf(1_500, 7, byChance);
    table.columns.get('log_clicks_90d')?.set(table.columns.get('has_bought') ?? []);
    expect(fitOf(table).reason).toBe('separable_labels');
    for (const name of NAMES) table.columns.get(name)?.fill(1);
    expect(fitOf(table).reason).toBe('no_feature_varies');
  });

  test('first orders that nothing foretells', () => {
    expect(fitOf(prospectsOf(2_000, 8, ({ random }) => random() < 0.15)).reason).toBe('not_better_than_baselines');
  });

  test('recency of the visit that says all: the rule is not beaten', () => {
    const table = prospectsOf(4_000, 9, ({ random }) => random() < 0.15);
    const [recency, bought] = [table.columns.get('recency_days'), table.columns.get('has_bought')];
    const random = seededRandom(10);
    recency?.forEach((days, row) => {
      if (bought) bought[row] = Number(random() < sigmoid(1 - Math.log1p(days)));
    });
    expect(fitOf(table)).toMatchObject({ scoring: undefined, reason: 'not_better_than_baselines' });
  });

  test('a shop that is too young, one without prospects, and one where nobody bought lately', () => {
    const select = (prospects: ColumnTable, buyers: ColumnTable): string =>
      FITS.churn.select(
        {
          training_rows: { ...buyers, families: BUYER_FAMILIES },
          prospect_rows: { ...prospects, families: FAMILIES },
        },
        { ...TIMING, is_provisional: false },
      );
    const nobody = tableOf([]);
    const buyers = rowsOf(shopOf(60, 1), { features: FEATURES });
    const noBuyers = {
      rows: 0,
      columns: new Map([...buyers.columns.keys()].map((name) => [name, new Float64Array()])),
    };
    const reasonIn = (text: string): string | undefined =>
      /\('score', 'decision', 'reason', [^,]+, '(\w+)'[^\n]*'prospects', 'none'/.exec(text)?.[1];
    expect(reasonIn(select(nobody, noBuyers))).toBe('history_too_short');
    expect(reasonIn(select(nobody, buyers))).toBe('no_prospects');
    expect(
      reasonIn(
        select(
          prospectsOf(2_000, 11, () => false),
          buyers,
        ),
      ),
    ).toBe('no_purchases_lately');
  });
});

function joined(one: ColumnTable, other: ColumnTable): ColumnTable {
  const columns = [...one.columns].map(
    ([name, values]) => [name, Float64Array.from([...values, ...(other.columns.get(name) ?? [])])] as const,
  );
  return { rows: one.rows + other.rows, columns: new Map(columns) };
}

test('whatever the rows, the fit ends with finite numbers or a reason', () => {
  const number = anyNumber(-1e3, 1e3);
  const row = fc.record({
    as_of_window: fc.integer({ min: 1, max: 4 }),
    customer_hash: fc.integer({ min: 0, max: 400 }),
    has_bought: fc.integer({ min: 0, max: 1 }),
    recency_days: fc.integer({ min: 0, max: 5_000 }),
    log_account_days: number,
    log_visits_30d: number,
    log_clicks_90d: fc.constantFrom(0, 1),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (rows, times) => {
      // The same rows many times over, so that some have enough of either label.
      const table = tableOf(Array.from({ length: times }, () => rows).flat());
      const fitted = fitOf(table);
      expect(fitted.reason).not.toBe('');
      for (const { value } of decidedParameters(fitted, fitWindows(table, NAMES), FAMILIES))
        expect(value === null || Number.isFinite(value)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
