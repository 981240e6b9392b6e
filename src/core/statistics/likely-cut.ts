import { type ScoreGroups, totalsOf } from './score-groups';

export interface LikelyCut {
  /** Likely is p >= cut. Infinity where nobody is: Σ p rounds to 0. */
  cut: number;
  /** How many stand at or above the cut: ties at the cut are all likely. */
  likely: number;
  /** Share of the likely that bought; undefined where nobody is likely. Measured only where outcomes are known. */
  precision: number | undefined;
  /** Share of the buyers that were called likely; undefined without buyers. */
  recall: number | undefined;
}

/** The n-th highest probability, n = Σ p rounded: as many likely people as buyers are expected. */
export function likelyCut(groups: ScoreGroups): LikelyCut {
  const { expected } = totalsOf(groups);
  const wanted = Math.round(expected);
  let likely = 0;
  for (let index = 0; index < groups.rows.length && wanted > 0; index++) {
    likely += groups.rows[index] as number;
    if (likely >= wanted) return measureCut(groups, groups.probability[index] as number);
  }
  return measureCut(groups, Number.POSITIVE_INFINITY);
}

/** What a cut, fixed earlier, achieved on these rows. */
export function measureCut(groups: ScoreGroups, cut: number): LikelyCut {
  let [likely, hits] = [0, 0];
  for (let index = 0; index < groups.rows.length && (groups.probability[index] as number) >= cut; index++) {
    likely += groups.rows[index] as number;
    hits += groups.positives[index] as number;
  }
  const { positives } = totalsOf(groups);
  return {
    cut,
    likely,
    precision: likely > 0 ? hits / likely : undefined,
    recall: positives > 0 ? hits / positives : undefined,
  };
}
