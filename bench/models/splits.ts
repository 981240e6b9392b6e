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
  { name: 'CDNOW 91 d, 1 window', example: 'cdnow', horizonDays: 91, test: '1997-12-31', training: ['1997-10-01'] },
  { name: 'CDNOW 180 d, 1 window', example: 'cdnow', horizonDays: 180, test: '1997-12-31', training: ['1997-07-04'] },
  {
    name: 'UCI 91 d, 1 window',
    example: 'uci-online-retail',
    horizonDays: 91,
    test: '2011-09-08',
    training: ['2011-06-09'],
  },
  {
    name: 'UCI 91 d, 3 windows',
    example: 'uci-online-retail',
    horizonDays: 91,
    test: '2011-09-08',
    training: ['2011-06-09', '2011-05-10', '2011-04-10'],
  },
  {
    name: 'UCI 60 d, 3 windows',
    example: 'uci-online-retail',
    horizonDays: 60,
    test: '2011-10-09',
    training: ['2011-08-10', '2011-07-11', '2011-06-11'],
  },
  { name: 'grocery 91 d, 1 window', example: 'grocery', horizonDays: 91, test: '2007-03-31', training: ['2006-12-30'] },
  {
    name: 'grocery 91 d, 4 windows',
    example: 'grocery',
    horizonDays: 91,
    test: '2007-06-30',
    training: ['2007-03-31', '2007-03-01', '2007-01-30', '2006-12-31'],
  },
  {
    name: 'apparel 365 d, 1 window',
    example: 'apparel',
    horizonDays: 365,
    test: '2007-12-31',
    training: ['2006-12-31'],
  },
  {
    name: 'apparel-250 91 d, 1 window',
    example: 'apparel-250',
    horizonDays: 91,
    test: '2006-04-16',
    training: ['2006-01-15'],
  },
  {
    name: 'apparel-250 182 d, 1 window',
    example: 'apparel-250',
    horizonDays: 182,
    test: '2006-01-15',
    training: ['2005-07-17'],
  },
];
