import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import { featureFamilies } from '../../src/core/models/sidecar';
import { sigmoid } from '../../src/core/statistics/special';
import { anyNumber } from '../support/any-number';
import { linearPredictor } from '../support/formulas/linear-predictor';
import { type Reason, reasonsOf } from '../support/formulas/reason-codes';
import { type ModelDatabase, openModelDatabase, type ResultRow } from '../support/model-database';
import { testModels } from '../support/model-text';
import type { GivenRow } from '../support/relations';
import { runModel } from '../support/run-model';
import { activityRows, dayAgo as day } from './activity-rows';

/** The chance of a first order, as features and as a score, on whatever chance comes up with. */
const RUNS = { numRuns: 5 };

let database: ModelDatabase;
let families: ReadonlyMap<string, string>;
beforeAll(async () => {
  database = await openModelDatabase();
  const sidecar = (await testModels()).models.get('prospect_features')?.sidecar;
  families = sidecar ? featureFamilies(sidecar) : new Map();
});
afterAll(() => database.close());

const id = fc.constantFrom('a', 'a_app', 'b', 'c', 'd', 'e');
/** Below 0: after the run date. */
const ago = fc.oneof(fc.integer({ min: -5, max: 60 }), fc.constantFrom(89, 90, 91, 365, 4000));
const count = fc.integer({ min: 0, max: 5000 });
const shop = fc.record({
  accounts: fc.uniqueArray(fc.record({ id, ago: fc.option(ago) }), { selector: (one) => one.id, minLength: 2 }),
  purchases: fc.uniqueArray(fc.record({ id, ago, until: fc.option(fc.integer({ min: 0, max: 20 })) }), {
    selector: (one) => `${one.id} ${one.ago}`,
    maxLength: 4,
  }),
  visits: fc.array(fc.record({ id, ago, visits: count, carts: count }), { maxLength: 8 }),
  clicks: fc.array(fc.record({ id, ago, clicked: count, opened: count }), { maxLength: 8 }),
  mergedSince: fc.option(ago),
});
type Shop = typeof shop extends fc.Arbitrary<infer T> ? T : never;
type Given = Record<string, GivenRow[]>;

function given({ accounts, purchases, ...activity }: Shop): Given {
  return {
    stg_customers: accounts.map((one) => ({
      customer_id: one.id,
      created_date: one.ago === null ? null : day(one.ago),
    })),
    purchase_days: purchases.map((one) => ({
      customer_id: one.id,
      day: day(one.ago),
      counts_until: one.until === null ? null : addDays(day(one.ago), one.until),
      order_count: 1,
    })),
    ...activityRows(activity),
  };
}

/** prospect_features as of a date from staging and rollups, by the models in between. */
async function featuresOf(rows: Given, asOf: string): Promise<ResultRow[]> {
  const run = async (model: string, from: Given): Promise<GivenRow[]> =>
    (await runModel(database, model, { given: from, params: { as_of: asOf, has_events: true } })).result.rows;
  const only = (...names: string[]): Given => Object.fromEntries(names.map((name) => [name, rows[name] ?? []]));
  const ids = { person_ids: await run('person_ids', only('purchase_days', 'stg_identities')) };
  const found = await run('prospect_features', {
    customer_attributes: await run('customer_attributes', { ...only('stg_customers'), ...ids }),
    customer_activity: await run('customer_activity', { ...only('activity_days', 'campaign_days'), ...ids }),
    ...only('purchase_days'),
    ...ids,
  });
  return (found as ResultRow[]).sort((one, other) => (String(one.customer_id) < String(other.customer_id) ? -1 : 1));
}

/** What was known by the end of a day, an order cancelled later as one that still counts. */
function knownBy(rows: Given, asOf: string): Given {
  // A row without a day is always there.
  const isKnown = (row: GivenRow): boolean => String(row.created_date ?? row.day ?? row.valid_from_date ?? '') <= asOf;
  const known = Object.entries(rows).map(([name, all]) => [name, all.filter(isKnown)] as const);
  return Object.fromEntries(known);
}

const asOfDates = fc.constantFrom(0, 1, 30, 90).map(day);

test('what happens after a date changes nothing as of it; numbers are finite; the order of rows is nothing', async () => {
  await fc.assert(
    fc.asyncProperty(shop, asOfDates, async (one, asOf) => {
      const rows = given(one);
      const found = await featuresOf(rows, asOf);
      expect(await featuresOf(knownBy(rows, asOf), asOf)).toEqual(found);
      const turned = Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, [...all].reverse()]));
      expect(await featuresOf(turned, asOf)).toEqual(found);
      for (const row of found) {
        for (const name of families.keys()) {
          const value = Number(row[name] ?? Number.NaN);
          expect([name, Number.isFinite(value) && value >= 0]).toEqual([name, true]);
        }
        expect(Number(row.account_days)).toBeGreaterThanOrEqual(0);
        expect(Number(row.recency_days)).toBeGreaterThanOrEqual(0);
      }
    }),
    RUNS,
  );
});

test('who is looked at: registered with a day by the date, nothing bought that still counts', async () => {
  await fc.assert(
    fc.asyncProperty(shop, asOfDates, async (one, asOf) => {
      const single = { ...one, mergedSince: null };
      const bought = new Set(
        single.purchases
          .filter(({ ago: days, until }) => day(days) <= asOf && (until === null || addDays(day(days), until) >= asOf))
          .map((each) => each.id),
      );
      const expected = single.accounts
        .filter(({ id: account, ago: days }) => days !== null && day(days) <= asOf && !bought.has(account))
        .map((each) => each.id as string);
      const found = await featuresOf(given(single), asOf);
      expect(found.map((row) => row.customer_id)).toEqual(expected.sort());
    }),
    RUNS,
  );
});

const codeOf = (reason: Reason | undefined): string | null =>
  reason ? `${reason.family}_${reason.contribution > 0 ? 'lowers' : 'raises'}_risk` : null;

/** Whether strengths are further apart, and from 0, than the millionth to which they are rounded before they are ranked. */
const areTold = (reasons: readonly Reason[]): boolean =>
  reasons.every((one, place) => Math.abs(one.contribution) - Math.abs(reasons[place + 1]?.contribution ?? 0) > 2e-6);

test('SQL scores as the model does, whatever its terms: log-odds to 1e-9, chances to six digits within 0 and 1, reasons', async () => {
  const real = anyNumber(-40, 40);
  const names = fc.constantFrom(
    'log_account_days',
    'is_visit_unknown',
    'log_visits_30d',
    'log_carts_30d',
    'log_clicks_90d',
  );
  const term = fc.record({
    name: names,
    mean: real,
    deviation: fc.double({ min: 0.01, max: 20, noNaN: true }),
    coefficient: real,
  });
  const model = fc.record({ intercept: real, terms: fc.uniqueArray(term, { selector: (one) => one.name }) });
  const feature = anyNumber(0, 12);
  const people = fc.array(fc.array(feature, { minLength: 9, maxLength: 9 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(model, real, people, async (logistic, shift, values) => {
      const all = [...families.keys()];
      const prospect_features = values.map((row, index) => ({
        customer_id: `p${index}`,
        account_days: 3,
        recency_days: 3,
        ...Object.fromEntries(all.map((name, at) => [name, row[at] as number])),
      }));
      const parameter = (part: string, name: string, value: number) => ({
        population: 'prospects',
        ...{ model: 'score', part, name, value, prospect_model: 'logistic', prospect_reason: 'x' },
      });
      const centres = new Map<string, number>();
      for (const { name, coefficient, mean, deviation } of logistic.terms) {
        const family = families.get(name) as string;
        centres.set(family, (centres.get(family) ?? 0) + (coefficient * mean) / deviation);
      }
      const score_parameters = [
        parameter('level', 'shift', shift),
        parameter('level', 'intercept', logistic.intercept),
        ...logistic.terms.map(({ name, coefficient, deviation }) => parameter('slope', name, coefficient / deviation)),
        ...[...centres].map(([family, value]) => parameter('centre', family, value)),
        parameter('cut', 'likely_from', 0.5),
      ];
      const input = { given: { prospect_features, score_parameters } };
      const terms = (await runModel(database, 'prospect_terms', input)).result.rows;
      const scores = (await runModel(database, 'prospect_scores', input)).result.rows;
      const byId = new Map(scores.map((row) => [row.customer_id, row]));
      expect(scores.length).toBe(values.length);
      for (const row of terms) {
        const expected = linearPredictor(logistic, (name) => Number(row[name]));
        const ours = Math.min(Math.max(Number(row.intercept) + Number(row.contribution), -30), 30);
        // Terms far from the mean add up to much, and cancel out again.
        const size = logistic.terms.reduce(
          (sum, { name, coefficient, mean, deviation }) =>
            sum + (Math.abs(coefficient) * (Number(row[name]) + Math.abs(mean))) / deviation,
          1,
        );
        expect(Math.abs(ours - expected)).toBeLessThanOrEqual(1e-9 + 1e-14 * size);
        const chance = Number(byId.get(row.customer_id)?.purchase_probability);
        expect(chance >= 0 && chance <= 1).toBe(true);
        expect(Math.abs(chance - sigmoid(expected + shift))).toBeLessThanOrEqual(5.001e-7);
        expect(byId.get(row.customer_id)?.is_likely).toBe(chance >= 0.5);
        const reasons = reasonsOf(logistic, (name) => Number(row[name]), families);
        if (areTold(reasons))
          expect([1, 2, 3].map((place) => byId.get(row.customer_id)?.[`reason_${place}_code`])).toEqual(
            [0, 1, 2].map((place) => codeOf(reasons[place])),
          );
      }
    }),
    { numRuns: 8 },
  );
});
