import { eulerSeries, nudgeFromOne } from '../statistics/expected-orders';
import { type FittedValue, fitValue } from '../statistics/order-value';
import type { FittedPurchases } from '../statistics/purchase-fit';
import type { PurchaseParameters } from '../statistics/purchase-likelihood';
import { type Decided, decideScoring, type FitSettings, hasStopped } from './decide-scoring';
import { SERIES_TERMS } from './expected-orders-sql';
import { type FitWindows, spendOf } from './fit-windows';
import type { JudgedFit } from './judge-fit';
import { BUYERS } from './population';
import { PurchaseFits } from './recipe';

export interface ChurnFit extends Decided {
  /** The purchase model as of the fit date, where it may be published: it says orders and value to come. */
  purchases: FittedPurchases | undefined;
  purchasesAbstain: string | undefined;
  value: FittedValue | undefined;
  valueAbstain: string | undefined;
  /** Largest z = H / (alpha + T + H) at which the series of expected orders is exact to a ten-thousandth. */
  seriesLimit: number | undefined;
}

/**
 * Fits and judges everything that predictions need, as of one date. A pure function of the rows; their order does not
 * matter. What cannot be fitted or does not beat the baselines abstains with its reason.
 */
export function fitChurn(windows: FitWindows, { horizon, embargo }: FitSettings, fits = new PurchaseFits()): ChurnFit {
  const decided = decideScoring(windows, { horizon, embargo }, BUYERS, fits);
  const orders = hasStopped(windows.fit)
    ? { fitted: undefined, abstain: decided.reason }
    : publishedPurchases(windows, decided.judged, fits);
  const value = publishedValue(windows);
  const warnings = [
    ...decided.warnings,
    ...(orders.fitted?.degeneracy ? [orders.fitted.degeneracy] : []),
    ...(value.valueAbstain === 'depends_on_frequency' ? ['value_depends_on_frequency'] : []),
  ];
  return {
    ...decided,
    purchases: orders.fitted?.degeneracy ? undefined : orders.fitted,
    purchasesAbstain: orders.abstain ?? orders.fitted?.degeneracy,
    ...value,
    seriesLimit: orders.fitted && seriesLimit(orders.fitted.parameters),
    warnings,
  };
}

/** Orders to come follow from the purchase model alone, so it must have passed the gate itself. */
function publishedPurchases(
  { fit }: FitWindows,
  judgement: JudgedFit | undefined,
  fits: PurchaseFits,
): { fitted: FittedPurchases | undefined; abstain: string | undefined } {
  const found = fits.at(fit);
  if ('abstain' in found) return { fitted: undefined, abstain: found.abstain };
  const verdict = judgement?.decision.verdicts.mbg ?? 'history_too_short';
  const passed = verdict === 'scores' || verdict === 'another_is_better';
  return passed ? { fitted: found.fitted, abstain: undefined } : { fitted: undefined, abstain: reasonOf(verdict) };
}

/** A verdict of the gate as the reason that people are told. */
const reasonOf = (verdict: string): string =>
  verdict.startsWith('not_better_than_') ? 'not_better_than_baselines' : verdict.replace('abstained: ', '');

function publishedValue(windows: FitWindows): Pick<ChurnFit, 'value' | 'valueAbstain'> {
  const found = fitValue(spendOf(windows.fit));
  if ('abstain' in found) return { value: undefined, valueAbstain: found.abstain };
  if (found.fitted.dependsOnFrequency) return { value: undefined, valueAbstain: 'depends_on_frequency' };
  return { value: found.fitted, valueAbstain: undefined };
}

const SERIES_PRECISION = 1e-4;

/** By bisection on the proven bound of a brand-new customer, for whom the series is worst. */
function seriesLimit(parameters: PurchaseParameters): number {
  const nudged = { ...parameters, a: nudgeFromOne(parameters.a) };
  const isExact = (z: number): boolean => {
    const age = (1 - z) / z - parameters.alpha;
    const { value, bound } = eulerSeries(nudged, { repeats: 0, age }, 1, SERIES_TERMS);
    return bound <= SERIES_PRECISION * value;
  };
  let [exact, inexact] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (exact + inexact) / 2;
    if (isExact(middle)) exact = middle;
    else inexact = middle;
  }
  return Math.floor(exact * 1e6) / 1e6;
}
