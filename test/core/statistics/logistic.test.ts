import { fitLogistic, type LogisticData, linearPredictors } from '../../../src/core/statistics/logistic';
import { seededRandom } from '../../../src/core/statistics/random';
import { sigmoid } from '../../../src/core/statistics/special';
import { linearPredictor } from '../../support/formulas/linear-predictor';
import { reasonsOf } from '../../support/formulas/reason-codes';

/** The same rows as the Python below makes: state = (1103515245·state + 12345) mod 2^31. */
function reference(): LogisticData {
  let state = 12345n;
  const next = (): number => {
    state = (1103515245n * state + 12345n) % 2147483648n;
    return Number(state) / 2147483648;
  };
  const columns = [0, 1, 2].map(() => new Float64Array(1200)) as [Float64Array, Float64Array, Float64Array];
  const labels = new Uint8Array(1200);
  const weights = new Float64Array(1200);
  for (let row = 0; row < 1200; row++) {
    const first = next() * 10;
    const second = next() * 3 + 0.2 * first;
    const third = next() < 0.3 ? 1 : 0;
    columns.forEach((column, index) => {
      column[row] = [first, second, third][index] as number;
    });
    labels[row] = next() < sigmoid(-1.2 + 0.35 * first - 0.5 * second + 0.7 * third) ? 1 : 0;
    weights[row] = 0.5 + next();
  }
  return { names: ['first', 'second', 'third'], columns, labels, weights };
}

function fitted(data: LogisticData, ridge = 1) {
  const fit = fitLogistic(data, { ridge });
  if (!('fitted' in fit)) throw new Error(fit.abstain);
  return fit.fitted;
}

test('agrees with an independent optimiser', () => {
  // scipy 1.17.1: minimize(BFGS) then root(hybr) on the gradient, largest gradient 6e-15.
  const { model, negativeLogLikelihood } = fitted(reference());
  const expected = [0.8549753163401024, -0.3313027817097814, 0.23323121011397357];
  model.terms.forEach(({ coefficient }, index) => {
    expect(Math.abs(coefficient - (expected[index] as number))).toBeLessThan(1e-8);
  });
  expect(Math.abs(model.intercept + 0.4602518027632054)).toBeLessThan(1e-8);
  expect(negativeLogLikelihood).toBeCloseTo(735.2080077347528, 7);
});

test('constant columns have no term, collinear ones share it, a warm start ends in the same place', () => {
  const data = reference();
  const first = data.columns[0] as Float64Array;
  const wide = {
    ...data,
    names: [...data.names, 'constant', 'twin'],
    columns: [...data.columns, new Float64Array(1200).fill(1e9), first],
  };
  const { model, constant } = fitted(wide);
  expect(constant).toEqual(['constant']);
  const of = (name: string) => model.terms.find((term) => term.name === name)?.coefficient as number;
  expect(of('twin')).toBeCloseTo(of('first'), 8);
  const again = fitLogistic(wide, { ridge: 1, start: model });
  expect('fitted' in again && again.fitted.passes).toBeLessThanOrEqual(2);
  expect('fitted' in again && again.fitted.model.intercept).toBeCloseTo(model.intercept, 9);
});

test('one row and all rows are scored alike', () => {
  const data = reference();
  const { model } = fitted(data);
  const all = linearPredictors(model, data);
  for (const row of [0, 7, 1199]) {
    const own = linearPredictor(model, (name) => data.columns[data.names.indexOf(name)]?.[row] as number);
    expect(own).toBeCloseTo(all[row] as number, 12);
  }
  expect(linearPredictor(model, () => 1e12)).toBe(30);
});

test.each([
  [
    'too_few_positives',
    (data: LogisticData) => ({ ...data, labels: data.labels.map((_, row) => (row < 199 ? 1 : 0)) }),
  ],
  [
    'too_few_negatives',
    (data: LogisticData) => ({ ...data, labels: data.labels.map((_, row) => (row < 199 ? 0 : 1)) }),
  ],
  ['feature_not_finite', (data: LogisticData) => ({ ...data, columns: [new Float64Array(1200).fill(Number.NaN)] })],
  ['no_feature_varies', (data: LogisticData) => ({ ...data, columns: data.columns.map((each) => each.map(() => 3)) })],
  [
    'separable_labels',
    (data: LogisticData) => ({
      ...data,
      labels: Uint8Array.from(data.columns[0] ?? [], (each) => (each > 5 ? 1 : 0)),
      names: ['first'],
      columns: [data.columns[0] as Float64Array],
    }),
  ],
])('abstains: %s', (reason, change) => {
  expect(fitLogistic(change(reference()), { ridge: 1 })).toEqual({ abstain: reason });
});

test('reasons: summed by family, strongest first, sign of the sum', () => {
  const model = {
    intercept: 0,
    terms: [
      { name: 'a', mean: 1, deviation: 2, coefficient: 3 },
      { name: 'b', mean: 0, deviation: 1, coefficient: -2 },
      { name: 'c', mean: 0, deviation: 1, coefficient: 0.5 },
    ],
  };
  const families = new Map([
    ['a', 'recency'],
    ['b', 'recency'],
    ['c', 'spend'],
  ]);
  // recency: 3·(3-1)/2 - 2·2 = -1; spend: 0.5·3 = 1.5
  expect(reasonsOf(model, (name) => (name === 'b' ? 2 : 3), families)).toEqual([
    { family: 'spend', contribution: 1.5 },
    { family: 'recency', contribution: -1 },
  ]);
  expect(() => reasonsOf(model, () => 0, new Map())).toThrow('no family for a');
});

test('seeded numbers repeat and lie in [0, 1)', () => {
  const [one, two] = [seededRandom(4), seededRandom(4)];
  const drawn = Array.from({ length: 1000 }, () => one());
  expect(drawn).toEqual(Array.from({ length: 1000 }, () => two()));
  expect(drawn.every((each) => each >= 0 && each < 1)).toBe(true);
  expect(Math.abs(drawn.reduce((sum, each) => sum + each, 0) / 1000 - 0.5)).toBeLessThan(0.04);
});
