import type { Movement, RawShop } from './raw-shops';

/** What one person did up to a day, by hand: the oracle's own arithmetic, with nothing of the product's SQL. */
export interface ExpectedPerson {
  id: string;
  days: number[];
  orders: number;
  orders365: number;
  spend: number;
  spend365: number;
  windowDays: number;
  windowSpend: number;
}

const YEAR = 365;
/** The window of RFM when the project file says nothing. */
const RFM_WINDOW = 730;

/** Cents from ten-thousandths, halves away from zero. */
export function cents(amount: number): number {
  return Math.sign(amount) * Math.floor((Math.abs(amount) + 50) / 100);
}

function byCustomer(movements: readonly Movement[], asOf: number): Map<string, Movement[]> {
  const groups = new Map<string, Movement[]>();
  for (const movement of movements) {
    if (movement.customer === '' || movement.day > asOf) continue;
    const group = groups.get(movement.customer);
    if (group) group.push(movement);
    else groups.set(movement.customer, [movement]);
  }
  return groups;
}

function total(movements: readonly Movement[], after: number): number {
  return movements.reduce((sum, { day, amount }) => sum + (day > after ? amount : 0), 0);
}

export function expectedPeople(shop: RawShop, asOf: number): Map<string, ExpectedPerson> {
  const returns = byCustomer(shop.returns, asOf);
  const people = new Map<string, ExpectedPerson>();
  for (const [id, bought] of byCustomer(shop.purchases, asOf)) {
    const back = returns.get(id) ?? [];
    const days = [...new Set(bought.map(({ day }) => day))].sort((a, b) => a - b);
    const net = (after: number): number => cents(total(bought, after) - total(back, after));
    people.set(id, {
      id,
      days,
      orders: bought.length,
      orders365: bought.filter(({ day }) => day > asOf - YEAR).length,
      spend: net(Number.NEGATIVE_INFINITY),
      spend365: net(asOf - YEAR),
      windowDays: days.filter((day) => day > asOf - RFM_WINDOW).length,
      windowSpend: net(asOf - RFM_WINDOW),
    });
  }
  return people;
}

export function lastDay(person: ExpectedPerson): number {
  return person.days.at(-1) as number;
}

/** How many of an ascending list are below a value. */
function below(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whole part of parts x share, in whole numbers, at most parts - 1. */
function part(sorted: readonly number[], value: number, parts: number): number {
  if (sorted.length === 0) return 0;
  const scaled = parts * below(sorted, value);
  return Math.min(parts - 1, (scaled - (scaled % sorted.length)) / sorted.length);
}

export interface ExpectedScores {
  r: number;
  f: number;
  m: number;
  tier: 'top' | 'high' | 'middle' | 'low';
}

/** Scores by the share of the frozen population that is worse: the definition itself, without cut points. */
export function scorer(
  frozen: Iterable<ExpectedPerson>,
  frozenDay: number,
): (person: ExpectedPerson, asOf: number) => ExpectedScores {
  const buyers = [...frozen].filter(({ windowDays }) => windowDays > 0);
  const ascending = (values: number[]): number[] => values.sort((a, b) => a - b);
  const recency = ascending(buyers.map((person) => lastDay(person) - frozenDay));
  const frequency = ascending(buyers.map(({ windowDays }) => windowDays).filter((days) => days > 1));
  const monetary = ascending(buyers.map(({ windowSpend }) => windowSpend));
  const value = ascending(buyers.filter(({ orders365 }) => orders365 > 0).map(({ spend365 }) => spend365));
  const tierOf = (person: ExpectedPerson): ExpectedScores['tier'] => {
    const worse = 100 * below(value, person.spend365);
    if (person.orders365 === 0 || worse < 50 * value.length) return 'low';
    if (worse < 80 * value.length) return 'middle';
    return worse < 95 * value.length ? 'high' : 'top';
  };
  return (person, asOf) => {
    const tier = tierOf(person);
    if (person.windowDays === 0) return { r: 1, f: 1, m: 1, tier };
    return {
      r: 1 + part(recency, lastDay(person) - asOf, 5),
      f: person.windowDays === 1 ? 1 : 2 + part(frequency, person.windowDays, 4),
      m: 1 + part(monetary, person.windowSpend, 5),
      tier,
    };
  };
}
