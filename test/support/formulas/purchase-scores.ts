import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';
import {
  type PurchaseHistory,
  probabilityAlive,
  probabilityOfPurchase,
} from '../../../src/core/statistics/purchase-scores';
import { expectedOrdersWhileAlive } from './expected-orders';

/** P(no purchase in the next H): the churn risk. In [0, 1], falls with H towards 1 - P(alive). */
export function probabilityOfNoPurchase(
  parameters: PurchaseParameters,
  history: PurchaseHistory,
  horizon: number,
): number {
  return 1 - probabilityOfPurchase(parameters, history, horizon);
}

/** E[purchase days in the next H], exact: what the closed form in SQL is tested against. */
export function expectedOrders(parameters: PurchaseParameters, history: PurchaseHistory, horizon: number): number {
  return probabilityAlive(parameters, history) * expectedOrdersWhileAlive(parameters, history, horizon);
}

/** E[X(t)] of somebody who has just bought for the first time. */
export function expectedOrdersOfNewCustomer(parameters: PurchaseParameters, horizon: number): number {
  return expectedOrders(parameters, { repeats: 0, span: 0, age: 0 }, horizon);
}

/**
 * After how long, counted from now and given that the customer is alive, a share of such customers has ordered again:
 * share 0.5 gives the median. Infinite for share 1; 0 for share 0.
 */
export function waitForNextOrder(
  parameters: PurchaseParameters,
  history: PurchaseHistory,
  shareThatOrdered: number,
): number {
  const rate = parameters.r + history.repeats;
  return (parameters.alpha + history.age) * Math.expm1(-Math.log1p(-shareThatOrdered) / rate);
}
