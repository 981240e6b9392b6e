import type { PurchaseCounts } from './counts';
import { digammaRise, logRising } from './special';

/**
 * BG/NBD (Fader, Hardie & Lee 2005: dropout only after a repeat purchase) and MBG/NBD (Batislam, Denizel & Filiztekin 2007:
 * dropout also right after the first) in one set of formulas. Purchase rate ~ Gamma(r, rate alpha), dropout chance
 * ~ Beta(a, b). `alpha` is a time, in the unit of the counts it was fitted on: days in the product.
 */
export interface PurchaseParameters {
  kind: 'bg' | 'mbg';
  r: number;
  alpha: number;
  a: number;
  b: number;
}

/** How many chances to drop out a customer has had besides those after repeat purchases. */
export const firstChance = (kind: PurchaseParameters['kind']): 0 | 1 => (kind === 'mbg' ? 1 : 0);

/** What of a row depends on x alone, and its derivatives: rows sorted by x share it. */
interface ParameterTerms {
  value: number;
  r: number;
  a: number;
  b: number;
  chancesBefore: number;
  logChancesBefore: number;
}

function termsOfRepeats(parameters: PurchaseParameters, repeats: number): ParameterTerms {
  const { r, a, b } = parameters;
  const chances = repeats + firstChance(parameters.kind);
  const rise = digammaRise(a + b, chances);
  const chancesBefore = b + chances - 1;
  return {
    value: logRising(r, repeats) + logRising(b, chances) - logRising(a + b, chances),
    r: digammaRise(r, repeats),
    a: -rise,
    b: digammaRise(b, chances) - rise,
    chancesBefore,
    logChancesBefore: Math.log(chancesBefore),
  };
}

/**
 * Log-likelihood of the counts, summed over customers, and its gradient by (r, alpha, a, b), which is written into
 * `gradient` where given. Counts must have passed problemOfCounts.
 */
export function purchaseLogLikelihood(
  counts: PurchaseCounts,
  parameters: PurchaseParameters,
  gradient?: Float64Array,
): number {
  const { r, alpha, a, kind } = parameters;
  const { repeats, span, age, weight } = counts;
  const [logAlpha, logA] = [Math.log(alpha), Math.log(a)];
  let sum = 0;
  let [byR, byAlpha, byA, byB] = [0, 0, 0, 0];
  let terms = termsOfRepeats(parameters, 0);
  let termsFor = 0;
  for (let row = 0; row < repeats.length; row++) {
    const x = repeats[row] as number;
    const w = weight[row] as number;
    if (x !== termsFor) {
      terms = termsOfRepeats(parameters, x);
      termsFor = x;
    }
    const rate = r + x;
    const untilNow = alpha + (age[row] as number);
    const untilLast = alpha + (span[row] as number);
    const logNow = Math.log(untilNow);
    const silence = logNow - Math.log(untilLast);
    const canBeDead = kind === 'mbg' || x > 0;
    // ln of the odds, their sigmoid and ln(1 + e^odds) by one exponential, of what is never above 0.
    const oddsOfDead = canBeDead ? rate * silence + logA - terms.logChancesBefore : Number.NEGATIVE_INFINITY;
    const exponential = Math.exp(-Math.abs(oddsOfDead));
    const dead = (oddsOfDead >= 0 ? 1 : exponential) / (1 + exponential);
    const softplus = Math.max(oddsOfDead, 0) + Math.log1p(exponential);
    sum += w * (terms.value + r * logAlpha - rate * logNow + softplus);
    byR += w * (terms.r + logAlpha - logNow + dead * silence);
    byAlpha += w * (r / alpha - rate / untilNow + dead * rate * (1 / untilNow - 1 / untilLast));
    byA += w * (terms.a + dead / a);
    byB += w * (terms.b - (canBeDead ? dead / terms.chancesBefore : 0));
  }
  gradient?.set([byR, byAlpha, byA, byB]);
  return sum;
}
