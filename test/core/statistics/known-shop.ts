import type { PurchaseFit } from '../../../src/core/statistics/purchase-fit';
import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';

/** What simulated shops are made of: a fit has to find it again. */
export const TRUTH: PurchaseParameters = { kind: 'mbg', r: 0.6, alpha: 45, a: 0.8, b: 2 };
export const NAMES = ['r', 'alpha', 'a', 'b'] as const;
export const wholeDays = (random: () => number): number => 200 + Math.floor(random() * 500);

export function fitted(fit: PurchaseFit) {
  if (!('fitted' in fit)) throw new Error(fit.abstain);
  return fit.fitted;
}
