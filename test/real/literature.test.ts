import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PurchaseCounts } from '../../src/core/statistics/counts';
import { fitValue, valueLogLikelihood } from '../../src/core/statistics/order-value';
import { fitPurchases } from '../../src/core/statistics/purchase-fit';
import { type PurchaseParameters, purchaseLogLikelihood } from '../../src/core/statistics/purchase-likelihood';
import { expectedValue } from '../support/formulas/order-value';
import { dayOf, describeReal, REAL_DATA } from './raw-shops';

const END = dayOf('1997-09-30');

/** Dollars by day. */
interface Person {
  days: Map<number, number>;
}

/** The sample of 2,357 customers by which the literature fits CDNOW: its raw lines up to 30 September 1997. */
function sample(): Person[] {
  const people = new Map<string, Person>();
  for (const line of readFileSync(join(REAL_DATA, 'cdnow/CDNOW_sample.txt'), 'utf8').trim().split(/\r?\n/)) {
    const [, id = '', date = '', , dollars = ''] = line.trim().split(/\s+/);
    const day = dayOf(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`);
    if (day > END) continue;
    const person = people.get(id) ?? { days: new Map() };
    person.days.set(day, (person.days.get(day) ?? 0) + Number(dollars));
    people.set(id, person);
  }
  return [...people.values()];
}

/** Repeats, first to last and first to now, in weeks as the literature counts. */
function countsOf(people: readonly Person[]): PurchaseCounts {
  const days = people.map((person) => [...person.days.keys()].sort((left, right) => left - right));
  const first = (own: number[]): number => own[0] as number;
  return {
    repeats: Float64Array.from(days, (own) => own.length - 1),
    span: Float64Array.from(days, (own) => ((own.at(-1) as number) - first(own)) / 7),
    age: Float64Array.from(days, (own) => (END - first(own)) / 7),
    weight: new Float64Array(days.length).fill(1),
  };
}

/** Mean value of the purchase days after the first. */
function spendOf(people: readonly Person[]) {
  const later = people
    .map(({ days }) => {
      const first = Math.min(...days.keys());
      return [...days].filter(([day]) => day !== first).map(([, value]) => value);
    })
    .filter((values) => values.length > 0);
  return {
    repeats: Float64Array.from(later, (values) => values.length),
    mean: Float64Array.from(later, (values) => values.reduce((sum, each) => sum + each, 0) / values.length),
    weight: new Float64Array(later.length).fill(1),
  };
}

function fitted(kind: PurchaseParameters['kind']) {
  const fit = fitPurchases(countsOf(sample()), { kind, prior: 'none' });
  if (!('fitted' in fit)) throw new Error(fit.abstain);
  return fit.fitted;
}

describeReal('the sample of CDNOW that the literature fits', () => {
  test('is of 2,357 customers, 946 of them with a repeat purchase', () => {
    const { repeats } = countsOf(sample());
    expect([repeats.length, repeats.filter((each) => each > 0).length]).toEqual([2357, 946]);
  });

  test('BG/NBD: r .243, alpha 4.414, a .793, b 2.426, LL -9582.4 (Fader, Hardie & Lee 2005, table 2)', () => {
    const { parameters, logLikelihood } = fitted('bg');
    const printed = [parameters.r, parameters.alpha, parameters.a, parameters.b].map((each) => each.toFixed(3));
    expect(printed).toEqual(['0.243', '4.414', '0.793', '2.426']);
    expect(logLikelihood.toFixed(1)).toBe('-9582.4');
    const asPrinted = { kind: 'bg', r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 } as const;
    expect(purchaseLogLikelihood(countsOf(sample()), asPrinted)).toBeLessThanOrEqual(logLikelihood);
  });

  test('MBG/NBD: r .525, alpha 6.183, a .891, b 1.614, which its published fits agree on', () => {
    const { parameters, logLikelihood } = fitted('mbg');
    const printed = [parameters.r, parameters.alpha, parameters.a, parameters.b].map((each) => each.toFixed(3));
    expect(printed).toEqual(['0.525', '6.183', '0.891', '1.614']);
    expect(logLikelihood).toBeGreaterThan(fitted('bg').logLikelihood);
  });

  test('Gamma-Gamma: p 6.25, q 3.74, v 15.44 (Fader & Hardie 2013); the optimum is flat in v', () => {
    const spend = spendOf(sample());
    const fit = fitValue(spend);
    if (!('fitted' in fit)) throw new Error(fit.abstain);
    const { parameters, logLikelihood, correlation } = fit.fitted;
    expect([parameters.p.toFixed(2), parameters.q.toFixed(2)]).toEqual(['6.25', '3.74']);
    expect(Math.abs(parameters.v - 15.44)).toBeLessThan(0.01);
    const printed = valueLogLikelihood(spend, { p: 6.25, q: 3.74, v: 15.44 });
    expect(printed).toBeLessThanOrEqual(logLikelihood);
    expect(logLikelihood - printed).toBeLessThan(0.01);
    expect(correlation).toBeCloseTo(0.114, 3);
    // p·v/(q-1), the population's mean value: about 35 dollars.
    expect(expectedValue(parameters, 0, 0).toFixed(0)).toBe('35');
  });
});
