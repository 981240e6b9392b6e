import { createHash } from 'node:crypto';
import { type ModelDatabase, openModelDatabase } from '../support/model-database';
import { modelText } from '../support/model-text';
import type { GivenRow } from '../support/relations';

/** Above 500,000 rows the fits learn from a sample of people, which their ids alone decide. */
let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

const PEOPLE = Array.from({ length: 600 }, (_, index) => `c${index}${index % 5 === 0 ? 'ü' : ''}`);
const FIT_DATE = '2026-03-30';

/** The first 52 bits of the salted hash of an id. */
const hashOf = (id: string): bigint =>
  BigInt(`0x${createHash('sha256').update(`training_rows:${id}`).digest('hex').slice(0, 13)}`);

/** Whether a person is in the sample, by the rule itself and in whole numbers: a share of limit over people times windows. */
const isSampled = (id: string, limit: number, windows: number): boolean =>
  hashOf(id) * BigInt(PEOPLE.length * windows) < BigInt(limit) << 52n;

/** Who is known in a window: everybody in the first, some not in the others. */
const isKnown = (index: number, window: number): boolean => window === 0 || index % 7 !== window;
const knownIn = (window: number): string[] => PEOPLE.filter((_, index) => isKnown(index, window));

interface Sampled {
  model: string;
  numbers: number[];
  given: Record<string, GivenRow[]>;
}

const buyers: Sampled = {
  model: 'training_rows',
  numbers: [0, 1, 2, 3, 4],
  given: {
    training_windows: [0, 1, 2, 3, 4].flatMap((as_of_window) =>
      knownIn(as_of_window).map((customer_id) => ({ as_of_window, customer_id, repeats: 0 })),
    ),
    // Several days of one person count once, and who buys after the fit not at all.
    purchase_days: [...PEOPLE, ...PEOPLE.slice(0, 200)]
      .map((customer_id, index) => ({ customer_id, day: index < PEOPLE.length ? FIT_DATE : '2026-01-05' }))
      .concat(Array.from({ length: 300 }, (_, index) => ({ customer_id: `later${index}`, day: '2026-03-31' }))),
  },
};

const PROSPECT_DATES = ['judged_date', 'training_date_1', 'training_date_2', 'season_date'];
const prospects: Sampled = {
  model: 'prospect_rows',
  numbers: [1, 2, 3, 4],
  given: {
    'prospects@fit_date': PEOPLE.map((customer_id) => ({ customer_id })),
    ...Object.fromEntries(
      PROSPECT_DATES.map((date, index) => [
        `prospect_features@${date}`,
        knownIn(index + 1).map((customer_id) => ({ customer_id, recency_days: 1 })),
      ]),
    ),
  },
};

/** Hashes by window that a model keeps, with a limit small enough for a test in the place of 500,000. */
async function sampleOf({ model, given }: Sampled, limit: number): Promise<Map<number, number[]>> {
  const { sql } = await modelText(model, { given, params: { fit_date: FIT_DATE } });
  expect(sql.match(/500000/g)).toHaveLength(1);
  const small = sql.replace('500000e0', `${limit}e0`);
  const { rows } = await database.read(`select as_of_window, customer_hash from (\n${small}\n) as sampled`);
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const window = Number(row.as_of_window);
    found.set(window, [...(found.get(window) ?? []), Number(row.customer_hash)]);
  }
  for (const hashes of found.values()) hashes.sort((one, other) => one - other);
  return found;
}

const hashesOf = (ids: readonly string[]): number[] =>
  ids.map((id) => Number(hashOf(id))).sort((one, other) => one - other);

describe.each([buyers, prospects])('$model', (sampled) => {
  const { numbers, given } = sampled;
  const LIMIT = 750;

  test('above the limit: those whose hash is low enough, one and the same people of every window', async () => {
    const kept = PEOPLE.filter((id) => isSampled(id, LIMIT, numbers.length));
    const found = await sampleOf(sampled, LIMIT);
    for (const window of numbers) {
      const expected = knownIn(window).filter((id) => kept.includes(id));
      expect([window, found.get(window)]).toEqual([window, hashesOf(expected)]);
    }
    expect([...found.keys()].sort()).toEqual(numbers);
  });

  test('as many rows as the limit, give or take chance, were everybody known in every window', async () => {
    for (const limit of [250, 750, 1500]) {
      const share = limit / (PEOPLE.length * numbers.length);
      const people = PEOPLE.filter((id) => isSampled(id, limit, numbers.length)).length;
      const deviation = numbers.length * Math.sqrt(PEOPLE.length * share * (1 - share));
      expect(Math.abs(people * numbers.length - limit)).toBeLessThan(3 * deviation);
      const found = await sampleOf(sampled, limit);
      const rows = [...found.values()].reduce((sum, hashes) => sum + hashes.length, 0);
      expect(rows).toBeLessThanOrEqual(people * numbers.length);
      expect(rows).toBeGreaterThan(0.7 * people * numbers.length);
    }
  });

  test('the order of rows changes nothing', async () => {
    const turned = Object.fromEntries(Object.entries(given).map(([name, rows]) => [name, [...rows].reverse()]));
    expect(await sampleOf({ ...sampled, given: turned }, LIMIT)).toEqual(await sampleOf(sampled, LIMIT));
  });

  test('up to the limit everybody', async () => {
    const found = await sampleOf(sampled, PEOPLE.length * numbers.length);
    for (const window of numbers) expect(found.get(window)).toEqual(hashesOf(knownIn(window)));
  });
});
