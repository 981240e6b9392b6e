import { firstChance, type PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import { logBeta } from './log-beta';

// Written once more on purpose: the series in src/core/statistics is held against this, inputs included.
interface Inputs {
  /** ν: shape of the posterior rate. */
  rate: number;
  /** A, B: posterior of the dropout chance. */
  dropout: number;
  survival: number;
  /** H / (α + T). */
  ratio: number;
}

function inputsOf(
  parameters: PurchaseParameters,
  { repeats, age }: { repeats: number; age: number },
  horizon: number,
): Inputs {
  return {
    rate: parameters.r + repeats,
    dropout: parameters.a,
    survival: parameters.b + repeats + firstChance(parameters.kind),
    ratio: horizon / (parameters.alpha + age),
  };
}

/** Beyond these the series of single purchases grows too long: the mean of N, and H in units of α + T. */
const MAX_MEAN_FOR_SERIES = 2_000;
const MAX_RATIO_FOR_SERIES = 50;

/**
 * K(H) = E over p ~ Beta(A, B) of (1 - (1 + p·H/(α+T))^-ν) / p: expected purchase days in the next H of a customer who is
 * alive. To about 1e-12; to 1e-8 where dropout parameters are near a million. Never above ν·H/(α+T), its value without dropout.
 */
export function expectedOrdersWhileAlive(
  parameters: PurchaseParameters,
  history: { repeats: number; age: number },
  horizon: number,
): number {
  if (horizon <= 0) return 0;
  const inputs = inputsOf(parameters, history, horizon);
  const withoutDropout = inputs.rate * inputs.ratio;
  const isShort = withoutDropout <= MAX_MEAN_FOR_SERIES && inputs.ratio <= MAX_RATIO_FOR_SERIES;
  const value = isShort ? positiveSeries(inputs) : quadrature(inputs);
  return Math.min(Math.max(value, 0), withoutDropout);
}

/**
 * Σ P(N > k) · Π (B+j)/(A+B+j), N negative binomial(ν, z): purchase k+1 needs that many arrivals and that many survivals.
 * Every term lies in [0, 1] and all are positive, so nothing cancels and nothing is singular.
 */
function positiveSeries({ rate, dropout, survival, ratio }: Inputs): number {
  const logShare = -Math.log1p(1 / ratio);
  let logExactly = -rate * Math.log1p(ratio);
  let moreThan = -Math.expm1(logExactly);
  let survived = 1;
  let sum = 0;
  for (let k = 0; ; k++) {
    const term = moreThan * survived;
    sum += term;
    logExactly += Math.log((rate + k) / (k + 1)) + logShare;
    const exactly = Math.exp(logExactly);
    moreThan = Math.max(moreThan - exactly, 0);
    survived *= (survival + k) / (dropout + survival + k);
    // From here on P(N = n) falls at least as fast as a geometric series with this ratio, or with z.
    const growth = Math.max((rate + k + 1) / (k + 2), 1) * Math.exp(logShare);
    if (growth < 1 && exactly * survived <= 1e-16 * (1 - growth) * (1 - growth) * sum) return sum;
  }
}

/**
 * The same expectation as an integral over y = ln(p/(1-p)), the trapezoidal rule after y = y0 + w·sinh(t): both ends of a
 * Beta density, however sharp, fall off doubly exponentially there. For customers with thousands of purchases to come.
 */
function quadrature({ rate, dropout, survival, ratio }: Inputs): number {
  const centre = Math.log(dropout / survival);
  const width = Math.min(1, Math.sqrt(1 / dropout + 1 / survival));
  const logNorm = logBeta(dropout, survival);
  const step = 1 / 32;
  const integrand = (t: number): number => {
    const y = centre + width * Math.sinh(t);
    const logChance = y > 0 ? -Math.log1p(Math.exp(-y)) : y - Math.log1p(Math.exp(y));
    const logRest = y > 0 ? -y - Math.log1p(Math.exp(-y)) : -Math.log1p(Math.exp(y));
    const chance = Math.exp(logChance);
    const density = Math.exp(dropout * logChance + survival * logRest - logNorm);
    const gain = chance < 1e-290 ? rate * ratio : -Math.expm1(-rate * Math.log1p(chance * ratio)) / chance;
    return density * gain * width * Math.cosh(t);
  };
  let sum = integrand(0);
  for (const side of [1, -1]) {
    for (let k = 1; k < 1_200; k++) {
      const term = integrand(side * k * step);
      if (!Number.isFinite(term)) break;
      sum += term;
      if (k > 64 && term <= 1e-18 * sum) break;
    }
  }
  return sum * step;
}
