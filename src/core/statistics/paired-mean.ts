import type { Interval } from './bootstrap';

const LEAST_PROBABILITY = 1e-12;

/** -ln of the probability that was given to what happened, row by row. */
export function lossesOf(probability: Float64Array, labels: Uint8Array): Float64Array {
  return probability.map((each, row) => {
    const p = Math.min(Math.max(each, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);
    return labels[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
  });
}

/** Two-sided 95 per cent of a normal distribution. */
const NORMAL_95 = 1.959963984540054;

/**
 * Mean of first - second over the same rows with its 95 % interval by the central limit theorem: what pairedDifference
 * gives for a measure that is a mean of rows, in one pass instead of hundreds.
 *
 * @throws RangeError for columns of different length, or none.
 */
export function meanDifference(first: Float64Array, second: Float64Array): Interval {
  const rows = first.length;
  if (rows === 0 || second.length !== rows) throw new RangeError('rows differ, or there are none');
  const differences = first.map((each, row) => each - (second[row] as number));
  const estimate = differences.reduce((sum, each) => sum + each, 0) / rows;
  const squares = differences.reduce((sum, each) => sum + (each - estimate) ** 2, 0);
  const half = rows > 1 ? NORMAL_95 * Math.sqrt(squares / (rows - 1) / rows) : Number.POSITIVE_INFINITY;
  return { estimate, low: estimate - half, high: estimate + half };
}
