import type { ColumnTable } from '../../../src/core/scores/fit-windows';
import { FIT_COLUMNS, WINDOW } from '../../../src/core/scores/fit-windows';
import { trainingDates } from '../../../src/core/scores/training-dates';
import { seededRandom } from '../../../src/core/statistics/random';
import { betaDraw, gammaDraw } from '../statistics/simulate';

export const HORIZON = 91;
export const EMBARGO = 7;
/** Day 0 is the day on which the shop opened; the fit is on this day. */
export const FIT_DAY = 1095;

export interface Customer {
  /** Purchase days, rising. */
  days: number[];
  /** Mean value of an order. */
  value: number;
}

const dayOf = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);

/** Days of the windows by number, from the same function that the SQL's parameters come from. */
export function windowDays(horizon = HORIZON): Map<number, number> {
  const fit_date = new Date(FIT_DAY * 86_400_000).toISOString().slice(0, 10);
  const dates = trainingDates({ fit_date, horizon_days: horizon, late_arrival_days: EMBARGO });
  return new Map([
    [WINDOW.fit, FIT_DAY],
    [WINDOW.judged, dayOf(dates.judged_date)],
    [WINDOW.training[0], dayOf(dates.training_date_1)],
    [WINDOW.training[1], dayOf(dates.training_date_2)],
    [WINDOW.season, dayOf(dates.season_date)],
  ]);
}

/** Customers who come at any time, buy at their own rate and leave at some purchase: the story of MBG/NBD in whole days. */
export function shopOf(customers: number, seed: number, until = FIT_DAY): Customer[] {
  const random = seededRandom(seed);
  return Array.from({ length: customers }, () => {
    const rate = gammaDraw(0.9, random) / 60;
    const dropout = betaDraw(1, 4, random);
    const days = [Math.floor(random() * until)];
    let time = days[0] as number;
    while (random() >= dropout) {
      time -= Math.log(1 - random()) / rate;
      if (time > until) break;
      if (Math.floor(time) > (days.at(-1) as number)) days.push(Math.floor(time));
    }
    return { days, value: 20 * gammaDraw(3, random) };
  });
}

type FeatureOf = (known: number[], day: number, customer: Customer, bought: boolean) => number;

export const FEATURES: Record<string, FeatureOf> = {
  log_recency_days: (known, day) => Math.log1p(day - (known.at(-1) as number)),
  log_repeats: (known) => Math.log(known.length),
  log_age_days: (known, day) => Math.log1p(day - (known[0] as number)),
  log_purchase_amount: (known, _day, { value }) => Math.log1p(known.length * value),
};

export const FAMILIES = new Map([
  ['log_recency_days', 'recency'],
  ['log_repeats', 'frequency'],
  ['log_age_days', 'tenure'],
  ['log_purchase_amount', 'spend'],
]);

/** training_rows of a made-up shop, counted event by event. */
export function rowsOf(
  shop: readonly Customer[],
  { horizon = HORIZON, features = FEATURES }: { horizon?: number; features?: Record<string, FeatureOf> } = {},
): ColumnTable {
  const rows: Record<string, number>[] = [];
  for (const [window, day] of windowDays(horizon)) {
    shop.forEach((customer, index) => {
      const known = customer.days.filter((each) => each <= day);
      if (known.length === 0) return;
      const [first, last] = [known[0] as number, known.at(-1) as number];
      const bought = customer.days.some((each) => each > day && each <= day + horizon);
      rows.push({
        as_of_window: window,
        // Any order that has nothing to do with the customers.
        customer_hash: (index * 7919) % 104_729,
        has_bought: window === WINDOW.fit ? Number.NaN : Number(bought),
        repeat_count: known.length - 1,
        span_days: last - first,
        age_days: day - first,
        recency_days: day - last,
        order_value: known.length > 1 ? customer.value * (0.8 + 0.4 * ((index % 7) / 6)) : Number.NaN,
        ...Object.fromEntries(Object.entries(features).map(([name, of]) => [name, of(known, day, customer, bought)])),
      });
    });
  }
  return tableOf(rows, Object.keys(features));
}

export function tableOf(rows: readonly Record<string, number>[], features: readonly string[]): ColumnTable {
  const names = [...FIT_COLUMNS, ...features];
  const columns = names.map((name) => [name, Float64Array.from(rows, (row) => row[name] ?? Number.NaN)] as const);
  return { rows: rows.length, columns: new Map(columns) };
}

/** The same rows in another order. */
export function shuffled({ rows, columns }: ColumnTable, seed: number): ColumnTable {
  const random = seededRandom(seed);
  const order = Array.from({ length: rows }, (_, row) => [random(), row] as const)
    .sort(([left], [right]) => left - right)
    .map(([, row]) => row);
  const moved = [...columns].map(([name, of]) => [name, Float64Array.from(order, (row) => of[row] as number)] as const);
  return { rows, columns: new Map(moved) };
}
