import { createHash } from 'node:crypto';
import { type ModelDatabase, openModelDatabase } from '../support/model-database';
import { modelText } from '../support/model-text';
import type { GivenRow } from '../support/relations';

/** Above 490,000 rows the fits learn from a sample of people, which their ids alone decide: 500,000 rows at most. */
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

/** Whether a person is in the sample, by the rule itself and in whole numbers: a share of limit over rows. */
const isSampled = (id: string, limit: number, rows: number): boolean =>
  hashOf(id) * BigInt(rows) < BigInt(limit) << 52n;

/** Who is known in a window: everybody in the first, some not in the others. */
const isKnown = (index: number, window: number): boolean => window === 0 || index % 7 !== window;
const knownIn = (window: number): string[] => PEOPLE.filter((_, index) => isKnown(index, window));

interface Sampled {
  model: string;
  numbers: number[];
  /** Rows that the limit is a share of: of buyers as if everybody were known in every window. */
  rows: number;
  given: Record<string, GivenRow[]>;
}

const buyers: Sampled = {
  model: 'training_rows',
  numbers: [0, 1, 2, 3, 4],
  rows: 5 * PEOPLE.length,
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
  rows: PROSPECT_DATES.reduce((sum, _, index) => sum + knownIn(index + 1).length, 0),
  // Nobody is left without a purchase at the fit date: what counts is who was at the dates of the windows.
  given: Object.fromEntries(
    PROSPECT_DATES.flatMap((date, index) => [
      [`prospects@${date}`, knownIn(index + 1).map((customer_id) => ({ customer_id }))],
      [`prospect_features@${date}`, knownIn(index + 1).map((customer_id) => ({ customer_id, recency_days: 1 }))],
    ]),
  ),
};

/** Hashes by window that a model keeps, with a limit small enough for a test in the place of 490,000. */
async function sampleOf({ model, given }: Sampled, limit: number): Promise<Map<number, number[]>> {
  const { sql } = await modelText(model, { given, params: { fit_date: FIT_DATE } });
  expect(sql.match(/490000e0/g)).toHaveLength(1);
  const small = sql.replace('490000e0', `${limit}e0`);
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

/** How far chance takes the rows of a sample from its limit, at one standard deviation: each person is kept in all windows or none. */
function deviationOf({ numbers, rows }: Sampled, limit: number): number {
  const share = limit / rows;
  const squares = PEOPLE.map((_, index) => numbers.filter((window) => isKnown(index, window)).length ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) * share * (1 - share));
}

describe.each([buyers, prospects])('$model', (sampled) => {
  const { numbers, rows, given } = sampled;
  const LIMIT = 750;

  test('above the limit: those whose hash is low enough, one and the same people of every window', async () => {
    const kept = PEOPLE.filter((id) => isSampled(id, LIMIT, rows));
    const found = await sampleOf(sampled, LIMIT);
    for (const window of numbers) {
      const expected = knownIn(window).filter((id) => kept.includes(id));
      expect([window, found.get(window)]).toEqual([window, hashesOf(expected)]);
    }
    expect([...found.keys()].sort()).toEqual(numbers);
  });

  test('as many rows as the limit, give or take chance, of those that there are', async () => {
    const known = numbers.reduce((sum, window) => sum + knownIn(window).length, 0);
    for (const limit of [250, 750, 1500]) {
      const found = await sampleOf(sampled, limit);
      const sampledRows = [...found.values()].reduce((sum, hashes) => sum + hashes.length, 0);
      expect(Math.abs(sampledRows - (limit * known) / rows)).toBeLessThan(3 * deviationOf(sampled, limit));
    }
  });

  test('the order of rows changes nothing', async () => {
    const turned = Object.fromEntries(Object.entries(given).map(([name, rows]) => [name, [...rows].reverse()]));
    expect(await sampleOf({ ...sampled, given: turned }, LIMIT)).toEqual(await sampleOf(sampled, LIMIT));
  });

  test('up to the limit everybody', async () => {
    const found = await sampleOf(sampled, rows);
    for (const window of numbers) expect(found.get(window)).toEqual(hashesOf(knownIn(window)));
  });
});
