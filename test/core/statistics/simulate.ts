import type { PurchaseCounts } from '../../../src/core/statistics/counts';
import type { PurchaseParameters } from '../../../src/core/statistics/purchase-likelihood';

type Random = () => number;

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Marsaglia & Tsang (2000), rate 1. */
export function gammaDraw(shape: number, random: Random): number {
  if (shape < 1) return gammaDraw(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

export function betaDraw(a: number, b: number, random: Random): number {
  const left = gammaDraw(a, random);
  return left / (left + gammaDraw(b, random));
}

export interface SimulatedShop {
  counts: PurchaseCounts;
  /** Purchases in the horizon after the as-of date, by customer. */
  later: Float64Array;
}

/** The story the model tells, played out event by event: nothing here comes from its formulas. */
export function simulateShop(
  parameters: PurchaseParameters,
  customers: number,
  age: (random: Random) => number,
  horizon: number,
  random: Random,
): SimulatedShop {
  const counts = {
    repeats: new Float64Array(customers),
    span: new Float64Array(customers),
    age: new Float64Array(customers),
    weight: new Float64Array(customers).fill(1),
  };
  const later = new Float64Array(customers);
  for (let customer = 0; customer < customers; customer++) {
    const rate = gammaDraw(parameters.r, random) / parameters.alpha;
    const dropout = betaDraw(parameters.a, parameters.b, random);
    const until = age(random);
    counts.age[customer] = until;
    let isAlive = parameters.kind === 'bg' || random() >= dropout;
    for (let time = 0; isAlive; isAlive = random() >= dropout) {
      time -= Math.log(1 - random()) / rate;
      if (!(time <= until + horizon)) break;
      if (time > until) later[customer] = (later[customer] as number) + 1;
      else {
        counts.repeats[customer] = (counts.repeats[customer] as number) + 1;
        counts.span[customer] = time;
      }
    }
  }
  return { counts, later };
}
