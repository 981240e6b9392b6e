/** Lanczos coefficients for g = 7, n = 9 (Godfrey); about 15 digits for every positive argument. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const HALF_LOG_TWO_PI = 0.9189385332046728;

/** From here on Stirling's series is exact to the last digit and cheaper. */
const STIRLING_FROM = 12;

/** ln Γ(z) for z > 0; relative accuracy about 1e-14 away from its zeros at 1 and 2, absolute there. */
export function logGamma(z: number): number {
  if (z >= STIRLING_FROM) {
    const inverse = 1 / z;
    const square = inverse * inverse;
    const series = 1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188))));
    return (z - 0.5) * Math.log(z) - z + HALF_LOG_TWO_PI + inverse * series;
  }
  if (z < 0.5) return logGamma(z + 1) - Math.log(z);
  const shifted = z - 1;
  let sum: number = LANCZOS[0];
  for (let index = 1; index < LANCZOS.length; index++) sum += (LANCZOS[index] as number) / (shifted + index);
  const base = shifted + 7.5;
  return HALF_LOG_TWO_PI + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** ψ(z) = d/dz ln Γ(z) for z > 0; absolute accuracy about 1e-14 for z >= 0.1, relative below. */
export function digamma(z: number): number {
  let below = 0;
  let argument = z;
  for (; argument < 10; argument++) below -= 1 / argument;
  const square = 1 / (argument * argument);
  const series =
    square *
    (1 / 12 -
      square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760))))));
  return below + Math.log(argument) - 0.5 / argument - series;
}

/** Below this many factors a product is more exact than a difference of two large ln Γ. */
const PRODUCT_UP_TO = 64;

/** ln of the rising factorial z (z+1) ... (z+n-1) = ln Γ(z+n) - ln Γ(z), z > 0 and n a whole number >= 0. */
export function logRising(z: number, n: number): number {
  if (n > PRODUCT_UP_TO) return logGamma(z + n) - logGamma(z);
  let sum = 0;
  for (let k = 0; k < n; k++) sum += Math.log(z + k);
  return sum;
}

/** ψ(z+n) - ψ(z), the derivative of logRising by z. */
export function digammaRise(z: number, n: number): number {
  if (n > PRODUCT_UP_TO) return digamma(z + n) - digamma(z);
  let sum = 0;
  for (let k = 0; k < n; k++) sum += 1 / (z + k);
  return sum;
}

/** ln(1 + e^u) without overflow, exact for very negative u. */
export function logOnePlusExp(u: number): number {
  return u > 0 ? u + Math.log1p(Math.exp(-u)) : Math.log1p(Math.exp(u));
}

/** 1 / (1 + e^-u) without overflow. */
export function sigmoid(u: number): number {
  if (u >= 0) return 1 / (1 + Math.exp(-u));
  const exponential = Math.exp(u);
  return exponential / (1 + exponential);
}

/** ln(p / (1-p)), p held within [1e-12, 1 - 1e-12] so that it stays finite. */
export function logit(p: number): number {
  const held = Math.min(Math.max(p, 1e-12), 1 - 1e-12);
  return Math.log(held) - Math.log1p(-held);
}

/** The nearest double with so many significant decimal digits; 0 and non-finite values as they are. */
export function roundSignificant(value: number, digits = 10): number {
  return value === 0 || !Number.isFinite(value) ? value : Number(value.toPrecision(digits));
}
