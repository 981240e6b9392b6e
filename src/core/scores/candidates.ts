import type { CandidateName } from '../statistics/gate';
import { fitLogistic, type LogisticData, type LogisticModel, linearPredictors } from '../statistics/logistic';
import type { PurchaseParameters } from '../statistics/purchase-likelihood';
import { probabilityOfPurchase } from '../statistics/purchase-scores';
import { logit } from '../statistics/special';
import type { FitWindow } from './fit-windows';

/** The name under which a purchase model's log-odds stand among the features of a logistic one. */
export const MBG_LOGIT = 'mbg_logit';

/** Features and their families, with the log-odds of a purchase model: what it says is the person's own rhythm. */
export function withPurchaseModel(families: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...families, [MBG_LOGIT, 'cadence']]);
}

/** A fitted model of P(purchase within H): of either family, or one on top of the other. */
export interface ChurnModel {
  name: CandidateName;
  purchases: PurchaseParameters | undefined;
  logistic: LogisticModel | undefined;
}

export type CandidateFit = { model: ChurnModel } | { abstain: string };

/** ln of the odds of a purchase within the horizon by a purchase model, for every customer of a window. */
function purchaseLogOdds(parameters: PurchaseParameters, { counts, rows }: FitWindow, horizon: number): Float64Array {
  const odds = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const history = {
      repeats: counts.repeats[row] as number,
      span: counts.span[row] as number,
      age: counts.age[row] as number,
    };
    odds[row] = logit(probabilityOfPurchase(parameters, history, horizon));
  }
  return odds;
}

function designOf(window: FitWindow, purchases: PurchaseParameters | undefined, horizon: number) {
  const names = [...window.features.keys()];
  const columns = [...window.features.values()];
  if (!purchases) return { names, columns };
  return { names: [...names, MBG_LOGIT], columns: [...columns, purchaseLogOdds(purchases, window, horizon)] };
}

/** ln of the odds of a purchase within the horizon for every customer of a window, before any shift of level. */
export function logOddsOf(model: ChurnModel, window: FitWindow, horizon: number): Float64Array {
  if (model.logistic) return linearPredictors(model.logistic, designOf(window, model.purchases, horizon));
  return purchaseLogOdds(model.purchases as PurchaseParameters, window, horizon);
}

/** Snapshots of one customer share a weight of 1, so that windows add rows and not confidence. */
function sharedWeights(windows: readonly FitWindow[]): Float64Array {
  const times = new Map<number, number>();
  for (const { hash } of windows) for (const each of hash) times.set(each, (times.get(each) ?? 0) + 1);
  return concat(windows.map(({ hash }) => hash.map((each) => 1 / (times.get(each) as number))));
}

export function concat(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const RIDGE = 1;

/**
 * Ridge logistic regression over all windows, with the log-odds of a purchase model as one more feature where one is given.
 *
 * @param start last time's model of the same kind, which saves passes.
 */
export function fitLogisticCandidate(
  windows: readonly FitWindow[],
  purchases: PurchaseParameters | undefined,
  horizon: number,
  start?: LogisticModel,
): CandidateFit {
  if (windows.length === 0) return { abstain: 'no_training_window' };
  const designs = windows.map((window) => designOf(window, purchases, horizon));
  const names = (designs[0] as (typeof designs)[number]).names;
  const data: LogisticData = {
    names,
    columns: names.map((_, index) => concat(designs.map((design) => design.columns[index] as Float64Array))),
    labels: Uint8Array.from(windows.flatMap(({ labels }) => [...labels])),
    weights: sharedWeights(windows),
  };
  const fit = fitLogistic(data, { ridge: RIDGE, ...(start && { start }) });
  if ('abstain' in fit) return fit;
  const name = purchases ? 'logistic_with_mbg' : 'logistic';
  return { model: { name, purchases, logistic: fit.fitted.model } };
}
