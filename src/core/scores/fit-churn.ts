import { eulerSeries, nudgeFromOne } from '../statistics/expected-orders';
import { type FittedValue, fitValue } from '../statistics/order-value';
import type { FittedPurchases } from '../statistics/purchase-fit';
import type { PurchaseParameters } from '../statistics/purchase-likelihood';
import { SERIES_TERMS } from './expected-orders-sql';
import { type FitWindows, spendOf } from './fit-windows';
import { type JudgedFit, judgeFit } from './judge-fit';
import { type PreparedCandidate, PurchaseFits, prepare } from './recipe';
import { SEASON_DAYS } from './training-dates';

export interface FitSettings {
  /** H, days. */
  horizon: number;
  /** Days that labels keep clear of the fit date. */
  embargo: number;
}

/** Why nobody is scored, where the gate is not what says so. */
export type FitAbstention = 'history_too_short' | 'no_purchases_lately';

export interface ChurnFit {
  /** What scores; undefined where nothing does, for `reason`. */
  scoring: PreparedCandidate | undefined;
  reason: string;
  judged: JudgedFit | undefined;
  /** The purchase model as of the fit date, where it may be published: it says orders and value to come. */
  purchases: FittedPurchases | undefined;
  purchasesAbstain: string | undefined;
  value: FittedValue | undefined;
  valueAbstain: string | undefined;
  /** Largest z = H / (alpha + T + H) at which the series of expected orders is exact to a ten-thousandth. */
  seriesLimit: number | undefined;
  /** Codes of what the shop should know of its fit. */
  warnings: string[];
}

/**
 * Fits and judges everything that predictions need, as of one date. A pure function of the rows; their order does not
 * matter. What cannot be fitted or does not beat the baselines abstains with its reason.
 */
export function fitChurn(windows: FitWindows, { horizon, embargo }: FitSettings, fits = new PurchaseFits()): ChurnFit {
  const season = horizon + embargo <= SEASON_DAYS ? windows.season : undefined;
  const judged = windows.judged.rows > 0 ? judgeFit(windows, fits, horizon) : undefined;
  const decided = decideScoring(windows, season, judged, fits, horizon);
  const orders = publishedPurchases(windows, judged, fits);
  const value = publishedValue(windows);
  const warnings = [
    ...(decided.scoring && !season ? ['season_unseen'] : []),
    ...(orders.fitted?.degeneracy ? [orders.fitted.degeneracy] : []),
    ...(value.valueAbstain === 'depends_on_frequency' ? ['value_depends_on_frequency'] : []),
  ];
  return {
    ...decided,
    judged,
    purchases: orders.fitted?.degeneracy ? undefined : orders.fitted,
    purchasesAbstain: orders.abstain ?? orders.fitted?.degeneracy,
    ...value,
    seriesLimit: orders.fitted && seriesLimit(orders.fitted.parameters),
    warnings,
  };
}

/** The model that the gate chose, fitted anew on all that has matured by the fit date. */
function decideScoring(
  { fit, judged, training }: FitWindows,
  season: FitWindows['season'],
  judgement: JudgedFit | undefined,
  fits: PurchaseFits,
  horizon: number,
): Pick<ChurnFit, 'scoring' | 'reason'> {
  if (!judgement) return { scoring: undefined, reason: 'history_too_short' };
  const { model, abstain } = judgement.decision;
  if (!model) {
    if (judged.positives === 0) return { scoring: undefined, reason: 'no_purchases_lately' };
    const first = judgement.candidates.find((candidate) => 'abstain' in candidate);
    const isUnfit = abstain === 'no_candidate' && first && 'abstain' in first;
    return { scoring: undefined, reason: isUnfit ? first.abstain : (abstain as string) };
  }
  const matured = [judged, ...training.slice(0, -1), ...(season ? [season] : [])];
  const scoring = prepare(model, { now: fit, matured, levels: season ? [judged, season] : [judged] }, fits, horizon);
  return 'abstain' in scoring
    ? { scoring: undefined, reason: scoring.abstain }
    : { scoring, reason: 'least_loss_on_newest_window' };
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
  return passed ? { fitted: found.fitted, abstain: undefined } : { fitted: undefined, abstain: verdict };
}

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
