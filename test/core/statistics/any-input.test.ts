import fc from 'fast-check';
import { fitLogistic, linearPredictors } from '../../../src/core/statistics/logistic';
import { judge } from '../../../src/core/statistics/metrics';
import { fitValue } from '../../../src/core/statistics/order-value';
import { seededRandom } from '../../../src/core/statistics/random';
import { groupScores } from '../../../src/core/statistics/score-groups';
import { sigmoid } from '../../../src/core/statistics/special';
import { anyNumber } from '../../support/any-number';
import { expectedValue } from '../../support/formulas/order-value';

/** Columns as SQL may deliver them on a bad day: constant, nearly so, vast, tiny, two the same, a flag of one row. */
const KINDS = ['constant', 'nearly_constant', 'vast', 'tiny', 'flag', 'one_row', 'twin', 'label'] as const;
type Kind = (typeof KINDS)[number];

function column(kind: Kind, rows: number, labels: Uint8Array, random: () => number): Float64Array {
  const spread = Float64Array.from({ length: rows }, random);
  const make: Record<Kind, (row: number) => number> = {
    constant: () => 7,
    nearly_constant: (row) => 1e6 + (spread[row] as number) * 1e-6,
    vast: (row) => (spread[row] as number) * 1e12 - 5e11,
    tiny: (row) => (spread[row] as number) * 1e-12,
    flag: (row) => ((spread[row] as number) < 0.1 ? 1 : 0),
    one_row: (row) => (row === 0 ? 1 : 0),
    twin: (row) => row % 17,
    label: (row) => (labels[row] as number) + (spread[row] as number) * 1.5,
  };
  return Float64Array.from({ length: rows }, (_, row) => make[kind](row));
}

const inOrder = (order: readonly number[], values: Float64Array): Float64Array =>
  Float64Array.from(order, (row) => values[row] as number);

test('a logistic fit or a reason for any columns; chances in [0, 1]; another order of rows moves nothing that counts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.double({ min: 0.02, max: 0.98, noNaN: true }),
      fc.integer({ min: 300, max: 1200 }),
      (kinds, seed, share, rows) => {
        const random = seededRandom(seed);
        const labels = Uint8Array.from({ length: rows }, () => (random() < share ? 1 : 0));
        const names = kinds.map((kind, index) => `${kind}_${index}`);
        const columns = kinds.map((kind) => column(kind, rows, labels, random));
        const fit = fitLogistic({ names, columns, labels }, { ridge: 1 });
        if ('abstain' in fit) return expect(fit.abstain).toMatch(/^[a-z_]+$/);
        const { model } = fit.fitted;
        const chances = linearPredictors(model, { names, columns }).map(sigmoid);
        expect(chances.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(Number.isFinite(model.intercept) && model.terms.every((term) => Number.isFinite(term.coefficient))).toBe(
          true,
        );
        const order = [...labels.keys()].sort(
          (left, right) => ((left * 7919) % rows) - ((right * 7919) % rows) || left - right,
        );
        const turned = {
          names,
          columns: columns.map((each) => inOrder(order, each)),
          labels: Uint8Array.from(order, (row) => labels[row] as number),
        };
        const again = fitLogistic(turned, { ridge: 1 });
        if ('abstain' in again) throw new Error(again.abstain);
        const others = linearPredictors(again.fitted.model, { names, columns }).map(sigmoid);
        expect(chances.every((p, row) => Math.abs(p - (others[row] as number)) < 1e-7)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

test('a model of value or a reason for any spend; what it expects is finite and above 0', () => {
  const spend = fc.tuple(
    fc.integer({ min: 0, max: 5000 }),
    fc.oneof(fc.double({ min: 1e-4, max: 1e9, noNaN: true }), fc.constantFrom(-5, 0, Number.NaN, 10)),
    fc.integer({ min: 1, max: 200 }),
  );
  fc.assert(
    fc.property(fc.array(spend, { minLength: 1, maxLength: 40 }), (rows) => {
      const pick = (index: number): Float64Array => Float64Array.from(rows, (row) => row[index] as number);
      const fit = fitValue({ repeats: pick(0), mean: pick(1), weight: pick(2) });
      if ('abstain' in fit) return expect(fit.abstain).toMatch(/^[a-z_]+$/);
      const { parameters, correlation } = fit.fitted;
      expect(parameters.q).toBeGreaterThan(1);
      expect(Math.abs(correlation)).toBeLessThanOrEqual(1);
      for (const [repeats, mean] of rows.filter(([, each]) => each > 0)) {
        const value = expectedValue(parameters, repeats, mean);
        expect(Number.isFinite(value) && value >= 0).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('any scores of any people are judged by numbers in their range', () => {
  const row = fc.tuple(fc.oneof(anyNumber(0, 1), fc.constantFrom(0, 1, 0.5)), fc.boolean());
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
      const judgement = judge(
        groupScores({
          probability: Float64Array.from(rows, ([p]) => p),
          labels: Uint8Array.from(rows, ([, label]) => (label ? 1 : 0)),
        }),
      );
      const { auc, averagePrecision, brier, logLoss, ece, calibrationInTheLarge, topDecileLift } = judgement;
      for (const share of [auc ?? 0, averagePrecision ?? 0, brier, ece, Math.abs(calibrationInTheLarge)]) {
        expect(share >= 0 && share <= 1 + 1e-12).toBe(true);
      }
      expect(logLoss >= 0 && logLoss <= -Math.log(1e-12) + 1e-3).toBe(true);
      expect((topDecileLift ?? 0) >= 0).toBe(true);
    }),
    { numRuns: 200 },
  );
});
