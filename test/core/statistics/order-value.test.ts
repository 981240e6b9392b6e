import type { SpendCounts } from '../../../src/core/statistics/counts';
import { fitValue, valueLogLikelihood } from '../../../src/core/statistics/order-value';
import { seededRandom } from '../../../src/core/statistics/random';
import { expectedValue, populationValue } from '../../support/formulas/order-value';
import { gammaDraw } from './simulate';

const TRUTH = { p: 6, q: 4, v: 15 };

function simulated(customers: number): SpendCounts {
  const random = seededRandom(8);
  const repeats = Float64Array.from({ length: customers }, () => 1 + Math.floor(random() * 6));
  const mean = repeats.map((x) => gammaDraw(TRUTH.p * x, random) / (gammaDraw(TRUTH.q, random) / TRUTH.v) / x);
  return { repeats, mean, weight: new Float64Array(customers).fill(1) };
}

function fitted(spend: SpendCounts) {
  const fit = fitValue(spend);
  if (!('fitted' in fit)) throw new Error(fit.abstain);
  return fit.fitted;
}

test('known parameters come back, whatever the currency', () => {
  const spend = simulated(8000);
  const { parameters, dependsOnFrequency } = fitted(spend);
  for (const name of ['p', 'q', 'v'] as const) expect(Math.abs(parameters[name] / TRUTH[name] - 1)).toBeLessThan(0.12);
  expect(populationValue(parameters)).toBeCloseTo(populationValue(TRUTH), -0.5);
  expect(dependsOnFrequency).toBe(false);
  const inCents = fitted({ ...spend, mean: spend.mean.map((each) => each * 100) }).parameters;
  expect(inCents.v / 100).toBeCloseTo(parameters.v, 6);
  expect(inCents.q).toBeCloseTo(parameters.q, 6);
});

test('the gradient is that of the value', () => {
  const spend = simulated(50);
  const gradient = new Float64Array(3);
  valueLogLikelihood(spend, TRUTH, gradient);
  (['p', 'q', 'v'] as const).forEach((name, index) => {
    const at = (step: number) => valueLogLikelihood(spend, { ...TRUTH, [name]: TRUTH[name] + step });
    expect(gradient[index]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 4);
  });
});

test('expected value lies between the own mean and the population, nearer the own with more purchases', () => {
  expect(expectedValue(TRUTH, 0, 0)).toBe(populationValue(TRUTH));
  const [few, many] = [expectedValue(TRUTH, 1, 100), expectedValue(TRUTH, 50, 100)];
  expect(populationValue(TRUTH)).toBeLessThan(few);
  expect(few).toBeLessThan(many);
  expect(many).toBeLessThan(100);
});

test('abstains with a reason', () => {
  expect(fitValue(simulated(49))).toEqual({ abstain: 'too_few_repeat_customers' });
  const alike = simulated(100);
  expect(fitValue({ ...alike, mean: alike.mean.fill(20) })).toEqual({ abstain: 'values_do_not_vary' });
  expect(fitValue({ ...alike, mean: alike.mean.fill(-1) })).toEqual({ abstain: 'too_few_repeat_customers' });
});
