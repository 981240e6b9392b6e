import { type classOf, curve, horizonOf, spellsOf, stageOf, type Threshold, thresholds } from './expected-lifecycle';
import { cents, expectedPeople, lastDay, scorer } from './expected-people';
import { dateOf, dayOf, type RawShop } from './raw-shops';
import type { RealNight, TableRow } from './real-night';

/** A night beside what an independent calculation over the raw file says. Keys that differ are listed, at most ten. */
export function compareNight(night: RealNight, shop: RawShop, hasAmounts: boolean) {
  const asOf = dayOf(night.manifest.run_date);
  const people = expectedPeople(shop, asOf);
  const published = new Map((night.tables.people ?? []).map((row) => [String(row.id), row]));
  const frozenDay = dayOf(String(night.manifest.parameters.frozen_date?.as_of_date));
  const historyStart = Math.min(...[...people.values()].map(({ days }) => days[0] as number));
  const frozenPeople = expectedPeople(shop, frozenDay);
  const spells = spellsOf(frozenPeople.values(), frozenDay);
  const history = frozenDay - historyStart;
  const horizon = Number(night.tables.horizon?.[0]?.horizon_days);
  const limits = publishedThresholds(night);
  return {
    counts: countsOf(night.tables.people ?? [], hasAmounts),
    expectedCounts: expectedCounts(people, hasAmounts),
    wrongPeople: differing(people, (person, id) => {
      const row = published.get(id);
      const wanted = [asOf - lastDay(person), person.days.length, person.orders, person.orders365];
      const dates = [dateOf(person.days[0] as number), dateOf(lastDay(person))];
      const money = hasAmounts ? [person.spend, person.spend365] : [null, null];
      return (
        same([row?.recency_days, row?.purchase_days, row?.order_count, row?.orders_365d].map(Number), wanted) &&
        same([row?.first_order_date, row?.last_order_date], dates) &&
        same([row?.spend_amount, row?.spend_365d].map(centsOf), money)
      );
    }),
    wrongScores: wrongScores(people, published, scorer(frozenPeople.values(), frozenDay), asOf, hasAmounts),
    horizonByRule: horizonOf(spells, history),
    horizon,
    wrongCurveDays: wrongCurveDays(night.tables.return_curves ?? [], (name) =>
      curve(name === 'all' ? spells : spells.filter((spell) => spell.purchaseClass === name), horizon, history),
    ),
    thresholds: limits,
    expectedThresholds: thresholds(spells, horizon, history),
    wrongStages: differing(people, (person, id) => {
      const row = published.get(id);
      const { stage, atRiskFrom, lapsedFrom } = stageOf(person, asOf, limits);
      const dates = [atRiskFrom, lapsedFrom].map((day) => (day === null ? null : dateOf(day)));
      return same([row?.lifecycle_stage, row?.at_risk_from, row?.lapsed_from], [stage, ...dates]);
    }),
    wrongBacktest: wrongBacktest(night, shop, asOf, horizon),
  };
}

function wrongScores(
  people: ReturnType<typeof expectedPeople>,
  published: ReadonlyMap<string, TableRow>,
  scores: ReturnType<typeof scorer>,
  asOf: number,
  hasAmounts: boolean,
): string[] {
  return differing(people, (person, id) => {
    const row = published.get(id);
    const { r, f, m, tier } = scores(person, asOf);
    const wanted = [r, f, hasAmounts ? m : null, hasAmounts ? tier : null];
    return same([row?.r_score, row?.f_score, row?.m_score, row?.value_tier], wanted);
  });
}

/** The back-test again: stages one horizon before, and whether the person has bought since. */
function wrongBacktest(night: RealNight, shop: RawShop, asOf: number, horizon: number): string[] {
  const then = asOf - horizon;
  const limits = publishedThresholds(night);
  const now = expectedPeople(shop, asOf);
  const counted = new Map<string, [number, number]>();
  for (const [id, person] of expectedPeople(shop, then)) {
    const key = `${person.days.length > 1 ? 'repeat' : 'one-time'} ${stageOf(person, then, limits).stage}`;
    const [all, bought] = counted.get(key) ?? [0, 0];
    const hasBought = lastDay(now.get(id) ?? person) > then;
    counted.set(key, [all + 1, bought + (hasBought ? 1 : 0)]);
  }
  const published = new Map(
    (night.tables.lifecycle_backtest ?? []).map((row) => [
      `${row.is_repeat ? 'repeat' : 'one-time'} ${row.lifecycle_stage}`,
      [Number(row.people), Number(row.bought)],
    ]),
  );
  const keys = [...new Set([...counted.keys(), ...published.keys()])];
  return keys.filter((key) => !same(counted.get(key) ?? [], published.get(key) ?? []));
}

function wrongCurveDays(rows: readonly TableRow[], expected: (name: string) => ReturnType<typeof curve>): string[] {
  const curves = new Map<string, ReturnType<typeof curve>>();
  const isNear = (a: unknown, b: number | null, by: number): boolean =>
    a === null || b === null ? a === b : Math.abs(Number(a) - b) <= by;
  return rows
    .filter((row) => {
      const name = String(row.purchase_class);
      const own = curves.get(name) ?? expected(name);
      curves.set(name, own);
      const day = own[Number(row.day)];
      if (!day) return true;
      const isSame = Number(row.at_risk_count) === day.atRisk && Number(row.ended_count) === day.ended;
      return !isSame || !isNear(row.survival, day.survival, 2e-9) || !isNear(row.return_chance, day.chance, 2e-6);
    })
    .map((row) => `${row.purchase_class} day ${row.day}`)
    .slice(0, 10);
}

export function publishedThresholds(night: RealNight): Record<ReturnType<typeof classOf>, Threshold> {
  const days = (value: unknown): number | null => (value === null ? null : Number(value));
  return Object.fromEntries(
    (night.tables.lifecycle_thresholds ?? []).map((row) => [
      row.purchase_class,
      { atRisk: days(row.at_risk_after_days), lapsed: days(row.lapsed_after_days) },
    ]),
  ) as Record<ReturnType<typeof classOf>, Threshold>;
}

function countsOf(rows: readonly TableRow[], hasAmounts: boolean) {
  const sum = (name: string): number => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    people: rows.length,
    one_time: rows.filter((row) => Number(row.purchase_days) === 1).length,
    purchase_days: sum('purchase_days'),
    orders: sum('order_count'),
    orders_365d: sum('orders_365d'),
    net_cents: hasAmounts ? rows.reduce((total, row) => total + (centsOf(row.spend_amount) ?? 0), 0) : null,
    first: rows.map((row) => String(row.first_order_date)).sort()[0],
    last: rows
      .map((row) => String(row.last_order_date))
      .sort()
      .at(-1),
  };
}

function expectedCounts(people: ReturnType<typeof expectedPeople>, hasAmounts: boolean): ReturnType<typeof countsOf> {
  const all = [...people.values()];
  const sum = (of: (person: (typeof all)[number]) => number): number =>
    all.reduce((total, person) => total + of(person), 0);
  return {
    people: all.length,
    one_time: all.filter(({ days }) => days.length === 1).length,
    purchase_days: sum(({ days }) => days.length),
    orders: sum(({ orders }) => orders),
    orders_365d: sum(({ orders365 }) => orders365),
    net_cents: hasAmounts ? sum(({ spend }) => spend) : null,
    first: dateOf(Math.min(...all.map(({ days }) => days[0] as number))),
    last: dateOf(Math.max(...all.map(lastDay))),
  };
}

function centsOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Math.round(Number(value) * 100);
}

function same(found: readonly unknown[], wanted: readonly unknown[]): boolean {
  return found.length === wanted.length && found.every((value, index) => value === wanted[index]);
}

function differing<T>(wanted: ReadonlyMap<string, T>, isSame: (value: T, id: string) => boolean): string[] {
  return [...wanted]
    .filter(([id, value]) => !isSame(value, id))
    .map(([id]) => id)
    .slice(0, 10);
}

/** Share of purchases, and of their amount, that carry a customer id. */
export function identifiedShares(shop: RawShop, runDate: string) {
  const purchases = shop.purchases.filter(({ day }) => day <= dayOf(runDate));
  const known = purchases.filter(({ customer }) => customer !== '');
  const amount = (rows: readonly { amount: number }[]): number => rows.reduce((sum, row) => sum + row.amount, 0);
  return {
    purchases: known.length,
    purchase_amount: cents(amount(known)),
    unidentified_orders: purchases.length - known.length,
    unidentified_purchase_amount: cents(amount(purchases) - amount(known)),
  };
}
