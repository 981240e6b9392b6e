import { seededRandom } from './random';
import { fallingOrder, groupScores, type ScoredRows, type ScoreGroups } from './score-groups';

export interface Interval {
  /** On the rows as they are. */
  estimate: number;
  /** 2.5 and 97.5 per cent of the resampled differences. */
  low: number;
  high: number;
}

/** A measure of one score: metrics.auc, metrics.logLoss ... */
export type Measure = (groups: ScoreGroups) => number | undefined;

export interface BootstrapOptions {
  replicates: number;
  seed: number;
}

/** Linear between order statistics (Hyndman & Fan's type 7); the values must be sorted and not empty. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (place - below) * (upper - lower);
}

/** How often each of n rows is drawn in n draws with replacement. */
function drawCounts(rows: number, random: () => number): Uint32Array {
  const counts = new Uint32Array(rows);
  for (let draw = 0; draw < rows; draw++) {
    const row = Math.floor(random() * rows);
    counts[row] = (counts[row] as number) + 1;
  }
  return counts;
}

/**
 * measure(first) - measure(second) on the same rows, with a paired percentile bootstrap interval: rows, one a customer, are
 * drawn with replacement and both scores are measured on the same draw. The same seed and rows give the same interval.
 *
 * @returns undefined where the measure does not exist on these rows; draws where it does not are left out.
 * @throws RangeError where the two have not the same rows.
 */
export function pairedDifference(
  first: Float64Array,
  second: Float64Array,
  labels: Uint8Array,
  measure: Measure,
  { replicates, seed }: BootstrapOptions,
): Interval | undefined {
  if (first.length !== labels.length || second.length !== labels.length) throw new RangeError('rows differ');
  const sides = [first, second].map((probability) => ({
    rows: { probability, labels } satisfies ScoredRows,
    order: fallingOrder(probability),
  }));
  const difference = (counts?: Uint32Array): number | undefined => {
    const [left, right] = sides.map(({ rows, order }) => measure(groupScores(rows, counts, order)));
    return left === undefined || right === undefined ? undefined : left - right;
  };
  const estimate = labels.length > 0 ? difference() : undefined;
  if (estimate === undefined) return undefined;
  const random = seededRandom(seed);
  const drawn: number[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const value = difference(drawCounts(labels.length, random));
    if (value !== undefined) drawn.push(value);
  }
  const sorted = Float64Array.from(drawn).sort();
  if (sorted.length === 0) return undefined;
  return { estimate, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
