import { type CountsProblem, compressCounts, type PurchaseCounts, problemOfCounts, weightedSum } from './counts';
import { type Minimum, minimise, type Objective } from './minimise';
import { type PurchaseParameters, purchaseLogLikelihood } from './purchase-likelihood';
import { roundSignificant } from './special';

/** Why no model of purchases could be fitted at all. */
export type PurchaseAbstention =
  | 'too_few_customers'
  | 'too_few_repeat_customers'
  | 'no_time_observed'
  | 'did_not_converge'
  | `counts_${CountsProblem}`;

/** Why parts of a fit mean nothing, though P(no purchase in H) may still rank and calibrate well. */
export type PurchaseDegeneracy = 'dropout_not_identified' | 'rate_not_identified';

export interface FittedPurchases {
  parameters: PurchaseParameters;
  /** At the rounded parameters, summed over customers. */
  logLikelihood: number;
  customers: number;
  /** Standard errors of ln r, ln alpha, ln a, ln b; undefined where the Hessian is not positive definite. */
  logStandardErrors: [number, number, number, number] | undefined;
  /**
   * With a degeneracy, P(alive), expected orders and expected value are not to be published; P(no purchase in H) may go
   * before the gate, which judges it by what happened.
   */
  degeneracy: PurchaseDegeneracy | undefined;
}

export type PurchaseFit = { fitted: FittedPurchases } | { abstain: PurchaseAbstention };

export interface PurchaseFitOptions {
  kind: PurchaseParameters['kind'];
  /**
   * `weak`: one observation's worth against a dropout that is the same for everybody (a + b without end), by
   * -2 ln(1 + a + b), the tail of Pareto(1, 1); mean dropout uniform. `none`: the plain maximum, as the literature prints.
   */
  prior: 'weak' | 'none';
}

const MIN_CUSTOMERS = 50;
const MIN_REPEAT_CUSTOMERS = 20;
/** Longest age after scaling; the parameters then lie within a few powers of ten of 1. */
const SCALED_AGE = 10;
const LOG_LIMIT = 18;
const STARTS = [
  [1, 3, 1, 3],
  [0.5, 1, 0.05, 3],
  [0.25, 4, 0.5, 1.5],
].map((start) => start.map(Math.log));

const MIN_MEAN_DROPOUT = 0.005;
const MAX_CONCENTRATION = 1e4;
const MAX_RATE_SHAPE = 1e3;
/** A gradient per customer above this is no optimum. */
const MAX_GRADIENT = 1e-5;

function parametersAt(point: Float64Array, kind: PurchaseParameters['kind']): PurchaseParameters {
  const [r, alpha, a, b] = Array.from(point, (each) => Math.exp(Math.min(Math.max(each, -LOG_LIMIT), LOG_LIMIT))) as [
    number,
    number,
    number,
    number,
  ];
  return { kind, r, alpha, a, b };
}

/** Negative mean log-likelihood (and prior) by the logarithms of the parameters. */
export function purchaseObjective(counts: PurchaseCounts, options: PurchaseFitOptions): Objective {
  const customers = weightedSum(counts.weight);
  return (point, gradient) => {
    const parameters = parametersAt(point, options.kind);
    const { r, alpha, a, b } = parameters;
    const logLikelihood = purchaseLogLikelihood(counts, parameters, gradient);
    const pull = options.prior === 'weak' ? 2 / (1 + a + b) : 0;
    const penalty = options.prior === 'weak' ? 2 * Math.log1p(a + b) : 0;
    const scales = [r, alpha, a, b];
    for (let index = 0; index < 4; index++) {
      const slope = (gradient[index] as number) - (index >= 2 ? pull : 0);
      // Beyond the limit the objective is flat.
      const isFree = Math.abs(point[index] as number) <= LOG_LIMIT;
      gradient[index] = isFree ? (-slope * (scales[index] as number)) / customers : 0;
    }
    return (penalty - logLikelihood) / customers;
  };
}

function whyNot(counts: PurchaseCounts): PurchaseAbstention | undefined {
  const problem = problemOfCounts(counts);
  if (problem) return `counts_${problem}`;
  if (weightedSum(counts.weight) < MIN_CUSTOMERS) return 'too_few_customers';
  const repeaters = counts.weight.filter((_, row) => (counts.repeats[row] as number) > 0);
  if (weightedSum(repeaters) < MIN_REPEAT_CUSTOMERS) return 'too_few_repeat_customers';
  return undefined;
}

function degeneracyOf(parameters: PurchaseParameters, minimum: Minimum): PurchaseDegeneracy | undefined {
  const { r, a, b } = parameters;
  if (r > MAX_RATE_SHAPE) return 'rate_not_identified';
  if (a / (a + b) < MIN_MEAN_DROPOUT || a + b > MAX_CONCENTRATION) return 'dropout_not_identified';
  return minimum.inverseHessian ? undefined : 'dropout_not_identified';
}

function errorsOf(minimum: Minimum, customers: number): FittedPurchases['logStandardErrors'] {
  const inverse = minimum.inverseHessian;
  if (!inverse) return undefined;
  return [0, 1, 2, 3].map((index) => Math.sqrt((inverse[index * 5] as number) / customers)) as [
    number,
    number,
    number,
    number,
  ];
}

/**
 * Maximum likelihood of BG/NBD or MBG/NBD on compressed counts. One-time buyers belong into the counts. Parameters are
 * rounded to 10 significant digits; the same customers in any order give the same digits.
 */
export function fitPurchases(rows: PurchaseCounts, options: PurchaseFitOptions): PurchaseFit {
  const abstain = whyNot(rows);
  if (abstain) return { abstain };
  const counts = compressCounts(rows);
  const oldest = counts.age.reduce((most, each) => Math.max(most, each), 0);
  if (oldest === 0) return { abstain: 'no_time_observed' };
  const scale = SCALED_AGE / oldest;
  const scaled = {
    ...counts,
    span: counts.span.map((each) => each * scale),
    age: counts.age.map((each) => each * scale),
  };
  const minimum = minimise(scaled, (some) => purchaseObjective(some, options), STARTS);
  const raw = parametersAt(minimum.point, options.kind);
  const degeneracy = degeneracyOf(raw, minimum);
  if (!degeneracy && minimum.gradientSize > MAX_GRADIENT) return { abstain: 'did_not_converge' };
  const parameters = {
    kind: raw.kind,
    r: roundSignificant(raw.r),
    alpha: roundSignificant(raw.alpha / scale),
    a: roundSignificant(raw.a),
    b: roundSignificant(raw.b),
  };
  const customers = weightedSum(counts.weight);
  return {
    fitted: {
      parameters,
      logLikelihood: purchaseLogLikelihood(counts, parameters),
      customers,
      logStandardErrors: errorsOf(minimum, customers),
      degeneracy,
    },
  };
}
