import { decide, type JudgedCandidate } from '../../../src/core/statistics/gate';
import type { Judgement } from '../../../src/core/statistics/metrics';

const judgement = (logLoss: number, ece = 0.02): Judgement => ({
  rows: 2000,
  positives: 500,
  auc: 0.8,
  averagePrecision: 0.6,
  brier: 0.15,
  logLoss,
  ece,
  calibrationInTheLarge: 0,
  topDecileLift: 3,
});
const gain = (estimate: number) => ({ estimate, low: estimate - 0.01, high: estimate + 0.01 });
const candidate = (
  name: JudgedCandidate['name'],
  logLoss: number,
  change: Partial<JudgedCandidate> = {},
): JudgedCandidate => ({
  name,
  everybody: judgement(logLoss),
  active: undefined,
  gainOver: { global_rate: gain(0.1), recency_only: gain(0.03), rfm_sum: gain(0.02) },
  ...change,
});
const large = { rows: 5000, positives: 1200 };

test('the least log-loss scores; on a draw the simpler one', () => {
  const candidates = [candidate('logistic_with_mbg', 0.4), candidate('logistic', 0.4), candidate('mbg', 0.41)];
  expect(decide({ trainable: large, candidates })).toEqual({
    model: 'logistic',
    abstain: undefined,
    verdicts: { mbg: 'another_is_better', logistic: 'scores', logistic_with_mbg: 'another_is_better' },
  });
});

test.each([
  { rows: 999, positives: 400 },
  { rows: 5000, positives: 199 },
  { rows: 5000, positives: 4801 },
])('a small shop begins with MBG alone: %p', (trainable) => {
  const decision = decide({ trainable, candidates: [candidate('mbg', 0.5), candidate('logistic', 0.3)] });
  expect([decision.model, decision.verdicts.logistic]).toEqual(['mbg', 'shop_too_small']);
});

test.each([
  [
    'not_better_than_baselines',
    { gainOver: { ...candidate('mbg', 1).gainOver, global_rate: gain(0.005) } },
    'not_better_than_global_rate',
  ],
  [
    'not_better_than_baselines',
    { gainOver: { ...candidate('mbg', 1).gainOver, rfm_sum: gain(-0.001) } },
    'not_better_than_rfm_sum',
  ],
  ['not_calibrated', { everybody: judgement(0.4, 0.16) }, 'not_calibrated'],
  ['not_calibrated', { active: judgement(0.4, 0.16) }, 'not_calibrated'],
  ['window_too_small', { everybody: { ...judgement(0.4), positives: 19 } }, 'window_too_small'],
] as const)('nothing is published: %s (%#)', (abstain, change, verdict) => {
  const decision = decide({ trainable: large, candidates: [candidate('mbg', 0.4, change)] });
  expect(decision).toEqual({ model: undefined, abstain, verdicts: { mbg: verdict } });
});

test('reasons of candidates that abstain are kept', () => {
  expect(decide({ trainable: large, candidates: [{ name: 'logistic', abstain: 'separable_labels' }] })).toEqual({
    model: undefined,
    abstain: 'no_candidate',
    verdicts: { logistic: 'abstained: separable_labels' },
  });
});
