import fc from 'fast-check';
import { addDays } from '../../src/core/dates';
import { type ModelDatabase, openModelDatabase, type ResultRow } from '../support/model-database';
import { runModel } from '../support/run-model';

const FROZEN = '2025-12-31';
const HISTORY_DAYS = 40;
const HORIZON = 7;
const RUNS = { numRuns: 8 };

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

/** Purchase days of each person, as days since the shop opened. */
const purchases = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: HISTORY_DAYS }), { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 70,
});

const day = (sinceOpening: number): string => addDays(FROZEN, sinceOpening - HISTORY_DAYS);

interface Silence {
  purchaseClass: string;
  days: number;
  ended: boolean;
}

function silencesOf(days: readonly number[]): Silence[] {
  const sorted = [...days].sort((a, b) => a - b);
  return sorted.map((start, index) => {
    const purchase = index + 1;
    const next = sorted[purchase];
    return {
      purchaseClass: purchase <= 2 ? String(purchase) : purchase <= 5 ? '3-5' : '6+',
      days: (next ?? HISTORY_DAYS) - start,
      ended: next !== undefined,
    };
  });
}

/** Kaplan-Meier by the textbook: at each day, 1 - ended / still silent, multiplied up. */
function survival(silences: readonly Silence[], upTo: number): number {
  let product = 1;
  for (let at = 0; at <= upTo; at += 1) {
    const atRisk = silences.filter((one) => one.days >= at).length;
    const ended = silences.filter((one) => one.days === at && one.ended).length;
    if (atRisk > 0) product *= 1 - ended / atRisk;
  }
  return product;
}

test('return curves are Kaplan-Meier over every silence of every person', async () => {
  await fc.assert(
    fc.asyncProperty(purchases, async (people) => {
      const personDays = people.flatMap((days, person) =>
        days.map((one) => ({ person_id: `p${person}`, day: day(one) })),
      );
      const spells = await runModel(database, 'purchase_spells', {
        given: { person_days: personDays },
        params: { as_of: FROZEN },
      });
      const params = { history_start: day(0), horizon_days: HORIZON };
      const curves = await runModel(database, 'return_curves', {
        given: { 'purchase_spells@frozen_date': spells.result.rows },
        params,
      });
      const silences = people.flatMap(silencesOf);
      const classes = [...new Set(silences.map((one) => one.purchaseClass)), 'all'];
      expect(curves.result.rows).toHaveLength(classes.length * (HISTORY_DAYS + 1));
      for (const row of curves.result.rows) {
        const own = silences.filter((one) => row.purchase_class === 'all' || one.purchaseClass === row.purchase_class);
        const at = Number(row.day);
        const atRisk = own.filter((one) => one.days >= at).length;
        expect(Number(row.at_risk_count)).toBe(atRisk);
        // Where everybody came back nobody is left silent: 0, but for the guard of the logarithm.
        expect(Math.abs(Number(row.survival) - survival(own, at))).toBeLessThan(1e-8);
        const isKnown = atRisk >= 30 && at + HORIZON <= HISTORY_DAYS;
        if (!isKnown) expect(row.return_chance).toBeNull();
        else if (survival(own, at) > 0)
          expect(
            Math.abs(Number(row.return_chance) - (1 - survival(own, at + HORIZON) / survival(own, at))),
          ).toBeLessThan(2e-6);
      }
    }),
    RUNS,
  );
});

const threshold = fc.record({
  at_risk_after_days: fc.integer({ min: 1, max: 60 }),
  further: fc.integer({ min: 1, max: 60 }),
  isOpen: fc.boolean(),
});
const limits = fc.tuple(threshold, threshold, threshold, threshold).map((rows) =>
  rows.map(({ at_risk_after_days, further, isOpen }, index) => ({
    purchase_class: ['1', '2', '3-5', '6+'][index] as string,
    at_risk_after_days,
    lapsed_after_days: isOpen ? null : at_risk_after_days + further,
    lifecycle_basis: isOpen ? 'curve_open' : 'return_curve',
  })),
);

const ORDER = ['new', 'reactivated', 'active', 'at_risk', 'lapsed'];

test('who stays silent only goes down, on the very days that were told at the last purchase', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: HISTORY_DAYS }), { minLength: 1, maxLength: 8 }),
      limits,
      async (days, thresholds) => {
        const personDays = days.map((one) => ({
          person_id: 'p',
          day: day(one),
          order_count: 1,
          purchase_amount: 1,
          foreign_order_count: 0,
        }));
        const stageOn = async (asOf: string): Promise<ResultRow> => {
          const orders = await runModel(database, 'customer_orders', {
            given: { person_days: personDays },
            params: { as_of: asOf },
          });
          const run = await runModel(database, 'customer_lifecycle', {
            given: { customer_orders: orders.result.rows, lifecycle_thresholds: thresholds },
            params: { as_of: asOf },
          });
          return run.result.rows[0] as ResultRow;
        };
        const last = day(Math.max(...days));
        const first = await stageOn(last);
        const from = { at_risk_from: first.at_risk_from, lapsed_from: first.lapsed_from };
        const told = [from.at_risk_from, from.lapsed_from].filter((date): date is string => typeof date === 'string');
        const dates = [
          ...told.flatMap((date) => [addDays(date, -1), date]),
          addDays(last, 30),
          addDays(last, 31),
          addDays(last, 400),
        ]
          .filter((date) => date >= last)
          .sort();
        let rank = ORDER.indexOf(String(first.lifecycle_stage));
        for (const date of dates) {
          const now = await stageOn(date);
          const stage = String(now.lifecycle_stage);
          expect({ at_risk_from: now.at_risk_from, lapsed_from: now.lapsed_from }).toEqual(from);
          expect(ORDER.indexOf(stage)).toBeGreaterThanOrEqual(rank);
          rank = ORDER.indexOf(stage);
          if (stage === 'new' || stage === 'reactivated') continue;
          const isLapsed = typeof from.lapsed_from === 'string' && from.lapsed_from <= date;
          const isAtRisk = typeof from.at_risk_from === 'string' && from.at_risk_from <= date;
          expect(stage).toBe(isLapsed ? 'lapsed' : isAtRisk ? 'at_risk' : 'active');
        }
      },
    ),
    RUNS,
  );
});
