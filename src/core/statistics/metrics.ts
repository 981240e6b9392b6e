import { type ScoreGroups, totalsOf } from './score-groups';

/** How good a score was, out of time. Undefined where the window cannot tell: no positives, or no negatives. */
export interface Judgement {
  rows: number;
  positives: number;
  auc: number | undefined;
  averagePrecision: number | undefined;
  brier: number;
  logLoss: number;
  /** Expected calibration error over ten bins of equal count. */
  ece: number;
  /** Mean probability minus mean outcome: above 0 promises too much. */
  calibrationInTheLarge: number;
  topDecileLift: number | undefined;
}

/** One tenth of the rows, the highest probabilities first. */
export interface Decile {
  rows: number;
  positives: number;
  meanProbability: number;
}

/** Area under the ROC curve from mid-ranks: a tie counts one half. */
export function auc(groups: ScoreGroups): number | undefined {
  const { rows, positives } = totalsOf(groups);
  const negatives = rows - positives;
  if (positives === 0 || negatives === 0) return undefined;
  let [above, pairs] = [0, 0];
  for (let index = 0; index < groups.rows.length; index++) {
    const own = groups.positives[index] as number;
    const others = (groups.rows[index] as number) - own;
    pairs += others * (above + own / 2);
    above += own;
  }
  return pairs / (positives * negatives);
}

/** Σ (recall_k - recall_k-1) · precision_k over distinct probabilities, as scikit-learn's average_precision_score. */
export function averagePrecision(groups: ScoreGroups): number | undefined {
  const { positives } = totalsOf(groups);
  if (positives === 0) return undefined;
  let [hits, called, sum] = [0, 0, 0];
  for (let index = 0; index < groups.rows.length; index++) {
    const own = groups.positives[index] as number;
    hits += own;
    called += groups.rows[index] as number;
    sum += own * (hits / called);
  }
  return sum / positives;
}

/** Mean squared distance of probability and outcome. */
export function brierScore(groups: ScoreGroups): number {
  let sum = 0;
  for (let index = 0; index < groups.rows.length; index++) {
    const p = groups.probability[index] as number;
    const own = groups.positives[index] as number;
    sum += own * (1 - p) ** 2 + ((groups.rows[index] as number) - own) * p ** 2;
  }
  return sum / totalsOf(groups).rows;
}

/** A certainty that proves wrong costs no more than this: probabilities are held within [1e-12, 1 - 1e-12]. */
const LEAST_PROBABILITY = 1e-12;

/** Mean of -ln of the probability that was given to what happened. */
export function logLoss(groups: ScoreGroups): number {
  let sum = 0;
  for (let index = 0; index < groups.rows.length; index++) {
    const p = Math.min(Math.max(groups.probability[index] as number, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);
    const own = groups.positives[index] as number;
    sum -= own * Math.log(p) + ((groups.rows[index] as number) - own) * Math.log1p(-p);
  }
  return sum / totalsOf(groups).rows;
}

/**
 * Bins of exactly equal count, highest probabilities first. A group of ties that lies across an edge is divided in
 * proportion, its positives too: no row is preferred to one that is not distinguishable from it.
 */
export function equalBins(groups: ScoreGroups, bins = 10): Decile[] {
  const size = totalsOf(groups).rows / bins;
  const result = Array.from({ length: bins }, () => ({ rows: 0, positives: 0, expected: 0 }));
  let bin = 0;
  for (let index = 0; index < groups.rows.length; index++) {
    const all = groups.rows[index] as number;
    let left = all;
    while (left > 0) {
      const target = result[bin] as (typeof result)[number];
      const taken = bin === bins - 1 ? left : Math.min(left, size - target.rows);
      target.rows += taken;
      target.positives += (groups.positives[index] as number) * (taken / all);
      target.expected += (groups.probability[index] as number) * taken;
      left -= taken;
      if (bin < bins - 1 && target.rows >= size) bin++;
    }
  }
  return result.map(({ rows, positives, expected }) => ({
    rows,
    positives,
    meanProbability: rows > 0 ? expected / rows : 0,
  }));
}

/** Mean distance of probability and outcome over ten bins of equal count, from bin to bin without its sign. */
export function expectedCalibrationError(groups: ScoreGroups): number {
  const bins = equalBins(groups);
  return (
    bins.reduce((sum, bin) => sum + Math.abs(bin.positives - bin.meanProbability * bin.rows), 0) / totalsOf(groups).rows
  );
}

/** Everything that is measured of one score on one window. @throws RangeError for no rows. */
export function judge(groups: ScoreGroups): Judgement {
  const { rows, positives, expected } = totalsOf(groups);
  if (rows === 0) throw new RangeError('nothing to judge');
  const top = equalBins(groups).find((bin) => bin.rows > 0) as Decile;
  return {
    rows,
    positives,
    auc: auc(groups),
    averagePrecision: averagePrecision(groups),
    brier: brierScore(groups),
    logLoss: logLoss(groups),
    ece: expectedCalibrationError(groups),
    calibrationInTheLarge: (expected - positives) / rows,
    topDecileLift: positives > 0 ? top.positives / top.rows / (positives / rows) : undefined,
  };
}
