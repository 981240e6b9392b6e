import { fitNewton } from './logistic-newton';
import { roundSignificant } from './special';
import { standardise } from './standardise';

export interface LogisticTerm {
  name: string;
  /** Centre and scale of the training rows: the term is coefficient · (value - mean) / deviation. */
  mean: number;
  deviation: number;
  coefficient: number;
}

/** P(y = 1) = sigmoid(intercept + Σ terms). Numbers carry 10 significant digits. */
export interface LogisticModel {
  intercept: number;
  terms: readonly LogisticTerm[];
}

/** Feature columns of one length, transformed already (ln(1 + v) for counts, days and money), with nulls filled. */
export interface LogisticData {
  names: readonly string[];
  columns: readonly Float64Array[];
  /** 1 or 0. */
  labels: Uint8Array;
  /** Of each row; left out: 1. Snapshots of one customer share a weight of 1. */
  weights?: Float64Array;
}

/** Why there is no logistic model. */
export type LogisticAbstention =
  | 'too_few_positives'
  | 'too_few_negatives'
  | 'no_feature_varies'
  | 'feature_not_finite'
  | 'separable_labels'
  | 'did_not_converge';

export interface FittedLogistic {
  model: LogisticModel;
  /** Features that do not vary in the training rows and have no term. */
  constant: readonly string[];
  /** Passes over the rows. */
  passes: number;
  /** Weighted, without the ridge, at the optimum. */
  negativeLogLikelihood: number;
}

export type LogisticFit = { fitted: FittedLogistic } | { abstain: LogisticAbstention };

/** Rows of either label below which no logistic model is fitted. */
export const MIN_OF_EITHER_LABEL = 200;

export interface LogisticOptions {
  /** On standardised features: the penalty is ridge/2 · Σ coefficient², the intercept is free. */
  ridge: number;
  /** Where the Newton steps begin: last time's model saves passes and changes nothing else. */
  start?: LogisticModel;
}

function whyNot({ labels, columns }: LogisticData): LogisticAbstention | undefined {
  let positives = 0;
  for (const label of labels) positives += label;
  if (positives < MIN_OF_EITHER_LABEL) return 'too_few_positives';
  if (labels.length - positives < MIN_OF_EITHER_LABEL) return 'too_few_negatives';
  return columns.every((column) => column.every(Number.isFinite)) ? undefined : 'feature_not_finite';
}

/** Whether some threshold of the predictor leaves all ones on one side and all zeros on the other. */
function isSeparated(predictor: Float64Array, labels: Uint8Array): boolean {
  let leastOfOnes = Number.POSITIVE_INFINITY;
  let mostOfZeros = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < predictor.length; row++) {
    const value = predictor[row] as number;
    if (labels[row] === 1) leastOfOnes = Math.min(leastOfOnes, value);
    else mostOfZeros = Math.max(mostOfZeros, value);
  }
  return leastOfOnes >= mostOfZeros;
}

/**
 * Ridge logistic regression by Newton's method. The same rows in the same order give the same digits; another order moves
 * the sums by rounding errors, which the 10 digits kept nearly always hide.
 *
 * A shop's labels that some score tells apart without error are a leak or a definition, not a success: it abstains.
 */
export function fitLogistic(data: LogisticData, options: LogisticOptions): LogisticFit {
  const abstain = whyNot(data);
  if (abstain) return { abstain };
  const { design, means, deviations, varying } = standardise(data.columns, data.weights);
  if (varying.length === 0) return { abstain: 'no_feature_varies' };
  const kept = varying.map((column) => data.names[column] as string);
  const start = options.start && startFrom(options.start, kept, means, deviations);
  const newton = fitNewton(design, kept.length, data.labels, data.weights, options.ridge, start);
  if (!newton.hasConverged) return { abstain: 'did_not_converge' };
  if (isSeparated(newton.predictor, data.labels)) return { abstain: 'separable_labels' };
  return {
    fitted: {
      model: {
        intercept: roundSignificant(newton.coefficients[kept.length] as number),
        terms: kept.map((name, index) => ({
          name,
          mean: roundSignificant(means[index] as number),
          deviation: roundSignificant(deviations[index] as number),
          coefficient: roundSignificant(newton.coefficients[index] as number),
        })),
      },
      constant: data.names.filter((_, column) => !varying.includes(column)),
      passes: newton.passes,
      negativeLogLikelihood: newton.negativeLogLikelihood,
    },
  };
}

/** Another model's coefficients in the scale of these features; terms it lacks start at 0. */
function startFrom(model: LogisticModel, names: readonly string[], means: Float64Array, deviations: Float64Array) {
  const start = new Float64Array(names.length + 1);
  let intercept = model.intercept;
  for (const { name, mean, deviation, coefficient } of model.terms) {
    const index = names.indexOf(name);
    if (index < 0) continue;
    const slope = coefficient / deviation;
    start[index] = slope * (deviations[index] as number);
    intercept += slope * ((means[index] as number) - mean);
  }
  start[names.length] = intercept;
  return start;
}

/** The linear predictor is held within ± this in fit and score alike. */
const PREDICTOR_LIMIT = 30;

/** The log-odds of every row; columns in any order, found by name. @throws RangeError for a term without a column. */
export function linearPredictors(model: LogisticModel, data: Pick<LogisticData, 'names' | 'columns'>): Float64Array {
  const rows = data.columns[0]?.length ?? 0;
  const sums = new Float64Array(rows).fill(model.intercept);
  for (const { name, mean, deviation, coefficient } of model.terms) {
    const column = data.columns[data.names.indexOf(name)];
    if (!column) throw new RangeError(`no column ${name}`);
    for (let row = 0; row < rows; row++) {
      sums[row] = (sums[row] as number) + (coefficient * ((column[row] as number) - mean)) / deviation;
    }
  }
  return sums.map((sum) => Math.min(Math.max(sum, -PREDICTOR_LIMIT), PREDICTOR_LIMIT));
}
