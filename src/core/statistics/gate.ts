import type { Interval } from './bootstrap';
import type { Judgement } from './metrics';

/** Simplest first: of two that are equally good the simpler one scores. */
export const CANDIDATES = ['mbg', 'logistic', 'logistic_with_mbg'] as const;
export type CandidateName = (typeof CANDIDATES)[number];

/** Each turned into a probability by a model of one feature, or of none. */
export const BASELINES = ['global_rate', 'recency_only', 'rfm_sum'] as const;
export type BaselineName = (typeof BASELINES)[number];

/** By baseline; the global rate is always one of them. */
export type GainOver = Readonly<{ global_rate: Interval } & Partial<Record<BaselineName, Interval>>>;

/** A candidate that was fitted and judged on the newest matured window. */
export interface JudgedCandidate {
  name: CandidateName;
  everybody: Judgement;
  /** Those with a purchase in the 365 days before the window; undefined where there are none. */
  active: Judgement | undefined;
  /**
   * Log-loss of the baseline minus the candidate's, paired on the same rows, both at the level of the window: above 0 the
   * candidate is better.
   */
  gainOver: GainOver;
}

/** A candidate that has nothing to say, with its own reason. */
export interface AbsentCandidate {
  name: CandidateName;
  abstain: string;
}

export interface GateInput {
  /** Customers that can be trained on, and how many of them bought within the horizon. */
  trainable: { rows: number; positives: number };
  candidates: readonly (JudgedCandidate | AbsentCandidate)[];
}

/** Why nothing is published. */
export type GateAbstention = 'no_candidate' | 'window_too_small' | 'not_better_than_baselines' | 'not_calibrated';

/** Why one candidate does not score. */
export type Verdict =
  | 'scores'
  | 'another_is_better'
  | 'shop_too_small'
  | `abstained: ${string}`
  | GateAbstention
  | `not_better_than_${BaselineName}`;

export interface GateDecision {
  /** The model that scores; undefined: no score is published, for the reason beside it. */
  model: CandidateName | undefined;
  abstain: GateAbstention | undefined;
  verdicts: Readonly<Partial<Record<CandidateName, Verdict>>>;
}

/** Below these the logistic models do not run against MBG: measured, the generative model is ahead there. */
export const SMALL_SHOP = { rows: 1_000, ofEitherLabel: 200 } as const;
/** Judged rows of either label below which no difference to a baseline means anything. */
export const MIN_JUDGED_OF_EITHER_LABEL = 20;
/** An expected calibration error above this makes tiers and cuts say something wrong, however well the score ranks. */
export const MAX_ECE = 0.15;

const isAbsent = (candidate: JudgedCandidate | AbsentCandidate): candidate is AbsentCandidate => 'abstain' in candidate;

function isSmall({ rows, positives }: GateInput['trainable']): boolean {
  return rows < SMALL_SHOP.rows || Math.min(positives, rows - positives) < SMALL_SHOP.ofEitherLabel;
}

function fewOfEitherLabel({ rows, positives }: Judgement): boolean {
  return Math.min(positives, rows - positives) < MIN_JUDGED_OF_EITHER_LABEL;
}

/**
 * The verdict on one candidate alone; undefined: it may score. It must lose less than each baseline on the window, and
 * against the global rate so clearly that the interval excludes chance.
 */
function objectionTo(candidate: JudgedCandidate | AbsentCandidate, small: boolean): Verdict | undefined {
  if (isAbsent(candidate)) return `abstained: ${candidate.abstain}`;
  if (small && candidate.name !== 'mbg') return 'shop_too_small';
  if (fewOfEitherLabel(candidate.everybody)) return 'window_too_small';
  if (!(candidate.gainOver.global_rate.low > 0)) return 'not_better_than_global_rate';
  const lost = BASELINES.find((baseline) => {
    const gain = candidate.gainOver[baseline];
    return gain !== undefined && !(gain.estimate > 0);
  });
  if (lost) return `not_better_than_${lost}`;
  // A handful of people has no calibration error to speak of, only chance.
  const judged = [candidate.everybody, candidate.active].filter((each) => each && !fewOfEitherLabel(each));
  if (judged.some((each) => each && !(each.ece <= MAX_ECE))) return 'not_calibrated';
  return undefined;
}

/** Of all objections the one that stands for the whole: what came nearest to being published. */
function summaryOf(verdicts: readonly Verdict[]): GateAbstention {
  if (verdicts.includes('not_calibrated')) return 'not_calibrated';
  if (verdicts.some((verdict) => verdict.startsWith('not_better_than_'))) return 'not_better_than_baselines';
  return verdicts.includes('window_too_small') ? 'window_too_small' : 'no_candidate';
}

/**
 * Which candidate scores tonight, or that none does and why. Of those without objection the one with the least log-loss on
 * the window, which rewards ranking and calibration together; on a draw the simpler one.
 */
export function decide({ trainable, candidates }: GateInput): GateDecision {
  // Where no purchase model can stand in, rows are enough once a logistic one can be fitted at all.
  const small = candidates.some(({ name }) => name === 'mbg') && isSmall(trainable);
  const verdicts: Partial<Record<CandidateName, Verdict>> = {};
  let best: JudgedCandidate | undefined;
  for (const name of CANDIDATES) {
    const candidate = candidates.find((each) => each.name === name);
    if (!candidate) continue;
    const objection = objectionTo(candidate, small);
    verdicts[name] = objection ?? 'another_is_better';
    if (objection || isAbsent(candidate)) continue;
    if (!best || candidate.everybody.logLoss < best.everybody.logLoss) best = candidate;
  }
  if (!best) return { model: undefined, abstain: summaryOf(Object.values(verdicts)), verdicts };
  verdicts[best.name] = 'scores';
  return { model: best.name, abstain: undefined, verdicts };
}
