import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import { featureFamilies } from '../../src/core/models/sidecar';
import { type ModelDatabase, openModelDatabase, type ResultRow } from '../support/model-database';
import { testModels } from '../support/model-text';
import type { GivenRow } from '../support/relations';
import { runModel } from '../support/run-model';
import { activityRows, dayAgo as day, RUN_DATE } from './activity-rows';

const RUNS = { numRuns: 5 };

let database: ModelDatabase;
let features: readonly string[];
beforeAll(async () => {
  database = await openModelDatabase();
  const { models } = await testModels();
  const sidecar = models.get('churn_features')?.sidecar;
  features = sidecar ? [...featureFamilies(sidecar).keys()] : [];
});
afterAll(() => database.close());

const id = fc.constantFrom('a', 'a_app', 'b', 'c', 'd');
/** Below 0: after the run date. */
const ago = fc.oneof(fc.integer({ min: -5, max: 60 }), fc.constantFrom(89, 90, 91, 179, 180, 181, 365, 366, 4000));
const amount = fc.oneof(fc.integer({ min: 0, max: 9_999_999 }), fc.constantFrom(1, 99_999_999_999));
const count = fc.integer({ min: 0, max: 5000 });

const purchase = fc.record({ id, ago, cents: amount, lateBy: fc.option(fc.integer({ min: 1, max: 20 }), { freq: 4 }) });
const shop = fc.record({
  purchases: fc.array(purchase, { minLength: 1, maxLength: 25 }),
  returns: fc.array(fc.record({ id, ago, cents: amount }), { maxLength: 6 }),
  lines: fc.array(
    fc.record({ id, ago, lines: count, discounted: count, category: fc.option(fc.constantFrom('x', 'y')) }),
    {
      maxLength: 6,
    },
  ),
  visits: fc.array(fc.record({ id, ago, visits: count, carts: count }), { maxLength: 6 }),
  clicks: fc.array(fc.record({ id, ago, clicked: count, opened: count }), { maxLength: 6 }),
  mergedSince: fc.option(ago),
});
type Shop = typeof shop extends fc.Arbitrary<infer T> ? T : never;

const money = (cents: number): string => (cents / 100).toFixed(4);

/** Rollups of the shop's rows, one each, in the order given; days of purchases do not have to be unique. */
function rollups({ purchases, returns, lines, ...activity }: Shop) {
  const unique = new Map(purchases.map((one) => [`${one.id} ${one.ago} ${one.lateBy}`, one]));
  return {
    purchase_days: [...unique.values()].map(({ id: customer_id, ago: days, cents, lateBy }) => ({
      customer_id,
      day: day(days),
      known_from: lateBy === null ? null : addDays(day(days), lateBy),
      order_count: 1,
      purchase_amount: money(cents),
      foreign_order_count: 0,
    })),
    return_days: returns.map(({ id: customer_id, ago: days, cents }) => ({
      booked_by: 'refunds',
      customer_id,
      day: day(days),
      return_amount: money(cents),
    })),
    category_days: lines.map(({ id: customer_id, ago: days, lines: line_count, discounted, category }) => ({
      customer_id,
      day: day(days),
      category,
      line_count,
      discounted_line_count: Math.min(discounted, line_count),
    })),
    ...activityRows(activity),
  };
}

/** churn_features as of a date from rollups, by the models in between. */
async function featuresOf(given: Record<string, GivenRow[]>, asOf: string): Promise<ResultRow[]> {
  const rows = async (model: string, from: Record<string, GivenRow[]>): Promise<GivenRow[]> =>
    (await runModel(database, model, { given: from, params: { as_of: asOf, return_source: 'refunds' } })).result.rows;
  const only = (...names: string[]) => Object.fromEntries(names.map((name) => [name, given[name] ?? []]));
  const ids = { person_ids: await rows('person_ids', only('purchase_days', 'stg_identities')) };
  const made = {
    customer_orders: await rows('customer_orders', { ...only('purchase_days', 'return_days'), ...ids }),
    person_categories: await rows('person_categories', { ...only('category_days'), ...ids }),
    customer_activity: await rows('customer_activity', { ...only('activity_days', 'campaign_days'), ...ids }),
  };
  const found = (await rows('churn_features', made)) as ResultRow[];
  return [...found].sort((one, other) => (String(one.customer_id) < String(other.customer_id) ? -1 : 1));
}

/** Only what was known by the end of a day. */
function knownBy(given: Record<string, GivenRow[]>, asOf: string): Record<string, GivenRow[]> {
  const isKnown = (row: GivenRow): boolean => String(row.known_from ?? row.day ?? row.valid_from_date) <= asOf;
  return Object.fromEntries(Object.entries(given).map(([name, rows]) => [name, rows.filter(isKnown)]));
}

const asOfDates = fc.constantFrom(0, 1, 30, 90, 365).map(day);

test('what happens or becomes known after a date changes no feature as of it', async () => {
  await fc.assert(
    fc.asyncProperty(shop, asOfDates, async (one, asOf) => {
      const given = rollups(one);
      expect(await featuresOf(knownBy(given, asOf), asOf)).toEqual(await featuresOf(given, asOf));
    }),
    RUNS,
  );
});

test('every feature is a finite number within what its kind can be, and no row depends on the order of rows', async () => {
  await fc.assert(
    fc.asyncProperty(shop, asOfDates, async (one, asOf) => {
      const given = rollups(one);
      const found = await featuresOf(given, asOf);
      for (const row of found) {
        for (const name of features) {
          const value = Number(row[name] ?? Number.NaN);
          expect([name, Number.isFinite(value) && value >= 0]).toEqual([name, true]);
          if (/^is_|_share$/.test(name)) expect(value).toBeLessThanOrEqual(1);
        }
        expect(Number(row.span_days)).toBeLessThanOrEqual(Number(row.age_days));
        expect(Number(row.age_days) - Number(row.span_days)).toBe(Number(row.recency_days));
        expect(Number(row.repeats) > 0).toBe(Number(row.span_days) > 0);
        if (row.repeat_mean_amount !== null) expect(Number(row.repeat_mean_amount)).toBeGreaterThan(0);
      }
      const turned = Object.fromEntries(Object.entries(given).map(([name, rows]) => [name, [...rows].reverse()]));
      expect(await featuresOf(turned, asOf)).toEqual(found);
    }),
    RUNS,
  );
});

test('two thousand purchase days of one person', async () => {
  const purchases = Array.from({ length: 2000 }, (_, index) => ({
    id: 'c' as const,
    ago: index,
    cents: 100,
    lateBy: null,
  }));
  const [row] = await featuresOf(
    rollups({ purchases, returns: [], lines: [], visits: [], clicks: [], mergedSince: null }),
    RUN_DATE,
  );
  expect(row).toMatchObject({ repeats: '1999', span_days: '1999', recency_days: '0', gap_variation: 0 });
  expect(Number(row?.log_mean_gap_days)).toBeCloseTo(Math.log(2), 12);
});

test('a label shifted by a day changes only for who bought on either edge of the horizon', async () => {
  const HORIZON = 28;
  const days = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), ago: fc.integer({ min: 0, max: 60 }) });
  const bought = async (person_days: GivenRow[], judged: string): Promise<Map<string, number>> => {
    const people = ['a', 'b', 'c', 'd'];
    const training_windows = people.map((customer_id, repeats) => ({ as_of_window: 1, customer_id, repeats }));
    const { result } = await runModel(database, 'training_rows', {
      given: {
        training_windows,
        'person_days@fit_date': person_days,
        purchase_days: person_days.map((row) => ({ customer_id: row.person_id as string, day: row.day as string })),
      },
      params: { fit_date: RUN_DATE, judged_date: judged, horizon_days: HORIZON },
    });
    return new Map(result.rows.map((row) => [people[Number(row.repeat_count)] as string, Number(row.has_bought)]));
  };
  await fc.assert(
    fc.asyncProperty(fc.array(days, { minLength: 1, maxLength: 12 }), async (purchases) => {
      const rows = [...new Set(purchases.map((one) => `${one.id} ${day(one.ago)}`))].map((text) => {
        const [person_id, on] = text.split(' ') as [string, string];
        return { person_id, day: on };
      });
      const [earlier, later] = [day(40), day(39)];
      const [first, second] = [await bought(rows, earlier), await bought(rows, later)];
      const edges = [later, addDays(later, HORIZON)];
      for (const id of ['a', 'b', 'c', 'd']) {
        const own = rows.filter((row) => row.person_id === id).map((row) => row.day);
        const within = own.some((on) => on > earlier && on <= addDays(earlier, HORIZON));
        expect(first.get(id)).toBe(within ? 1 : 0);
        if (!edges.some((edge) => own.includes(edge))) expect(second.get(id)).toBe(first.get(id));
      }
    }),
    RUNS,
  );
});
