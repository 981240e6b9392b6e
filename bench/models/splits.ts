import { addDays } from '../../src/core/dates';
import { WINDOW_STEP } from '../../src/core/scores/training-dates';

/** One out-of-time question: fitted on windows whose labels end by `test`, judged on the window that begins there. */
export interface Split {
  name: string;
  example: string;
  horizonDays: number;
  /** As-of date of the judged window. */
  test: string;
  /** As-of dates of training windows; the newest ends its label on the day of `test` or before. */
  training: readonly string[];
  /** Tuned boosted trees on exactly these rows, once (bench/models/boosted-trees.py); docs/benchmarks.md says how. */
  boosted?: { auc: number; brier: number; ece: number };
}

/** The splits of which measurements exist elsewhere, and two of a set of 250 people that no logistic model may be fitted on. */
export const SPLITS: readonly Split[] = [
  {
    name: 'CDNOW 91 d, 1 window',
    example: 'cdnow',
    horizonDays: 91,
    test: '1997-12-31',
    training: ['1997-10-01'],
    boosted: { auc: 0.8052, brier: 0.1062, ece: 0.0294 },
  },
  {
    name: 'CDNOW 180 d, 1 window',
    example: 'cdnow',
    horizonDays: 180,
    test: '1997-12-31',
    training: ['1997-07-04'],
    boosted: { auc: 0.7992, brier: 0.1326, ece: 0.0446 },
  },
  {
    name: 'UCI 91 d, 1 window',
    example: 'uci-online-retail',
    horizonDays: 91,
    test: '2011-09-08',
    training: ['2011-06-09'],
    boosted: { auc: 0.7395, brier: 0.2111, ece: 0.0957 },
  },
  {
    name: 'UCI 91 d, 3 windows',
    example: 'uci-online-retail',
    horizonDays: 91,
    test: '2011-09-08',
    training: ['2011-06-09', '2011-05-10', '2011-04-10'],
    boosted: { auc: 0.7415, brier: 0.2063, ece: 0.07 },
  },
  {
    name: 'UCI 60 d, 3 windows',
    example: 'uci-online-retail',
    horizonDays: 60,
    test: '2011-10-09',
    training: ['2011-08-10', '2011-07-11', '2011-06-11'],
    boosted: { auc: 0.7445, brier: 0.2076, ece: 0.0778 },
  },
  {
    name: 'grocery 91 d, 1 window',
    example: 'grocery',
    horizonDays: 91,
    test: '2007-03-31',
    training: ['2006-12-30'],
    boosted: { auc: 0.928, brier: 0.0806, ece: 0.0272 },
  },
  {
    name: 'grocery 91 d, 4 windows',
    example: 'grocery',
    horizonDays: 91,
    test: '2007-06-30',
    training: ['2007-03-31', '2007-03-01', '2007-01-30', '2006-12-31'],
    boosted: { auc: 0.9496, brier: 0.0632, ece: 0.0281 },
  },
  {
    name: 'apparel 365 d, 1 window',
    example: 'apparel',
    horizonDays: 365,
    test: '2007-12-31',
    training: ['2006-12-31'],
    boosted: { auc: 0.8556, brier: 0.124, ece: 0.0424 },
  },
  {
    name: 'apparel-250 91 d, 1 window',
    example: 'apparel-250',
    horizonDays: 91,
    test: '2006-04-16',
    training: ['2006-01-15'],
    boosted: { auc: 0.9254, brier: 0.0883, ece: 0.0377 },
  },
  {
    name: 'apparel-250 182 d, 1 window',
    example: 'apparel-250',
    horizonDays: 182,
    test: '2006-01-15',
    training: ['2005-07-17'],
    boosted: { auc: 0.8958, brier: 0.1261, ece: 0.0842 },
  },
];

/** Newest day of UCI of which a night may run, and the oldest training date: four weeks after the first order. */
const [UCI_NEWEST, UCI_OLDEST] = ['2011-12-08', '2010-12-29'];

function uciDates(horizonDays: number): Split[] {
  const splits: Split[] = [];
  for (let test = addDays(UCI_NEWEST, -horizonDays); ; test = addDays(test, -WINDOW_STEP)) {
    const training = [addDays(test, -horizonDays), addDays(test, -horizonDays - WINDOW_STEP)] as const;
    if (training[1] < UCI_OLDEST) return splits;
    splits.push({
      name: `UCI ${horizonDays} d as of ${test}`,
      example: 'uci-online-retail',
      horizonDays,
      test,
      training,
    });
  }
}

/** The one shop with several quarters of new customers every four weeks, with the windows of the product's own gate. */
export const UCI_SPLITS: readonly Split[] = [28, 56, 91].flatMap(uciDates);
