import { judgeFit } from '../../src/core/scores/judge-fit';
import { PurchaseFits } from '../../src/core/scores/recipe';
import { type Interval, type Measure, pairedDifference } from '../../src/core/statistics/bootstrap';
import type { GateDecision } from '../../src/core/statistics/gate';
import {
  auc,
  brierScore,
  expectedCalibrationError,
  type Judgement,
  judge,
  logLoss,
} from '../../src/core/statistics/metrics';
import { groupScores } from '../../src/core/statistics/score-groups';
import { baselineScores, candidateScores, type Windows } from './scores';

export interface JudgedScore {
  name: string;
  isCandidate: boolean;
  probability: Float64Array;
  judgement: Judgement;
}

export interface Judged {
  windows: Windows;
  scores: JudgedScore[];
  gate: GateDecision;
}

export interface Replication {
  replicates: number;
  seed: number;
}

export const MEASURES = { auc, logLoss, brier: brierScore, ece: expectedCalibrationError } as const;

export const judgeRows = (probability: Float64Array, labels: Uint8Array): Judgement =>
  judge(groupScores({ probability, labels }));

/** a - b of a measure on the judged window, with the paired bootstrap interval over customers. */
export function difference(
  measure: Measure,
  a: Float64Array,
  b: Float64Array,
  { test }: Windows,
  replication: Replication,
): Interval {
  return pairedDifference(a, b, test.labels, measure, replication) as Interval;
}

/** All candidates and baselines on one split, and what the product's gate makes of them. */
export function judgeSplit(windows: Windows): Judged {
  const { test, training, split } = windows;
  const fits = new PurchaseFits();
  const all = [
    ...candidateScores(windows, fits).map((each) => ({ ...each, isCandidate: true })),
    ...baselineScores(windows).map((each) => ({ ...each, isCandidate: false })),
  ];
  const scores = all.flatMap(({ name, scored, isCandidate }): JudgedScore[] =>
    'abstain' in scored ? [] : [{ name, isCandidate, probability: scored, judgement: judgeRows(scored, test.labels) }],
  );
  const asOfTest = { fit: test, judged: test, training: [...training], season: undefined };
  return { windows, scores, gate: judgeFit(asOfTest, fits, split.horizonDays).decision };
}
