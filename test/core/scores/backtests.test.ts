import { type Backtest, type BacktestGroup, backtestParameters, backtests } from '../../../src/core/scores/backtests';
import type { FitWindow, FitWindows } from '../../../src/core/scores/fit-windows';
import { PurchaseFits } from '../../../src/core/scores/recipe';
import { simulatedWindow } from './simulated-window';

/** Windows of simulated shops whose customers do what the purchase model says: then its back-tests must be right. */
const TIMING = { fit_date: '2026-03-30', horizon_days: 28, late_arrival_days: 7 };
const TRUTH = { kind: 'mbg', r: 1.2, alpha: 40, a: 0.6, b: 3 } as const;

const windowOf = (seed: number, customers = 1000): FitWindow =>
  simulatedWindow(TRUTH, { seed, customers, horizon: 28 });

const WINDOWS: FitWindows = {
  fit: windowOf(1),
  judged: windowOf(2),
  training: [windowOf(3), windowOf(4, 1300)],
  season: undefined,
};

/** Fits of one window are made once. */
const FITS = new PurchaseFits();
const testsOf = (windows: FitWindows, model: 'mbg' | 'logistic' = 'logistic'): Backtest[] =>
  backtests(windows, model, TIMING, FITS);
const group = ({ groups }: Backtest, by: string, name: string): BacktestGroup =>
  groups.find((each) => each.grouped_by === by && each.group_name === name) as BacktestGroup;
const told = (tested: Backtest[]): (string | number)[][] =>
  tested.map((each) => [each.told_date, each.score_model, group(each, 'all', 'all').expected_buyers]);
/** The same customers, who all did the opposite. */
const opposite = (window: FitWindow): FitWindow => ({
  ...window,
  labels: window.labels.map((label) => 1 - label),
  positives: window.rows - window.positives,
});

let tested: Backtest[];
beforeAll(() => {
  tested = testsOf(WINDOWS);
});

test('windows newest first, each by the model that could be fitted on what was known by then', () => {
  // A window is known 28 days later: the one before the judged one by then, and so on; before the oldest nothing is.
  expect(tested.map((each) => [each.told_date, each.score_model])).toEqual([
    ['2026-02-23', 'logistic'],
    ['2026-01-26', 'logistic'],
    ['2025-12-29', 'mbg'],
  ]);
});

test('groups of a kind hold everybody once, and what they did', () => {
  for (const [index, each] of tested.entries()) {
    const window = [WINDOWS.judged, ...WINDOWS.training][index] as FitWindow;
    for (const by of ['all', 'decile', 'churn_tier', 'purchase_likelihood']) {
      const groups = each.groups.filter((one) => one.grouped_by === by);
      expect(groups.reduce((sum, one) => sum + one.people, 0)).toBe(window.rows);
      expect(groups.reduce((sum, one) => sum + one.actual_buyers, 0)).toBe(window.positives);
    }
  }
});

test('customers who do what the model says are told right: within four deviations, first tenths above last ones', () => {
  for (const each of testsOf(WINDOWS, 'mbg')) {
    const { expected_buyers, actual_buyers, variance } = group(each, 'all', 'all');
    expect(Math.abs(actual_buyers - expected_buyers)).toBeLessThan(4 * Math.sqrt(variance));
    const [first, last] = [group(each, 'decile', '1'), group(each, 'decile', '9')];
    expect(first.actual_buyers / first.people).toBeGreaterThan(last.actual_buyers / last.people + 0.15);
    const likely = group(each, 'purchase_likelihood', 'likely');
    expect(likely.people).toBeGreaterThanOrEqual(Math.round(expected_buyers));
  }
});

test('what happened after a told date changes nothing that was told on it or before', () => {
  expect(told(testsOf({ ...WINDOWS, judged: opposite(WINDOWS.judged) }))).toEqual(told(tested));
  const [newest, ...older] = WINDOWS.training as [FitWindow, FitWindow];
  const changed = told(testsOf({ ...WINDOWS, training: [opposite(newest), ...older] }));
  expect(changed.slice(1)).toEqual(told(tested).slice(1));
  // The judged window was told by a fit that knew it.
  expect(changed[0]).not.toEqual(told(tested)[0]);
});

test('a long horizon leaves no outcome known before older windows: the purchase model tells what it can', () => {
  const long = backtests(WINDOWS, 'logistic', { ...TIMING, horizon_days: 91 }, FITS);
  expect(long.map((each) => each.score_model)).toEqual(['logistic', 'mbg', 'mbg']);
});

test('a window without customers, or whose model cannot be fitted, has no back-test', () => {
  const nobody = { ...windowOf(6, 0) };
  expect(testsOf({ ...WINDOWS, judged: nobody, training: [] })).toEqual([]);
  const alone = windowOf(7, 1);
  expect(testsOf({ ...WINDOWS, judged: alone, training: [] }).every((each) => each.groups.length > 0)).toBe(true);
});

test('as parameters: a part a group, its numbers by name to ten digits', () => {
  const rows = backtestParameters([
    {
      told_date: '2026-02-23',
      score_model: 'mbg',
      groups: [
        { grouped_by: 'decile', group_name: '10', people: 3, expected_buyers: 1 / 3, variance: 0.25, actual_buyers: 0 },
      ],
    },
  ]);
  expect(rows.map(({ model, part, name, value, text }) => [model, part, name, value ?? text])).toEqual([
    ['backtest', '2026-02-23:decile:10', 'score_model', 'mbg'],
    ['backtest', '2026-02-23:decile:10', 'people', 3],
    ['backtest', '2026-02-23:decile:10', 'expected_buyers', 0.3333333333],
    ['backtest', '2026-02-23:decile:10', 'variance', 0.25],
    ['backtest', '2026-02-23:decile:10', 'actual_buyers', 0],
  ]);
});
