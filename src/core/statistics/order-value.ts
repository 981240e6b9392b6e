import { compressSpend, type SpendCounts, weightedSum } from './counts';
import { minimise, type Objective } from './minimise';
import { digamma, logGamma, roundSignificant } from './special';

/** Gamma-Gamma (Fader & Hardie 2013): value of a purchase ~ Gamma(p, rate ν), ν ~ Gamma(q, rate v); v in the shop's currency. */
export interface ValueParameters {
  p: number;
  q: number;
  v: number;
}

/** Why there is no model of value. */
export type ValueAbstention =
  | 'too_few_repeat_customers'
  | 'values_do_not_vary'
  | 'mean_not_finite'
  | 'did_not_converge';

export interface FittedValue {
  parameters: ValueParameters;
  /** At the rounded parameters, summed over customers. */
  logLikelihood: number;
  customers: number;
  /** Correlation of repeats and mean value, which the model assumes to be 0. */
  correlation: number;
  /** Above 0.3 either way: the assumption fails and these values are not to be published. */
  dependsOnFrequency: boolean;
}

export type ValueFit = { fitted: FittedValue } | { abstain: ValueAbstention };

const MIN_REPEAT_CUSTOMERS = 50;
const MAX_CORRELATION = 0.3;
const LOG_LIMIT = 18;
const STARTS = [
  [6, 3, 3],
  [1, 1, 1],
  [30, 0.5, 0.5],
].map((start) => start.map(Math.log));

/** Log-likelihood summed over customers, and its gradient by (p, q, v) into `gradient` where given. */
export function valueLogLikelihood(spend: SpendCounts, parameters: ValueParameters, gradient?: Float64Array): number {
  const { p, q, v } = parameters;
  const { repeats, mean, weight } = spend;
  const [constant, digammaQ, logV] = [-logGamma(q) + q * Math.log(v), digamma(q), Math.log(v)];
  let sum = 0;
  let [byP, byQ, byV] = [0, 0, 0];
  let [terms, digammaAll, digammaOwn, termsFor] = [0, 0, 0, 0];
  for (let row = 0; row < repeats.length; row++) {
    const x = repeats[row] as number;
    const z = mean[row] as number;
    const w = weight[row] as number;
    if (x !== termsFor) {
      terms = logGamma(p * x + q) - logGamma(p * x);
      digammaAll = digamma(p * x + q);
      digammaOwn = digamma(p * x);
      termsFor = x;
    }
    const total = v + x * z;
    const logTotal = Math.log(total);
    const logSpend = Math.log(x * z);
    sum += w * (constant + terms + p * x * (logSpend - logTotal) - Math.log(z) - q * logTotal);
    byP += w * x * (digammaAll - digammaOwn + logSpend - logTotal);
    byQ += w * (digammaAll - digammaQ + logV - logTotal);
    byV += w * (q / v - (p * x + q) / total);
  }
  gradient?.set([byP, byQ, byV]);
  return sum;
}

function parametersAt(point: Float64Array): ValueParameters {
  const [p, above, v] = Array.from(point, (each) => Math.exp(Math.min(Math.max(each, -LOG_LIMIT), LOG_LIMIT))) as [
    number,
    number,
    number,
  ];
  return { p, q: 1 + above, v };
}

/** Negative mean log-likelihood by (ln p, ln(q-1), ln v): q stays above 1, where a mean exists. */
export function valueObjective(spend: SpendCounts): Objective {
  const customers = weightedSum(spend.weight);
  return (point, gradient) => {
    const parameters = parametersAt(point);
    const value = valueLogLikelihood(spend, parameters, gradient);
    const scales = [parameters.p, parameters.q - 1, parameters.v];
    for (let index = 0; index < 3; index++) {
      const isFree = Math.abs(point[index] as number) <= LOG_LIMIT;
      gradient[index] = isFree ? (-(gradient[index] as number) * (scales[index] as number)) / customers : 0;
    }
    return -value / customers;
  };
}

/** Pearson's correlation of repeats and mean value; 0 where either does not vary. */
export function frequencyValueCorrelation({ repeats, mean, weight }: SpendCounts): number {
  const customers = weightedSum(weight);
  const meanX = weightedSum(weight, repeats) / customers;
  const meanZ = weightedSum(weight, mean) / customers;
  let [xx, zz, xz] = [0, 0, 0];
  for (let row = 0; row < repeats.length; row++) {
    const w = weight[row] as number;
    const x = (repeats[row] as number) - meanX;
    const z = (mean[row] as number) - meanZ;
    xx += w * x * x;
    zz += w * z * z;
    xz += w * x * z;
  }
  return xx > 0 && zz > 0 ? xz / Math.sqrt(xx * zz) : 0;
}

/** Whether all means are the same to a millionth: nothing to tell people apart by. */
function isConstant(mean: Float64Array): boolean {
  const least = mean.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = mean.reduce((a, b) => Math.max(a, b), 0);
  return most <= least * (1 + 1e-6);
}

/** q - 1 below this: the mean over people is carried by a handful of them. */
const MIN_ABOVE_ONE = 0.01;

/**
 * Maximum likelihood of Gamma-Gamma over repeaters with a mean above 0 (others are left out). Parameters are rounded to 10
 * significant digits; the same customers in any order give the same digits.
 */
export function fitValue(rows: SpendCounts): ValueFit {
  const spend = compressSpend(rows);
  const customers = weightedSum(spend.weight);
  if (!(customers >= MIN_REPEAT_CUSTOMERS)) return { abstain: 'too_few_repeat_customers' };
  if (isConstant(spend.mean)) return { abstain: 'values_do_not_vary' };
  const scale = weightedSum(spend.weight, spend.mean) / customers;
  const scaled = { ...spend, mean: spend.mean.map((each) => each / scale) };
  const minimum = minimise(scaled, valueObjective, STARTS);
  const raw = parametersAt(minimum.point);
  if (raw.q - 1 < MIN_ABOVE_ONE) return { abstain: 'mean_not_finite' };
  if (!minimum.inverseHessian || minimum.gradientSize > 1e-5) return { abstain: 'did_not_converge' };
  const parameters = {
    p: roundSignificant(raw.p),
    q: roundSignificant(raw.q),
    v: roundSignificant(raw.v * scale),
  };
  const correlation = roundSignificant(frequencyValueCorrelation(spend));
  return {
    fitted: {
      parameters,
      logLikelihood: valueLogLikelihood(spend, parameters),
      customers,
      correlation,
      dependsOnFrequency: Math.abs(correlation) > MAX_CORRELATION,
    },
  };
}
