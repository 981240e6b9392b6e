import type { FitWindow } from '../../../src/core/scores/fit-windows';
import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import { seededRandom } from '../../../src/core/statistics/random';
import { simulateShop } from '../statistics/simulate';

/** A window of a shop whose customers do what a purchase model says: each seed has people of its own. */
export function simulatedWindow(
  truth: PurchaseParameters,
  { seed, customers, horizon }: { seed: number; customers: number; horizon: number },
): FitWindow {
  const random = seededRandom(seed);
  const { counts, later } = simulateShop(truth, customers, (draw) => 30 + Math.floor(draw() * 500), horizon, random);
  // Whole days, as in the product: equal histories are then fitted as one.
  counts.span.forEach((span, row) => {
    counts.span[row] = Math.min(Math.ceil(span), counts.age[row] as number);
  });
  const labels = Uint8Array.from(later, (orders) => (orders > 0 ? 1 : 0));
  const recency = counts.age.map((age, row) => age - (counts.span[row] as number));
  return {
    rows: customers,
    hash: Float64Array.from({ length: customers }, (_, row) => row + seed * customers),
    labels,
    positives: labels.reduce((sum, each) => sum + each, 0),
    counts,
    recency,
    value: new Float64Array(customers).fill(Number.NaN),
    features: new Map([
      ['log_recency_days', recency.map((days) => Math.log(1 + days))],
      ['log_repeats', counts.repeats.map((repeats) => Math.log(1 + repeats))],
    ]),
  };
}
