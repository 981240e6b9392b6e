import { type Interval, type Measure, pairedDifference } from '../../src/core/statistics/bootstrap';
import {
  BASELINES,
  type BaselineName,
  type CandidateName,
  decide,
  type GateDecision,
} from '../../src/core/statistics/gate';
import { auc, brierScore, type Judgement, judge, logLoss } from '../../src/core/statistics/metrics';
import { groupScores } from '../../src/core/statistics/score-groups';
import { BASELINE_SCORES, type Scored, scoreLogistic, scoreMbg, type Windows } from './scores';

export interface JudgedScore {
  name: string;
  probability: Float64Array;
  judgement: Judgement;
}

export interface Judged {
  windows: Windows;
  scores: JudgedScore[];
  abstained: { name: string; abstain: string }[];
  gate: GateDecision;
}

export interface Replication {
  replicates: number;
  seed: number;
}

const judgeRows = (probability: Float64Array, labels: Uint8Array): Judgement =>
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

export const MEASURES = { auc, brier: brierScore, logLoss } as const;

/** All candidates and baselines on one split, and what the gate makes of them. */
export function judgeSplit(windows: Windows, replication: Replication): Judged {
  const { test, training } = windows;
  const candidates: Record<CandidateName, Scored> = {
    mbg: scoreMbg(windows),
    logistic: scoreLogistic(windows, false),
    logistic_with_mbg: scoreLogistic(windows, true),
  };
  const baselines = Object.fromEntries(
    Object.entries(BASELINE_SCORES).map(([name, score]) => [name, score(windows)]),
  ) as Record<keyof typeof BASELINE_SCORES, Float64Array>;
  const isActive = (row: number): boolean => (test.recency[row] as number) < 365;
  const active = [...test.labels.keys()].filter(isActive);
  const judgedCandidates = (Object.entries(candidates) as [CandidateName, Scored][]).map(([name, scored]) => {
    if ('abstain' in scored) return { name, abstain: scored.abstain };
    const gainOver = Object.fromEntries(
      BASELINES.map((baseline) => [baseline, difference(logLoss, baselines[baseline], scored, windows, replication)]),
    ) as Record<BaselineName, Interval>;
    const ofActive = judgeRows(
      Float64Array.from(active, (row) => scored[row] as number),
      Uint8Array.from(active, (row) => test.labels[row] as number),
    );
    return { name, everybody: judgeRows(scored, test.labels), active: ofActive, gainOver };
  });
  const newest = training[0] as (typeof training)[number];
  const trainable = { rows: newest.labels.length, positives: newest.labels.reduce((sum, each) => sum + each, 0) };
  const all = { ...candidates, ...baselines };
  return {
    windows,
    scores: Object.entries(all).flatMap(([name, probability]) =>
      'abstain' in probability ? [] : [{ name, probability, judgement: judgeRows(probability, test.labels) }],
    ),
    abstained: Object.entries(all).flatMap(([name, scored]) =>
      'abstain' in scored ? [{ name, abstain: scored.abstain }] : [],
    ),
    gate: decide({ trainable, candidates: judgedCandidates }),
  };
}
