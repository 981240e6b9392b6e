import { roundSignificant, sigmoid } from './special';

/** Why an intercept cannot be shifted. */
export type ShiftAbstention = 'no_positives' | 'no_negatives';

export type InterceptShift = { shift: number } | { abstain: ShiftAbstention };

/**
 * c with Σ weight · sigmoid(η + c) = positives, 10 significant digits: after it the newest matured window is calibrated in
 * the large while the ranking stays. For a logistic score η is the linear predictor, for MBG the logit of its probability.
 *
 * @param positives weighted number of those who bought.
 */
export function interceptShift(logOdds: Float64Array, positives: number, weights?: Float64Array): InterceptShift {
  const total = weights ? weights.reduce((sum, each) => sum + each, 0) : logOdds.length;
  if (!(positives > 0)) return { abstain: 'no_positives' };
  if (!(positives < total)) return { abstain: 'no_negatives' };
  const excess = (shift: number): [number, number] => {
    let [sum, slope] = [-positives, 0];
    for (let row = 0; row < logOdds.length; row++) {
      const weight = weights ? (weights[row] as number) : 1;
      const chance = sigmoid((logOdds[row] as number) + shift);
      sum += weight * chance;
      slope += weight * chance * (1 - chance);
    }
    return [sum, slope];
  };
  // The root lies where even the least or the most confident row would be calibrated alone.
  const target = Math.log(positives / (total - positives));
  let low = target - logOdds.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
  let high = target - logOdds.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  let shift = Math.min(Math.max(0, low), high);
  for (let iteration = 0; iteration < 200; iteration++) {
    const [value, slope] = excess(shift);
    if (value > 0) high = shift;
    else low = shift;
    const newton = shift - value / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - shift) <= 1e-13 * (1 + Math.abs(next))) break;
    shift = next;
  }
  return { shift: roundSignificant(shift) };
}
