import { interceptShift } from '../statistics/calibration';
import {
  type AbsentCandidate,
  type BaselineName,
  type CandidateName,
  decide,
  type GateDecision,
  type JudgedCandidate,
} from '../statistics/gate';
import { type LikelyCut, likelyCut } from '../statistics/likely-cut';
import { type Judgement, judge } from '../statistics/metrics';
import { lossesOf, meanDifference } from '../statistics/paired-mean';
import { groupScores } from '../statistics/score-groups';
import { logit, sigmoid } from '../statistics/special';
import { baselineProbabilities } from './baselines';
import type { FitWindow, FitWindows } from './fit-windows';
import { BUYERS, type Population } from './population';
import { type PurchaseFits, prepareAll, probabilitiesOf } from './recipe';

/** Customers silent for longer are mostly gone: scores must tell the others apart too. */
const ACTIVE_DAYS = 365;

/** How every candidate and baseline did on the newest matured window, fitted on what was known before it. */
export interface JudgedFit {
  decision: GateDecision;
  candidates: (JudgedCandidate | AbsentCandidate)[];
  baselines: Partial<Record<BaselineName, { everybody: Judgement; active: Judgement | undefined }>>;
  /** Of the model that scores, on the judged window. */
  cuts: ScoreCuts | undefined;
}

export interface ScoreCuts {
  likely: LikelyCut;
  /** Churn probabilities from which on a customer active within a year is in the middle, or the riskiest, third. */
  mediumFrom: number;
  highFrom: number;
}

export const activeRows = ({ recency, rows }: FitWindow): number[] =>
  [...Array(rows).keys()].filter((row) => (recency[row] as number) <= ACTIVE_DAYS);

function judgementsOf(probability: Float64Array, window: FitWindow, active: readonly number[]) {
  const { labels } = window;
  const activeScores = {
    probability: Float64Array.from(active, (row) => probability[row] as number),
    labels: Uint8Array.from(active, (row) => labels[row] as number),
  };
  return {
    everybody: judge(groupScores({ probability, labels })),
    active: active.length > 0 ? judge(groupScores(activeScores)) : undefined,
  };
}

/**
 * What a score loses once its level is that of the window. Whether a score beats a rule is a question of telling people
 * apart; how far the level moved since the fit is what the calibration error says, and what the shift mends for tonight.
 */
function lossesAtLevel(probability: Float64Array, { labels, positives }: FitWindow): Float64Array {
  const logOdds = probability.map(logit);
  const found = interceptShift(logOdds, positives);
  const shift = 'shift' in found ? found.shift : 0;
  return lossesOf(
    logOdds.map((odds) => sigmoid(odds + shift)),
    labels,
  );
}

/** Judges all candidates for a population on one window. The window must have people. */
export function judgeFit(
  { judged, training }: Pick<FitWindows, 'judged' | 'training'>,
  fits: PurchaseFits,
  horizon: number,
  population: Population = BUYERS,
): JudgedFit {
  const active = activeRows(judged);
  const baselineScores = population.baselines.map(
    (name) => [name, baselineProbabilities(name, training, judged)] as const,
  );
  const baselineLosses = baselineScores.map(([name, scores]) => [name, lossesAtLevel(scores, judged)] as const);
  const known = { now: judged, matured: training, levels: training.slice(0, 1) };
  const scores = new Map<CandidateName, Float64Array>();
  const contest = prepareAll(population.candidates, known, fits, horizon);
  const candidates = contest.map(([name, prepared]): JudgedCandidate | AbsentCandidate => {
    if ('abstain' in prepared) return { name, abstain: prepared.abstain };
    const probability = probabilitiesOf(prepared, judged, horizon);
    scores.set(name, probability);
    const losses = lossesAtLevel(probability, judged);
    const gains = baselineLosses.map(([baseline, theirs]) => [baseline, meanDifference(theirs, losses)] as const);
    return {
      name,
      ...judgementsOf(probability, judged, active),
      gainOver: Object.fromEntries(gains) as JudgedCandidate['gainOver'],
    };
  });
  const newest = training[0];
  const decision = decide({
    trainable: { rows: newest?.rows ?? 0, positives: newest?.positives ?? 0 },
    candidates,
  });
  const scored = decision.model && scores.get(decision.model);
  return {
    decision,
    candidates,
    baselines: Object.fromEntries(
      baselineScores.map(([name, probability]) => [name, judgementsOf(probability, judged, active)]),
    ) as JudgedFit['baselines'],
    cuts: scored && cutsOf(scored, judged, active),
  };
}

/** Cuts from the chances alone: how many are likely, and thirds of those active within a year. */
export function cutsOf(probability: Float64Array, { labels }: FitWindow, active: readonly number[]): ScoreCuts {
  const rows = active.length > 0 ? active : [...labels.keys()];
  const churn = Float64Array.from(rows, (row) => 1 - (probability[row] as number)).sort();
  const third = (share: number): number => Math.round((churn[Math.floor(churn.length * share)] as number) * 1e6) / 1e6;
  return { likely: likelyCut(groupScores({ probability, labels })), mediumFrom: third(1 / 3), highFrom: third(2 / 3) };
}
