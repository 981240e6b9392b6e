import { addDays } from '../dates';
import type { CandidateName } from '../statistics/gate';
import { fallingOrder } from '../statistics/score-groups';
import type { FitParameter } from './fit-parameters';
import type { FitWindow, FitWindows } from './fit-windows';
import { activeRows, cutsOf } from './judge-fit';
import { BUYERS, type Population } from './population';
import { type PreparedCandidate, type PurchaseFits, prepare, probabilitiesOf, tenDigits } from './recipe';
import { type FitTiming, TRAINING_DATES, trainingDates } from './training-dates';

/** What people of one past window would have been told by a fit on data before it, added up by group, and what they did. */
export interface Backtest {
  told_date: string;
  score_model: CandidateName;
  groups: BacktestGroup[];
}

export interface BacktestGroup {
  /** all, decile, churn_tier or purchase_likelihood, as in the table receipts. */
  grouped_by: string;
  group_name: string;
  people: number;
  /** Sum of p. */
  expected_buyers: number;
  /** Sum of p (1 - p). */
  variance: number;
  actual_buyers: number;
}

interface DatedWindow {
  date: string;
  window: FitWindow;
}

/**
 * Back-tests of a model on the windows whose outcome is known, newest first: at each it is fitted on outcomes that were
 * known by then, and where none were the purchase model stands in, which needs none. Last year's window is left out: a fit
 * of that day would have had newer ones, which these windows do not hold.
 */
export function backtests(
  windows: Pick<FitWindows, 'judged' | 'training'>,
  model: CandidateName,
  timing: FitTiming,
  fits: PurchaseFits,
  population: Population = BUYERS,
): Backtest[] {
  const { horizon_days: horizon } = timing;
  const dates = trainingDates(timing);
  const past: DatedWindow[] = [
    { date: dates.judged_date, window: windows.judged },
    ...windows.training.map((window, index) => ({
      date: dates[TRAINING_DATES[index] as (typeof TRAINING_DATES)[number]],
      window,
    })),
  ].filter(({ window }) => window.rows > 0);
  return past.flatMap(({ date, window }): Backtest[] => {
    const matured = past
      .filter((other) => addDays(other.date, horizon) <= date)
      .sort((left, right) => (left.date < right.date ? 1 : -1))
      .map((other) => other.window);
    const at = { now: window, matured, levels: matured.slice(0, 1) };
    const prepared = [model, ...(population.standIn ? [population.standIn] : [])]
      .map((name) => prepare(name, at, fits, horizon))
      .find((candidate): candidate is PreparedCandidate => !('abstain' in candidate));
    if (!prepared) return [];
    const groups = groupsOf(probabilitiesOf(prepared, window, horizon), window, population);
    return [{ told_date: date, score_model: prepared.model.name, groups }];
  });
}

/** Adds up what each group was told and did; cuts and deciles are made of the chances alone, never of outcomes. */
function groupsOf(probability: Float64Array, window: FitWindow, { hasTiers }: Population): BacktestGroup[] {
  const groups = new Map<string, BacktestGroup>();
  const { likely, mediumFrom, highFrom } = cutsOf(probability, window, activeRows(window));
  const deciles = decilesOf(probability);
  for (let row = 0; row < window.rows; row++) {
    const p = probability[row] as number;
    const churn = Math.round((1 - p) * 1e6) / 1e6;
    const tier = churn >= highFrom ? 'high' : churn >= mediumFrom ? 'medium' : 'low';
    for (const [grouped_by, group_name] of [
      ['all', 'all'],
      ['decile', String(deciles[row])],
      ...(hasTiers ? [['churn_tier', tier] as const] : []),
      ['purchase_likelihood', p >= likely.cut ? 'likely' : 'unlikely'],
    ] as const) {
      const key = `${grouped_by} ${group_name}`;
      const nobody = { grouped_by, group_name, people: 0, expected_buyers: 0, variance: 0, actual_buyers: 0 };
      const group = groups.get(key) ?? nobody;
      groups.set(key, group);
      group.people += 1;
      group.expected_buyers += p;
      group.variance += p * (1 - p);
      group.actual_buyers += window.labels[row] as number;
    }
  }
  return [...groups.values()];
}

/** By the share of people with a greater chance, to four decimals: the rule of told_groups.sql. */
function decilesOf(probability: Float64Array): Uint8Array {
  const deciles = new Uint8Array(probability.length);
  let likelier = 0;
  let step = Number.NaN;
  for (const [place, row] of fallingOrder(probability).entries()) {
    const own = Math.floor((probability[row] as number) * 1e4);
    if (own !== step) likelier = place;
    step = own;
    deciles[row] = 1 + Math.floor((10 * likelier) / probability.length);
  }
  return deciles;
}

/** As rows of score_parameters: the part names date, kind of group and group. */
export function backtestParameters(tested: readonly Backtest[]): FitParameter[] {
  return tested.flatMap(({ told_date, score_model, groups }) =>
    groups.flatMap((group): FitParameter[] => {
      const part = [told_date, group.grouped_by, group.group_name].join(':');
      const { people, expected_buyers, variance, actual_buyers } = group;
      return [
        { model: 'backtest', part, name: 'score_model', value: null, text: score_model },
        ...Object.entries({ people, expected_buyers, variance, actual_buyers }).map(([name, value]) => ({
          model: 'backtest',
          part,
          name,
          value: tenDigits(value) ?? null,
          text: null,
        })),
      ];
    }),
  );
}
