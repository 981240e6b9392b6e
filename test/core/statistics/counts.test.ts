import fc from 'fast-check';
import { splitByCohort } from '../../../bench/models/split-by-cohort';
import {
  compressCounts,
  compressSpend,
  type PurchaseCounts,
  problemOfCounts,
  thinned,
  weightedSum,
} from '../../../src/core/statistics/counts';

const countsOf = (rows: [number, number, number, number][]): PurchaseCounts => ({
  repeats: Float64Array.from(rows, ([x]) => x),
  span: Float64Array.from(rows, ([, span]) => span),
  age: Float64Array.from(rows, ([, , age]) => age),
  weight: Float64Array.from(rows, ([, , , weight]) => weight),
});

test.each([
  [[0, 0, 0, 1], undefined],
  [[3000, 10, 10, 1], undefined],
  [[1, 0, 5, 1], 'repeats_without_span'],
  [[0, 2, 5, 1], 'span_without_repeats'],
  [[1, 6, 5, 1], 'span_beyond_age'],
  [[1.5, 2, 5, 1], 'repeats_not_whole'],
  [[-1, 2, 5, 1], 'negative'],
  [[0, 0, -3, 1], 'negative'],
  [[1, Number.NaN, 5, 1], 'not_finite'],
] as [[number, number, number, number], string | undefined][])('%p: %p', (row, problem) => {
  expect(problemOfCounts(countsOf([[1, 1, 2, 1], row]))).toBe(problem);
});

test('columns of different lengths are told', () => {
  expect(problemOfCounts({ ...countsOf([[0, 0, 1, 1]]), age: new Float64Array(2) })).toBe('lengths_differ');
});

const rowsOf = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 1, max: 3 }),
  ),
  { maxLength: 40 },
);

test('the same rows in any order compress to the same, and nobody is lost', () => {
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const forward = compressCounts(countsOf(rows));
      expect(compressCounts(countsOf([...rows].reverse()))).toEqual(forward);
      expect(weightedSum(forward.weight)).toBe(rows.reduce((sum, [, , , weight]) => sum + weight, 0));
      expect(forward.repeats.length).toBe(new Set(rows.map((row) => row.slice(0, 3).join())).size);
      expect(compressCounts(forward)).toEqual(forward);
    }),
  );
});

test('spend without a repeat or without a value above 0 is left out', () => {
  const spend = compressSpend({
    repeats: Float64Array.of(0, 2, 2, 1, 3),
    mean: Float64Array.of(10, 20, 20, -4, 0),
    weight: Float64Array.of(1, 1, 2, 1, 1),
  });
  expect(spend).toEqual({ repeats: Float64Array.of(2), mean: Float64Array.of(20), weight: Float64Array.of(3) });
});

test('cohorts come apart by rising key', () => {
  const counts = countsOf([
    [1, 1, 9, 1],
    [0, 0, 5, 2],
    [1, 1, 9, 4],
  ]);
  const cohorts = splitByCohort(counts, [2021, 2020, 2021]);
  expect([...cohorts.keys()]).toEqual([2020, 2021]);
  expect(cohorts.get(2021)).toEqual(countsOf([[1, 1, 9, 5]]));
});

test('thinned counts keep every k-th row, and all where there are not twice as many as wanted', () => {
  const counts = compressCounts(countsOf(Array.from({ length: 10 }, (_, age) => [0, 0, age, age + 1])));
  expect(thinned(counts, 6)).toBe(counts);
  const few = thinned(counts, 3);
  expect([...few.age]).toEqual([0, 3, 6, 9]);
  expect([...few.weight]).toEqual([1, 4, 7, 10]);
});
