import fc from 'fast-check';
import { type ModelDatabase, openModelDatabase } from '../support/model-database';
import type { GivenRow } from '../support/relations';
import { runModel } from '../support/run-model';

const PRESETS = ['grid', 'eleven', 'shopify'] as const;

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

interface Buyer {
  recency: number;
  days: number;
  cents: number;
  abroad: boolean;
}

/** Few different values, so that ties are the rule. */
const buyer: fc.Arbitrary<Buyer> = fc.record({
  recency: fc.integer({ min: 0, max: 12 }),
  days: fc.oneof({ arbitrary: fc.constant(1), weight: 3 }, { arbitrary: fc.integer({ min: 0, max: 6 }), weight: 4 }),
  cents: fc.oneof(fc.constantFrom(0, 100, 200), fc.integer({ min: -500, max: 5000 })),
  abroad: fc.constant(false),
});
const shop = fc.array(
  fc.oneof({ arbitrary: buyer, weight: 9 }, { arbitrary: buyer.map((one) => ({ ...one, abroad: true })), weight: 1 }),
  { minLength: 1, maxLength: 40 },
);

interface Scored extends Buyer {
  id: string;
  r: number;
  f: number;
  m: number | null;
  tier: string | null;
  segment: string | null;
}

function rowOf(one: Buyer, id: string): GivenRow {
  return {
    customer_id: id,
    purchase_days: Math.max(1, one.days),
    recency_days: one.recency,
    rfm_purchase_days: one.days,
    rfm_net_amount: (one.cents / 100).toFixed(2),
    orders_365d: one.days,
    net_amount_365d: (one.cents / 100).toFixed(2),
    value_abstain_reason: one.abroad ? 'currency' : null,
  };
}

/** Cuts of these people as of the frozen date, and their scores tonight by those cuts. */
async function scored(
  buyers: readonly (Buyer & { id: string })[],
  segments: (typeof PRESETS)[number] = 'grid',
): Promise<Scored[]> {
  const rows = buyers.map((one) => rowOf(one, one.id));
  const project = { rfm: { segments } };
  const cuts = await runModel(database, 'rfm_cuts', { given: { 'customer_orders@frozen_date': rows }, project });
  const run = await runModel(database, 'customer_rfm', {
    given: { customer_stages: rows, rfm_cuts: cuts.result.rows },
    project,
  });
  const found = new Map(run.result.rows.map((row) => [row.customer_id, row]));
  return buyers.map((one) => {
    const row = found.get(one.id);
    if (!row) throw new Error('somebody has no scores');
    return {
      ...one,
      r: Number(row.r_score),
      f: Number(row.f_score),
      m: row.m_score === null ? null : Number(row.m_score),
      tier: row.value_tier as string | null,
      segment: row.rfm_segment as string | null,
    };
  });
}

const named = (buyers: readonly Buyer[]): (Buyer & { id: string })[] =>
  buyers.map((one, index) => ({ ...one, id: `c${index}` }));

const inWindow = (one: Buyer): boolean => one.days > 0;

/** The rule in words, over the people it speaks of: 1 + floor(parts x share of people who are worse). */
function byShare(parts: number, own: number, all: readonly number[]): number {
  return 1 + Math.floor((parts * all.filter((other) => other < own).length) / all.length);
}

const RUNS = { numRuns: 12 };

test('scores are those of the rule, counted person by person', async () => {
  await fc.assert(
    fc.asyncProperty(shop, async (buyers) => {
      const people = (await scored(named(buyers))).filter(inWindow);
      const repeated = people.filter((one) => one.days > 1).map((one) => one.days);
      const paying = people.filter((one) => !one.abroad).map((one) => one.cents);
      for (const one of people) {
        expect(one.r).toBe(
          byShare(
            5,
            -one.recency,
            people.map((other) => -other.recency),
          ),
        );
        expect(one.f).toBe(one.days === 1 ? 1 : 1 + byShare(4, one.days, repeated));
        expect(one.m).toBe(one.abroad ? null : byShare(5, one.cents, paying));
      }
    }),
    RUNS,
  );
});

test('value tiers are the top 5 %, the next 15 % and the next 30 %', async () => {
  await fc.assert(
    fc.asyncProperty(shop, async (buyers) => {
      const people = (await scored(named(buyers))).filter((one) => inWindow(one) && !one.abroad);
      for (const one of people) {
        const worse = people.filter((other) => other.cents < one.cents).length * 100;
        const tier =
          worse >= 95 * people.length
            ? 'top'
            : worse >= 80 * people.length
              ? 'high'
              : worse >= 50 * people.length
                ? 'middle'
                : 'low';
        expect(one.tier).toBe(tier);
      }
    }),
    RUNS,
  );
});

test('who has no purchase in the window scores 1, and moves nobody', async () => {
  await fc.assert(
    fc.asyncProperty(shop, async (buyers) => {
      const people = await scored(named(buyers));
      for (const one of people.filter((other) => !inWindow(other)))
        expect([one.r, one.f, one.m]).toEqual([1, 1, one.abroad ? null : 1]);
      const inside = people.filter(inWindow);
      if (inside.length > 0) expect(await scored(inside)).toEqual(inside);
    }),
    RUNS,
  );
});

test('the order of rows changes nothing', async () => {
  const shuffled = shop.chain((buyers) =>
    fc.tuple(
      fc.constant(named(buyers)),
      fc.shuffledSubarray(named(buyers), { minLength: buyers.length, maxLength: buyers.length }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([buyers, other]) => {
      const byId = new Map((await scored(other)).map((one) => [one.id, one]));
      for (const one of await scored(buyers)) expect(byId.get(one.id)).toEqual(one);
    }),
    RUNS,
  );
});

test('equal values have equal scores, and a better value never a worse one', async () => {
  await fc.assert(
    fc.asyncProperty(shop, async (buyers) => {
      const people = (await scored(named(buyers))).filter(inWindow);
      for (const [value, score] of [
        [(one: Scored) => -one.recency, (one: Scored) => one.r],
        [(one: Scored) => one.days, (one: Scored) => one.f],
        [(one: Scored) => (one.abroad ? Number.NaN : one.cents), (one: Scored) => one.m ?? 0],
      ] as const) {
        for (const a of people) {
          for (const b of people) {
            if (value(a) === value(b)) expect(score(a)).toBe(score(b));
            if (value(a) > value(b)) expect(score(a)).toBeGreaterThanOrEqual(score(b));
          }
        }
      }
    }),
    RUNS,
  );
});

describe.each(PRESETS)('the %s names', (segments) => {
  test('are a partition of the 25 cells', async () => {
    const { result } = await runModel(database, 'rfm_names', { project: { rfm: { segments } } });
    const cells = result.rows.map((row) => `${row.r_score}-${row.second_score}`);
    const all = [1, 2, 3, 4, 5].flatMap((r) => [1, 2, 3, 4, 5].map((second) => `${r}-${second}`));
    expect([...cells].sort()).toEqual(all);
    expect(result.rows.every((row) => typeof row.rfm_segment === 'string' && row.rfm_segment !== '')).toBe(true);
    expect(new Set(result.rows.map((row) => row.second_axis)).size).toBe(1);
  });

  test('give everybody exactly one name, and equal scores the same', async () => {
    await fc.assert(
      fc.asyncProperty(shop, async (buyers) => {
        const people = await scored(named(buyers), segments);
        const names = new Map<string, string | null>();
        for (const one of people) {
          // A name needs the scores it is made of: the grid none of money.
          expect(one.segment === null).toBe(segments !== 'grid' && one.m === null);
          const cell = segments === 'grid' ? `${one.r}-${one.f}` : `${one.r}-${one.f}-${one.m}`;
          expect(names.get(cell) ?? one.segment).toBe(one.segment);
          names.set(cell, one.segment);
        }
      }),
      { numRuns: 5 },
    );
  });
});
