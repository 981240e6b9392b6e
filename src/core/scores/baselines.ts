import type { BaselineName } from '../statistics/gate';
import { fitNewton } from '../statistics/logistic-newton';
import { sigmoid } from '../statistics/special';
import { standardise } from '../statistics/standardise';
import { concat } from './candidates';
import type { FitWindow } from './fit-windows';

/** Scores 1 to 5 as of facts on RFM: one more for each fifth of the people who are worse; equal values, equal scores. */
function fifths(goodness: Float64Array): Float64Array {
  const sorted = Float64Array.from(goodness).sort();
  const worse = new Map<number, number>();
  sorted.forEach((value, rank) => {
    if (!worse.has(value)) worse.set(value, rank);
  });
  return goodness.map((value) => 1 + Math.floor((5 * (worse.get(value) as number)) / goodness.length));
}

/** Any rising function of what a person spent: the same scores. */
const MONEY = 'log_purchase_amount';

/** R + F + M of each customer of a window, scored within it; frequency as purchase days, money 1 where it says nothing. */
export function rfmSum({ recency, counts, features, rows }: FitWindow): Float64Array {
  const [r, m] = [fifths(recency.map((each) => -each)), fifths(features.get(MONEY) ?? new Float64Array(rows))];
  const f = fifths(counts.repeats);
  return Float64Array.from({ length: rows }, (_, row) => (r[row] as number) + (f[row] as number) + (m[row] as number));
}

const FEATURE: Record<BaselineName, (window: FitWindow) => Float64Array> = {
  global_rate: ({ rows }) => new Float64Array(rows),
  recency_only: ({ recency }) => recency.map((each) => Math.log1p(each)),
  rfm_sum: rfmSum,
};

/**
 * P(purchase within H) of every judged customer by a model of one feature, fitted on the training windows; without any, on
 * the judged window itself, which favours the baseline.
 */
export function baselineProbabilities(
  name: BaselineName,
  training: readonly FitWindow[],
  judged: FitWindow,
): Float64Array {
  const windows = training.length > 0 ? training : [judged];
  const column = concat(windows.map(FEATURE[name]));
  const labels = Uint8Array.from(windows.flatMap((window) => [...window.labels]));
  const rate = (labels.reduce((sum, each) => sum + each, 0) + 0.5) / (labels.length + 1);
  const { design, means, deviations, varying } = standardise([column]);
  const fit = varying.length > 0 ? fitNewton(design, 1, labels, undefined, 1) : undefined;
  if (!fit?.hasConverged) return new Float64Array(judged.rows).fill(rate);
  const [slope, intercept] = fit.coefficients as unknown as [number, number];
  return FEATURE[name](judged).map((value) =>
    sigmoid(intercept + (slope * (value - (means[0] as number))) / (deviations[0] as number)),
  );
}
