import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import type { PurchaseHistory } from '../../../src/core/statistics/purchase-scores';
import { expectedOrders } from './purchase-scores';

/**
 * Present value of the purchases expected until `until`: Σ over periods of value · new purchases / (1 + discount)^(k).
 * Times in the model's own unit; `discount` is per period. Periods count from now, so values of adjoining horizons add up.
 *
 * @param period length of one period; the last one may be shorter.
 */
export function customerValue(
  parameters: PurchaseParameters,
  history: PurchaseHistory,
  valueOfOrder: number,
  { until, period, discount }: { until: number; period: number; discount: number },
): number {
  let sum = 0;
  let before = 0;
  for (let k = 1; (k - 1) * period < until; k++) {
    const orders = expectedOrders(parameters, history, Math.min(k * period, until));
    sum += (valueOfOrder * (orders - before)) / (1 + discount) ** k;
    before = orders;
  }
  return sum;
}

export interface ContactCosts {
  /** γ: chance that the offer keeps somebody who would have left. */
  offerWorks: number;
  /** d: cost of the offer to the shop, once taken. */
  offerCost: number;
  /** f: cost of one contact. */
  contactCost: number;
}

/**
 * p·γ·(CLV - d) > f + (1-p)·d (Verbraken et al. 2013, for one customer): what a contact is expected to bring exceeds what
 * it costs. `margin` is the customer's value over the horizon as gross margin, never revenue.
 */
export function isWorthContacting(
  churnProbability: number,
  margin: number,
  { offerWorks, offerCost, contactCost }: ContactCosts,
): boolean {
  return churnProbability * offerWorks * (margin - offerCost) > contactCost + (1 - churnProbability) * offerCost;
}
