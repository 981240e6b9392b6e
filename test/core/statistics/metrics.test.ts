import fc from 'fast-check';
import { pairedDifference } from '../../../src/core/statistics/bootstrap';
import { interceptShift } from '../../../src/core/statistics/calibration';
import { likelyCut } from '../../../src/core/statistics/likely-cut';
import { auc, averagePrecision, equalBins, judge, logLoss } from '../../../src/core/statistics/metrics';
import { groupScores } from '../../../src/core/statistics/score-groups';
import { sigmoid } from '../../../src/core/statistics/special';
import { anyNumber } from '../../support/any-number';

const rows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 8 }).map((each) => each / 8),
    fc.integer({ min: 0, max: 1 }),
  ),
  {
    minLength: 1,
    maxLength: 60,
  },
);
const groupsOf = (list: [number, number][]) =>
  groupScores({ probability: Float64Array.from(list, ([p]) => p), labels: Uint8Array.from(list, ([, y]) => y) });

test('AUC is the share of pairs in the right order, a tie one half; AP is precision at each hit', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const ones = list.filter(([, y]) => y === 1);
      const zeros = list.filter(([, y]) => y === 0);
      let right = 0;
      for (const [p] of ones) for (const [q] of zeros) right += p > q ? 1 : p === q ? 0.5 : 0;
      const groups = groupsOf(list);
      if (ones.length > 0 && zeros.length > 0)
        expect(auc(groups)).toBeCloseTo(right / (ones.length * zeros.length), 12);
      else expect(auc(groups)).toBeUndefined();
      const precisions = ones.map(([p]) => ones.filter(([o]) => o >= p).length / list.filter(([o]) => o >= p).length);
      if (ones.length > 0)
        expect(averagePrecision(groups)).toBeCloseTo(precisions.reduce((a, b) => a + b, 0) / ones.length, 12);
    }),
  );
});

test('no measure depends on the order of rows; bins are equal and lose nobody', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const groups = groupsOf(list);
      expect(judge(groupsOf([...list].reverse()))).toEqual(judge(groups));
      const bins = equalBins(groups);
      for (const bin of bins) expect(bin.rows).toBeCloseTo(list.length / 10, 9);
      expect(bins.reduce((sum, bin) => sum + bin.positives, 0)).toBeCloseTo(list.filter(([, y]) => y === 1).length, 9);
      expect(Object.values(judge(groups)).every((each) => each === undefined || Number.isFinite(each))).toBe(true);
    }),
  );
});

test('the cut: as many likely as buyers expected, ties together', () => {
  expect(
    likelyCut(
      groupsOf([
        [0.9, 1],
        [0.5, 0],
        [0.5, 1],
        [0.1, 0],
      ]),
    ),
  ).toEqual({ cut: 0.5, likely: 3, precision: 2 / 3, recall: 1 });
  expect(likelyCut(groupsOf([[0.1, 0]])).cut).toBe(Number.POSITIVE_INFINITY);
});

test('a shifted intercept promises as many as bought, for any log-odds', () => {
  fc.assert(
    fc.property(
      fc.array(anyNumber(-30, 30), { minLength: 2, maxLength: 40 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (list, share) => {
        const found = interceptShift(Float64Array.from(list), share * list.length);
        if (!('shift' in found)) throw new Error(found.abstain);
        const promised = list.reduce((sum, each) => sum + sigmoid(each + found.shift), 0);
        expect(promised).toBeCloseTo(share * list.length, 6);
      },
    ),
  );
  expect(interceptShift(Float64Array.of(0, 1), 0)).toEqual({ abstain: 'no_positives' });
  expect(interceptShift(Float64Array.of(0, 1), 2)).toEqual({ abstain: 'no_negatives' });
});

test('paired intervals: repeatable, zero for equal scores, apart for good and bad ones', () => {
  const labels = Uint8Array.from({ length: 400 }, (_, row) => (row % 3 === 0 ? 1 : 0));
  const good = Float64Array.from(labels, (label, row) => 0.2 + 0.5 * label + (row % 7) / 50);
  const flat = new Float64Array(400).fill(1 / 3);
  const options = { replicates: 100, seed: 1 };
  expect(pairedDifference(good, good, labels, auc, options)).toEqual({ estimate: 0, low: 0, high: 0 });
  const gain = pairedDifference(flat, good, labels, logLoss, options);
  expect(gain).toEqual(pairedDifference(flat, good, labels, logLoss, options));
  expect(gain?.low).toBeGreaterThan(0);
  expect(() => pairedDifference(good, flat.subarray(1), labels, auc, options)).toThrow('rows differ');
});
