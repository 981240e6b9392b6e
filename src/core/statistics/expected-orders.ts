import { firstChance, type PurchaseParameters } from './purchase-likelihood';

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

/** How near to 1 the series of Euler lets `a` come: at 1 it divides zero by zero. */
const CLOSEST_TO_ONE = 1e-6;

/** `a`, moved off 1 for the closed form in SQL; the value changes by less than 1e-6 of itself. */
export function nudgeFromOne(a: number): number {
  if (Math.abs(a - 1) >= CLOSEST_TO_ONE) return a;
  return a < 1 ? 1 - CLOSEST_TO_ONE : 1 + CLOSEST_TO_ONE;
}

export interface SeriesValue {
  value: number;
  /** Proven bound of the absolute error by truncation; Infinity where the terms do not yet fall geometrically. */
  bound: number;
}

/**
 * K(H) as SQL evaluates it: Euler's transformation of the hypergeometric function, so many terms in Horner form,
 * K = (s-1)/(A-1) · [1 - (1-z)^(A-1) · S], with only + - × ÷, exp and ln. `a` must have passed nudgeFromOne.
 */
export function eulerSeries(
  parameters: PurchaseParameters,
  history: { repeats: number; age: number },
  horizon: number,
  terms: number,
): SeriesValue {
  const { rate, dropout, survival, ratio } = inputsOf(parameters, history, horizon);
  const z = ratio / (1 + ratio);
  const s = dropout + survival;
  const ratioAt = (n: number): number => (z * (s - 1 - rate + n) * (dropout - 1 + n)) / ((s - 1 + n) * (n + 1));
  let nested = 1;
  for (let n = terms - 1; n >= 0; n--) nested = 1 + ratioAt(n) * nested;
  let next = 1;
  for (let n = 0; n <= terms; n++) next *= ratioAt(n);
  const factor = (s - 1) / (dropout - 1);
  const discount = Math.exp(-(dropout - 1) * Math.log1p(ratio));
  // Later ratios: (s-1-ν+n)/(s-1+n) is below 1, and (A-1+n)/(n+1) falls towards 1, or rises to it where A < 2.
  const after = terms + 1;
  const largestRatio = z * Math.max(1, (dropout - 1 + after) / (after + 1));
  const isFalling = s - 1 - rate + after >= 0 && largestRatio < 1;
  return {
    value: factor * (1 - discount * nested),
    bound: isFalling ? (Math.abs(factor) * discount * Math.abs(next)) / (1 - largestRatio) : Number.POSITIVE_INFINITY,
  };
}
