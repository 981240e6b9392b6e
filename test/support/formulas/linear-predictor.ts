import type { LogisticModel } from '../../../src/core/statistics/logistic';

const PREDICTOR_LIMIT = 30;

/** The log-odds of one row, `featureOf` giving its features by name; clipped to ±30. */
export function linearPredictor(model: LogisticModel, featureOf: (name: string) => number): number {
  let sum = model.intercept;
  for (const { name, mean, deviation, coefficient } of model.terms) {
    sum += (coefficient * (featureOf(name) - mean)) / deviation;
  }
  return Math.min(Math.max(sum, -PREDICTOR_LIMIT), PREDICTOR_LIMIT);
}
