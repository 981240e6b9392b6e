import { fitLogistic, linearPredictors } from '../../src/core/statistics/logistic';
import { fitNewton } from '../../src/core/statistics/logistic-newton';
import { fitPurchases } from '../../src/core/statistics/purchase-fit';
import type { PurchaseParameters } from '../../src/core/statistics/purchase-likelihood';
import { probabilityOfPurchase } from '../../src/core/statistics/purchase-scores';
import { logit, sigmoid } from '../../src/core/statistics/special';
import { standardise } from '../../src/core/statistics/standardise';
import type { Snapshot } from './shop';
import type { Split } from './splits';

/** P(purchase within H) of everybody in the judged window, or why there is none. */
export type Scored = Float64Array | { abstain: string };

/** Training windows, newest first, and the one judged. */
export interface Windows {
  split: Split;
  training: readonly Snapshot[];
  test: Snapshot;
}

function concat(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

const labelsOf = (windows: readonly Snapshot[]): Uint8Array =>
  Uint8Array.from(windows.flatMap(({ labels }) => [...labels]));

/** Snapshots of one customer share a weight of 1. */
function weightsOf(windows: readonly Snapshot[]): Float64Array {
  const times = new Map<string, number>();
  for (const { customers } of windows) for (const id of customers) times.set(id, (times.get(id) ?? 0) + 1);
  return Float64Array.from(
    windows.flatMap(({ customers }) => customers),
    (id: string) => 1 / (times.get(id) as number),
  );
}

function purchaseChances(parameters: PurchaseParameters, { counts }: Snapshot, horizon: number): Float64Array {
  return counts.repeats.map((repeats, row) =>
    probabilityOfPurchase(
      parameters,
      { repeats, span: counts.span[row] as number, age: counts.age[row] as number },
      horizon,
    ),
  );
}

/** MBG on the judged window's own past: it needs no labels, so nothing of the future is seen. */
export function scoreMbg({ test, split }: Windows): Scored {
  const fit = fitPurchases(test.counts, { kind: 'mbg', prior: 'weak' });
  return 'abstain' in fit ? fit : purchaseChances(fit.fitted.parameters, test, split.horizonDays);
}

const RIDGE = 1;

/** The logistic model of the training windows; `withMbg` adds the log-odds of an MBG fitted as of the newest of them. */
export function scoreLogistic({ training, test, split }: Windows, withMbg: boolean): Scored {
  const newest = training[0] as Snapshot;
  const mbg = withMbg ? fitPurchases(newest.counts, { kind: 'mbg', prior: 'weak' }) : undefined;
  if (mbg && 'abstain' in mbg) return mbg;
  const parameters = mbg?.fitted.parameters;
  const names = [...newest.names, ...(parameters ? ['mbg_logit'] : [])];
  const columnsOf = (window: Snapshot): Float64Array[] => [
    ...window.columns,
    ...(parameters ? [purchaseChances(parameters, window, split.horizonDays).map(logit)] : []),
  ];
  const designs = training.map(columnsOf);
  const fit = fitLogistic(
    {
      names,
      columns: names.map((_, column) => concat(designs.map((design) => design[column] as Float64Array))),
      labels: labelsOf(training),
      weights: weightsOf(training),
    },
    { ridge: RIDGE },
  );
  if ('abstain' in fit) return fit;
  return linearPredictors(fit.fitted.model, { names, columns: columnsOf(test) }).map(sigmoid);
}

/** A model of one feature, fitted on the training windows: what makes a rule comparable with a probability. */
function scoreOne({ training, test }: Windows, feature: (window: Snapshot) => Float64Array): Float64Array {
  const { design, means, deviations, varying } = standardise([concat(training.map(feature))], weightsOf(training));
  const fit = fitNewton(design, varying.length, labelsOf(training), weightsOf(training), RIDGE);
  const [slope, intercept] = varying.length > 0 ? [...fit.coefficients] : [0, fit.coefficients[0]];
  return feature(test).map((value) =>
    sigmoid((intercept as number) + ((slope as number) * (value - (means[0] ?? 0))) / (deviations[0] ?? 1)),
  );
}

function column(window: Snapshot, name: string): Float64Array {
  return window.columns[window.names.indexOf(name)] as Float64Array;
}

/** 1 to 5: one more for each fifth of the people who are worse; equal values, equal scores. */
function fifths(goodness: Float64Array): Float64Array {
  const worse = new Map<number, number>();
  Float64Array.from(goodness)
    .sort()
    .forEach((value, rank) => {
      if (!worse.has(value)) worse.set(value, rank);
    });
  return goodness.map((value) => 1 + Math.floor((5 * (worse.get(value) as number)) / goodness.length));
}

function rfmSum(window: Snapshot): Float64Array {
  const [r, f, m] = [
    fifths(window.recency.map((each) => -each)),
    fifths(window.counts.repeats),
    fifths(column(window, 'log_purchase_amount')),
  ];
  return r.map((each, row) => each + (f[row] as number) + (m[row] as number));
}

export const BASELINE_SCORES = {
  global_rate: (windows: Windows) => scoreOne(windows, ({ recency }) => new Float64Array(recency.length)),
  recency_only: (windows: Windows) => scoreOne(windows, (window) => column(window, 'log_recency_days')),
  rfm_sum: (windows: Windows) => scoreOne(windows, rfmSum),
  /** R / mean gap; of one-time buyers nothing is known, so they stand at 1. */
  gap_ratio: (windows: Windows) => scoreOne(windows, (window) => column(window, 'log_overdue_ratio')),
} as const;
