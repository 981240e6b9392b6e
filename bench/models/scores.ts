import { baselineProbabilities } from '../../src/core/scores/baselines';
import { concat } from '../../src/core/scores/candidates';
import { type PurchaseFits, prepareAll, probabilitiesOf } from '../../src/core/scores/recipe';
import { BASELINES, CANDIDATES } from '../../src/core/statistics/gate';
import { fitNewton } from '../../src/core/statistics/logistic-newton';
import { sigmoid } from '../../src/core/statistics/special';
import { standardise } from '../../src/core/statistics/standardise';
import type { Snapshot } from './shop';
import type { Split } from './splits';

/** Training windows, newest first, and the one judged. */
export interface Windows {
  split: Split;
  training: readonly Snapshot[];
  test: Snapshot;
}

/** P(purchase within H) of everybody in the judged window, or why there is none. */
export interface Scored {
  name: string;
  scored: Float64Array | { abstain: string };
}

/** The candidates as the product prepares them for a date: fitted, and their level moved, by what is known then. */
export function candidateScores({ training, test, split }: Windows, fits: PurchaseFits): Scored[] {
  const known = { now: test, matured: training, levels: training.slice(0, 1) };
  return prepareAll(CANDIDATES, known, fits, split.horizonDays).map(([name, prepared]) => ({
    name,
    scored: 'abstain' in prepared ? prepared : probabilitiesOf(prepared, test, split.horizonDays),
  }));
}

/** The product's baselines, and R / mean gap: of one-time buyers nothing is known, so they stand at 1. */
export function baselineScores({ training, test }: Windows): Scored[] {
  const own = BASELINES.map((name) => ({ name, scored: baselineProbabilities(name, training, test) }));
  return [...own, { name: 'gap_ratio', scored: gapRatio(training, test) }];
}

function gapRatio(training: readonly Snapshot[], test: Snapshot): Float64Array {
  const ratioOf = ({ features }: Snapshot): Float64Array => features.get('log_overdue_ratio') as Float64Array;
  const { design, means, deviations } = standardise([concat(training.map(ratioOf))]);
  const labels = Uint8Array.from(training.flatMap((window) => [...window.labels]));
  const [slope, intercept] = [...fitNewton(design, 1, labels, undefined, 1).coefficients] as [number, number];
  return ratioOf(test).map((value) =>
    sigmoid(intercept + (slope * (value - (means[0] as number))) / (deviations[0] as number)),
  );
}
