import type { LogisticModel } from '../../../src/core/statistics/logistic';

/** One family of features and what it adds to the log-odds of a purchase, against the reference. */
export interface Reason {
  family: string;
  /** Above 0: speaks for a purchase, whatever single correlated features of the family say. */
  contribution: number;
}

/**
 * β·(value - reference)/deviation, exact, summed by family, the strongest first; equal strength goes by family name.
 * Families that add nothing are no reason.
 *
 * @param familyOf the family of a feature's name; one that has none throws.
 * @param reference by feature name; left out: the training mean.
 * @throws RangeError for a term without a family.
 */
export function reasonsOf(
  model: LogisticModel,
  featureOf: (name: string) => number,
  familyOf: ReadonlyMap<string, string>,
  count = 3,
  reference?: ReadonlyMap<string, number>,
): Reason[] {
  const sums = new Map<string, number>();
  for (const { name, mean, deviation, coefficient } of model.terms) {
    const family = familyOf.get(name);
    if (family === undefined) throw new RangeError(`no family for ${name}`);
    const contribution = (coefficient * (featureOf(name) - (reference?.get(name) ?? mean))) / deviation;
    sums.set(family, (sums.get(family) ?? 0) + contribution);
  }
  return [...sums]
    .map(([family, contribution]) => ({ family, contribution }))
    .filter(({ contribution }) => contribution !== 0)
    .sort(
      (left, right) =>
        Math.abs(right.contribution) - Math.abs(left.contribution) || (left.family < right.family ? -1 : 1),
    )
    .slice(0, count);
}
