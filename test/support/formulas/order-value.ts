import type { ValueParameters } from '../../../src/core/statistics/order-value';

/** p·v/(q-1): expected value of a purchase of somebody nothing is known about. */
export function populationValue({ p, q, v }: ValueParameters): number {
  return (p * v) / (q - 1);
}

/**
 * E[value of a purchase | x, mean], between the person's own mean and the population's; with x = 0 the population's.
 * `repeats` counts the purchases that `mean` is the mean of.
 */
export function expectedValue(parameters: ValueParameters, repeats: number, mean: number): number {
  const own = (parameters.p * repeats) / (parameters.p * repeats + parameters.q - 1);
  return own * (repeats > 0 ? mean : 0) + (1 - own) * populationValue(parameters);
}
