/**
 * Judged rows with one probability collapsed into one, highest first. Everything that is measured of a score is a function
 * of these counts, so no measure depends on the order of rows or on how ties happen to fall; SQL may deliver them by GROUP BY.
 */
export interface ScoreGroups {
  probability: Float64Array;
  /** Rows of the group; weights need not be whole. */
  rows: Float64Array;
  /** Of these, with label 1. */
  positives: Float64Array;
}

export interface ScoredRows {
  probability: Float64Array;
  labels: Uint8Array;
}

/** Row numbers by falling probability; rows with equal ones by rising row number. */
export function fallingOrder(probability: Float64Array): Uint32Array {
  const order = Uint32Array.from(probability, (_, row) => row);
  return order.sort((left, right) => (probability[right] as number) - (probability[left] as number) || left - right);
}

/**
 * @param multiplicity how often each row counts, for resampling; left out: once.
 * @param order fallingOrder of the probabilities where it is known already.
 */
export function groupScores(
  { probability, labels }: ScoredRows,
  multiplicity?: ArrayLike<number>,
  order = fallingOrder(probability),
): ScoreGroups {
  const groups = {
    probability: new Float64Array(order.length),
    rows: new Float64Array(order.length),
    positives: new Float64Array(order.length),
  };
  let last = -1;
  for (const row of order) {
    const count = multiplicity ? (multiplicity[row] as number) : 1;
    if (count === 0) continue;
    const value = probability[row] as number;
    if (last < 0 || groups.probability[last] !== value) groups.probability[++last] = value;
    groups.rows[last] = (groups.rows[last] as number) + count;
    groups.positives[last] = (groups.positives[last] as number) + count * (labels[row] as number);
  }
  return {
    probability: groups.probability.subarray(0, last + 1),
    rows: groups.rows.subarray(0, last + 1),
    positives: groups.positives.subarray(0, last + 1),
  };
}

export interface Totals {
  rows: number;
  positives: number;
  /** Σ p. */
  expected: number;
}

export function totalsOf(groups: ScoreGroups): Totals {
  const totals = { rows: 0, positives: 0, expected: 0 };
  for (let index = 0; index < groups.rows.length; index++) {
    const rows = groups.rows[index] as number;
    totals.rows += rows;
    totals.positives += groups.positives[index] as number;
    totals.expected += rows * (groups.probability[index] as number);
  }
  return totals;
}
