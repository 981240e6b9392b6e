import { firstChance, type PurchaseParameters } from './purchase-likelihood';
import { sigmoid } from './special';

/** One customer as of a date: x, t_x and T of Fader & Hardie, in the parameters' time unit. */
export interface PurchaseHistory {
  repeats: number;
  span: number;
  age: number;
}

/** Exponents beyond this are 0 or infinite to a double; SQL clamps at the same place. */
const MAX_EXPONENT = 700;

const clampExponent = (exponent: number): number => Math.min(Math.max(exponent, -MAX_EXPONENT), MAX_EXPONENT);

/** ln of the odds that a customer has dropped out already; -Infinity where the model rules it out (BG, no repeat). */
export function logOddsOfDead(parameters: PurchaseParameters, { repeats, span, age }: PurchaseHistory): number {
  const { r, alpha, a, b, kind } = parameters;
  if (kind === 'bg' && repeats === 0) return Number.NEGATIVE_INFINITY;
  const silence = Math.log(alpha + age) - Math.log(alpha + span);
  return (r + repeats) * silence + Math.log(a) - Math.log(b + repeats + firstChance(kind) - 1);
}

/** P(alive): information only, never the churn risk. In [0, 1]. */
export function probabilityAlive(parameters: PurchaseParameters, history: PurchaseHistory): number {
  const odds = logOddsOfDead(parameters, history);
  return odds === Number.NEGATIVE_INFINITY ? 1 : sigmoid(-clampExponent(odds));
}

/** P(at least one purchase in the next H), H in the parameters' time unit. In [0, 1]. */
export function probabilityOfPurchase(
  parameters: PurchaseParameters,
  history: PurchaseHistory,
  horizon: number,
): number {
  const now = parameters.alpha + history.age;
  const exponent = (parameters.r + history.repeats) * (Math.log(now + horizon) - Math.log(now));
  return probabilityAlive(parameters, history) * -Math.expm1(-Math.min(exponent, MAX_EXPONENT));
}
