import type { FitWindow, FitWindows } from './fit-windows';
import { type JudgedFit, judgeFit } from './judge-fit';
import type { Population } from './population';
import { type PreparedCandidate, type PurchaseFits, prepare } from './recipe';
import { SEASON_DAYS } from './training-dates';

export interface FitSettings {
  /** H, days. */
  horizon: number;
  /** Days that labels keep clear of the fit date. */
  embargo: number;
}

/** Why nobody is scored, where the gate is not what says so. */
export type FitAbstention = 'history_too_short' | 'no_purchases_lately';

export interface Decided {
  /** What scores; undefined where nothing does, for `reason`. */
  scoring: PreparedCandidate | undefined;
  reason: string;
  judged: JudgedFit | undefined;
  /** Codes of what the shop should know of its fit. */
  warnings: string[];
}

/** Judges what may score a population out of time, and fits what the gate chose anew on all that has matured by the fit date. */
export function decideScoring(
  windows: FitWindows,
  { horizon, embargo }: FitSettings,
  population: Population,
  fits: PurchaseFits,
): Decided {
  const season = horizon + embargo <= SEASON_DAYS ? windows.season : undefined;
  const judged = windows.judged.rows > 0 ? judgeFit(windows, fits, horizon, population) : undefined;
  const decided = chosen(windows, season, judged, fits, horizon);
  const leaks = judged?.candidates.some((each) => 'abstain' in each && each.abstain === 'separable_labels');
  const warnings = [...(decided.scoring && !season ? ['season_unseen'] : []), ...(leaks ? ['feature_leaks'] : [])];
  return { ...decided, judged, warnings };
}

/** Days without a purchase of anybody after which a shop has stopped, however far its horizon looks ahead. */
const QUARTER = 91;

/** Whether all that bought once have been silent for a quarter; people without a purchase have no window of the fit itself. */
export const hasStopped = ({ rows, recency }: FitWindow): boolean =>
  rows > 0 && recency.every((days) => days >= QUARTER);

function chosen(
  { fit, judged, training }: FitWindows,
  season: FitWindows['season'],
  judgement: JudgedFit | undefined,
  fits: PurchaseFits,
  horizon: number,
): Pick<Decided, 'scoring' | 'reason'> {
  if (!judgement) return { scoring: undefined, reason: 'history_too_short' };
  if (hasStopped(fit)) return { scoring: undefined, reason: 'no_purchases_lately' };
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
