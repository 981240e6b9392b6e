import { interceptShift } from '../statistics/calibration';
import { type CandidateName, MIN_JUDGED_OF_EITHER_LABEL } from '../statistics/gate';
import { type FittedPurchases, fitPurchases, type PurchaseFit } from '../statistics/purchase-fit';
import { roundSignificant, sigmoid } from '../statistics/special';
import { type CandidateFit, type ChurnModel, concat, fitLogisticCandidate, logOddsOf } from './candidates';
import type { FitWindow } from './fit-windows';

/** A candidate as it would score at a date, and the shift of level that the windows before it taught. */
export interface PreparedCandidate {
  model: ChurnModel;
  /** Added to the log-odds of a purchase. */
  shift: number;
}

/** What is known at a date: its own customers, and earlier windows whose outcomes have matured. */
export interface KnownAt {
  now: FitWindow;
  /** Newest first. */
  matured: readonly FitWindow[];
  /** Of these, the ones that say how the level has moved. */
  levels: readonly FitWindow[];
}

type Prepared = PreparedCandidate | { abstain: string };

/** What was fitted: several candidates, dates and shifts ask for the same purchase model, back-tests for what was judged. */
export class PurchaseFits {
  private readonly known = new Map<FitWindow, PurchaseFit>();
  private readonly prepared: { of: readonly unknown[]; candidate: Prepared }[] = [];

  at(window: FitWindow): PurchaseFit {
    const fit = this.known.get(window) ?? fitPurchases(window.counts, { kind: 'mbg', prior: 'weak' });
    this.known.set(window, fit);
    return fit;
  }

  fitted(window: FitWindow | undefined): FittedPurchases | undefined {
    const fit = window && this.at(window);
    return fit && 'fitted' in fit ? fit.fitted : undefined;
  }

  /** What `make` made the first time it was asked for with all of these. */
  once(of: readonly unknown[], make: () => Prepared): Prepared {
    const isSame = (other: readonly unknown[]): boolean =>
      other.length === of.length && other.every((each, index) => each === of[index]);
    const found = this.prepared.find((each) => isSame(each.of));
    if (found) return found.candidate;
    const candidate = make();
    this.prepared.push({ of, candidate });
    return candidate;
  }
}

function fitCandidate(
  name: CandidateName,
  { now, matured }: KnownAt,
  fits: PurchaseFits,
  horizon: number,
): CandidateFit {
  if (name === 'mbg') {
    const fit = fits.at(now);
    return 'abstain' in fit ? fit : { model: { name, purchases: fit.fitted.parameters, logistic: undefined } };
  }
  if (name === 'logistic') return fitLogisticCandidate(matured, undefined, horizon);
  const purchases = fits.fitted(matured[0]);
  if (!purchases) return { abstain: 'no_purchase_model' };
  return fitLogisticCandidate(matured, purchases.parameters, horizon);
}

/**
 * How far the level of a purchase has moved from what the model says, by the windows that may tell. The purchase model too is
 * asked as it stands, though it has seen these purchases: as it was fitted then it would be blamed for what it learned since.
 */
function shiftOf(model: ChurnModel, levels: readonly FitWindow[], horizon: number): number {
  const positives = levels.reduce((sum, window) => sum + window.positives, 0);
  const negatives = levels.reduce((sum, window) => sum + window.rows, 0) - positives;
  if (Math.min(positives, negatives) < MIN_JUDGED_OF_EITHER_LABEL) return 0;
  const found = interceptShift(concat(levels.map((window) => logOddsOf(model, window, horizon))), positives);
  return 'shift' in found ? found.shift : 0;
}

/** Fits one candidate as of a date by what is known then: the same for the date that is judged and for the one that scores. */
export function prepare(name: CandidateName, known: KnownAt, fits: PurchaseFits, horizon: number): Prepared {
  const { now, matured, levels } = known;
  return fits.once([name, horizon, now, matured.length, ...matured, ...levels], () => {
    const fit = fitCandidate(name, known, fits, horizon);
    return 'abstain' in fit ? fit : { model: fit.model, shift: shiftOf(fit.model, levels, horizon) };
  });
}

export function prepareAll(candidates: readonly CandidateName[], known: KnownAt, fits: PurchaseFits, horizon: number) {
  return candidates.map((name) => [name, prepare(name, known, fits, horizon)] as const);
}

/** P(purchase within H) of every customer of a window, to six digits, as it is published. */
export function probabilitiesOf({ model, shift }: PreparedCandidate, window: FitWindow, horizon: number): Float64Array {
  return logOddsOf(model, window, horizon).map((odds) => Math.round(sigmoid(odds + shift) * 1e6) / 1e6);
}

/** Rounded as parameters are: the same digits wherever the same fit is made again. */
export const tenDigits = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : roundSignificant(value);
