import { solvePositiveDefinite } from './linear';
import { logOnePlusExp, sigmoid } from './special';

export interface NewtonResult {
  /** One a column, then the intercept. */
  coefficients: Float64Array;
  predictor: Float64Array;
  negativeLogLikelihood: number;
  passes: number;
  hasConverged: boolean;
}

const MAX_PASSES = 50;
const STEP_TOLERANCE = 1e-9;
const LIMIT = 30;

interface Problem {
  design: Float64Array;
  width: number;
  labels: Uint8Array;
  weights: Float64Array | undefined;
  ridge: number;
}

/** Linear predictors into `predictor`, clipped to ±30; the penalised negative log-likelihood is returned. */
function evaluate(problem: Problem, coefficients: Float64Array, predictor: Float64Array): [number, number] {
  const { design, width, labels, weights, ridge } = problem;
  const intercept = coefficients[width] as number;
  let loss = 0;
  for (let row = 0, at = 0; row < labels.length; row++) {
    let sum = intercept;
    for (let column = 0; column < width; column++, at++) {
      sum += (design[at] as number) * (coefficients[column] as number);
    }
    const clipped = Math.min(Math.max(sum, -LIMIT), LIMIT);
    predictor[row] = clipped;
    const own = logOnePlusExp(labels[row] === 1 ? -clipped : clipped);
    loss += weights ? (weights[row] as number) * own : own;
  }
  let penalty = 0;
  for (let column = 0; column < width; column++) penalty += (coefficients[column] as number) ** 2;
  return [loss + (ridge / 2) * penalty, loss];
}

/** Gradient and Hessian of the penalised loss, one pass over the rows; the Hessian's lower triangle is mirrored. */
function derivatives(problem: Problem, coefficients: Float64Array, predictor: Float64Array) {
  const { design, width, labels, weights, ridge } = problem;
  const size = width + 1;
  const gradient = new Float64Array(size);
  const matrix = new Float64Array(size * size);
  const last = width * size;
  for (let row = 0, start = 0; row < labels.length; row++, start += width) {
    const weight = weights ? (weights[row] as number) : 1;
    const chance = sigmoid(predictor[row] as number);
    const residual = weight * (chance - (labels[row] as number));
    const curvature = weight * chance * (1 - chance);
    for (let i = 0; i < width; i++) {
      const value = design[start + i] as number;
      gradient[i] = (gradient[i] as number) + residual * value;
      const scaled = curvature * value;
      const base = i * size;
      for (let j = 0; j <= i; j++) {
        matrix[base + j] = (matrix[base + j] as number) + scaled * (design[start + j] as number);
      }
      matrix[last + i] = (matrix[last + i] as number) + scaled;
    }
    gradient[width] = (gradient[width] as number) + residual;
    matrix[last + width] = (matrix[last + width] as number) + curvature;
  }
  for (let i = 0; i < width; i++) {
    gradient[i] = (gradient[i] as number) + ridge * (coefficients[i] as number);
    matrix[i * size + i] = (matrix[i * size + i] as number) + ridge;
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j] as number;
  }
  return { gradient, matrix };
}

/** ln of the odds of the weighted label mean: where a model without features would be. */
function baseLogOdds({ labels, weights }: Problem): number {
  let [ones, total] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    total += weight;
    ones += weight * (labels[row] as number);
  }
  return ones > 0 && ones < total ? Math.log(ones / (total - ones)) : 0;
}

interface Iterate {
  coefficients: Float64Array;
  predictor: Float64Array;
  /** With the ridge, and without. */
  value: number;
  loss: number;
}

function iterateAt(problem: Problem, coefficients: Float64Array, predictor: Float64Array): Iterate {
  const [value, loss] = evaluate(problem, coefficients, predictor);
  return { coefficients, predictor, value, loss };
}

/** Near the optimum the loss is flat to the last digit: so small a step is taken whatever the rounding of sums says. */
const ALWAYS_TAKEN = 1e-6;

/** The full step, or the largest half, quarter ... of it that does not raise the loss; undefined where none does. */
function advance(
  problem: Problem,
  from: Iterate,
  step: Float64Array,
  size: number,
  spare: Float64Array,
): Iterate | undefined {
  for (let share = 1; share > 1e-9; share /= 2) {
    const next = iterateAt(
      problem,
      from.coefficients.map((each, index) => each - share * (step[index] as number)),
      spare,
    );
    if (next.value <= from.value || size < ALWAYS_TAKEN) return next;
  }
  return undefined;
}

/**
 * Minimises Σ weight · log-loss + ridge/2 · Σ coefficient² over a standardised row-major design, the intercept unpenalised.
 * Steps are halved while the loss rises.
 */
export function fitNewton(
  design: Float64Array,
  width: number,
  labels: Uint8Array,
  weights: Float64Array | undefined,
  ridge: number,
  start?: Float64Array,
): NewtonResult {
  const problem = { design, width, labels, weights, ridge };
  const first = start ?? new Float64Array(width + 1);
  if (!start) first[width] = baseLogOdds(problem);
  let here = iterateAt(problem, first, new Float64Array(labels.length));
  let spare: Float64Array = new Float64Array(labels.length);
  let passes = 0;
  let hasConverged = false;
  while (passes < MAX_PASSES && !hasConverged) {
    passes++;
    const { gradient, matrix } = derivatives(problem, here.coefficients, here.predictor);
    const step = solvePositiveDefinite(matrix, gradient);
    const size = step?.reduce((most, each) => Math.max(most, Math.abs(each)), 0) ?? 0;
    const next = step && advance(problem, here, step, size, spare);
    if (!next) break;
    spare = here.predictor;
    here = next;
    hasConverged = size < STEP_TOLERANCE;
  }
  const { coefficients, predictor, loss } = here;
  return { coefficients, predictor, negativeLogLikelihood: loss, passes, hasConverged };
}
