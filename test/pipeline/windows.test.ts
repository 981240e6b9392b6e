import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../src/cli/walk';
import type { NightInput } from '../../src/core/night';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { planRun } from '../../src/pipeline/plan-run';
import {
  type ArrivingShop,
  LATE_DAYS,
  makeArrivingShop,
  numbersFrom,
  type Shape,
  SLACK_DAYS,
  writeArrived,
} from '../support/arriving-shop';
import { hashesOf, readTable, withContext } from '../support/night';
import { temporaryFolder } from '../support/shop';

/** Nights that read the late days alone, against nights that read everything; late-rows.test.ts does it on many more shops. */
jest.setTimeout(180_000);
const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]): string => join(root, ...names);

/** Over several months, daily and with gaps, on both sides of a month's end and of a quarter's. */
const NIGHTS = ['2025-02-14', '2025-03-01', '2025-03-28'];
const LAST = '2025-04-14';

const night = (project: string, out: string, input: NightInput): Promise<Manifest> =>
  withContext(project, out, {}, (context) => walkNight(context, input));

const shapeOf = (seed: number, more: Partial<Shape> = {}): Shape => ({
  chance: numbersFrom(seed),
  returnsBy: 'refunds',
  partitionedBy: 'own_day',
  hasVersions: false,
  hasRecordedAt: false,
  ...more,
});

/** The same night read whole, in a copy, so that both build on the same one. */
async function readWhole(project: string, out: string, run_date: string): Promise<Manifest> {
  const copy = `${out}-${run_date}`;
  cpSync(out, copy, { recursive: true });
  return night(project, copy, { run_date, full: true });
}

test.each<[string, Shape]>([
  [
    'refunds of orders long ago, versions of orders, partitions by the day in another zone',
    shapeOf(5, { partitionedBy: 'other_zone', hasVersions: true }),
  ],
  [
    'returning lines, partitions by the day of loading',
    shapeOf(3, { returnsBy: 'lines', partitionedBy: 'loaded', hasRecordedAt: true }),
  ],
])('nights that read in part, each on the one before, are those that read whole: %s', async (name, shape) => {
  const shop = makeArrivingShop(shape);
  const [folder, out] = [at(name), at(name, 'out')];
  for (const run_date of [...NIGHTS, LAST]) {
    writeArrived(folder, shop, shape, run_date);
    const inPart = await night(folder, out, { run_date });
    if (run_date === NIGHTS[0]) continue;
    for (const source of ['orders', 'order_lines', 'events', 'campaign_events'])
      expect([source, inPart.sources[source]?.window]).toEqual([source, { column: 'dt', from: expect.any(String) }]);
    expect(inPart.warnings.map((warning) => warning.code)).not.toContain('partition_read_whole');
    if (run_date !== NIGHTS[1] && run_date !== LAST) continue;
    const whole = await readWhole(folder, out, run_date);
    expect([run_date, hashesOf(whole)]).toEqual([run_date, hashesOf(inPart)]);
    expect(whole.sources.orders).toMatchObject({ window: null });
    expect(whole.sources.orders?.rows).toBeGreaterThan(inPart.sources.orders?.rows as number);
  }
});

describe('three nights of one shop', () => {
  const shape = shapeOf(11);
  const shop = makeArrivingShop(shape);
  const [base, out] = [at('shop'), at('shop-out')];
  const [FIRST, SECOND, THIRD] = ['2025-02-28', '2025-03-28', '2025-03-29'] as const;
  let nights: Manifest[];
  let copies = 0;

  beforeAll(async () => {
    nights = [];
    for (const run_date of [FIRST, SECOND, THIRD]) {
      writeArrived(base, shop, shape, run_date);
      nights.push(await night(base, out, { run_date }));
    }
  });

  /** A project and a store of its own, with everything that was there on the second night. */
  function copied(rows: ArrivingShop = shop, today: string = THIRD): { project: string; store: string } {
    copies += 1;
    const [project, store] = [at(`copy-${copies}`), at(`copy-${copies}-out`)];
    writeArrived(project, rows, shape, today);
    cpSync(out, store, { recursive: true });
    return { project, store };
  }

  const WINDOW = '2025-02-28';

  test('read from the month of the first late day on, less the slack', () => {
    // The night before the third is the 28th of March: five late days reach back to the 23rd, so the month is March.
    expect([LATE_DAYS, SLACK_DAYS]).toEqual([5, 1]);
    for (const source of ['orders', 'order_lines', 'refunds', 'events', 'campaign_events'])
      expect([source, nights[2]?.sources[source]?.window]).toEqual([source, { column: 'dt', from: WINDOW }]);
    expect(nights[0]?.sources.orders?.window).toBeNull();
    const there = (from: string): number =>
      (shop.orders ?? []).filter(
        ({ row, arrives, leaves }) =>
          arrives <= THIRD && (leaves === undefined || leaves > THIRD) && (row.dt as string) >= from,
      ).length;
    expect(nights[2]?.sources.orders?.rows).toBe(there(WINDOW));
    expect(there(WINDOW)).toBeLessThan(there('') / 2);
  });

  test('each month of a rollup lies with the last run that made it', () => {
    const months = (manifest: Manifest | undefined): unknown =>
      manifest?.rollups?.purchase_days?.parts.map(({ prefix, from, before }) => [prefix.split('/')[3], from, before]);
    const [first, second, third] = nights.map((each) => each.run_id);
    expect(months(nights[0])).toEqual([[first, undefined, undefined]]);
    expect(months(nights[1])).toEqual([
      [second, '2025-02-01', undefined],
      [first, undefined, '2025-02-01'],
    ]);
    expect(months(nights[2])).toEqual([
      [third, '2025-03-01', undefined],
      [second, '2025-02-01', '2025-03-01'],
      [first, undefined, '2025-02-01'],
    ]);
  });

  test('rows before the window are not read: without them the night is the same, read whole it is another', async () => {
    const without = Object.fromEntries(
      Object.entries(shop).map(([name, rows]) => [
        name,
        rows.filter(({ row }) => (row.dt as string).replaceAll('-', '') >= WINDOW.replaceAll('-', '')),
      ]),
    );
    const { project, store } = copied(without);
    expect(hashesOf(await night(project, store, { run_date: THIRD }))).toEqual(hashesOf(nights[2] as Manifest));
    const whole = await night(project, store, { run_date: THIRD, full: true });
    expect(hashesOf(whole).people).not.toEqual(hashesOf(nights[2] as Manifest).people);
  });

  test('a row later than the late days is seen by a night that reads whole, and by those after it', async () => {
    const [order] = shop.orders ?? [];
    const late = { ...order?.row, id: 'late', buyer: 'latecomer', day: '2025-01-07', dt: '2025-01-07', state: 'paid' };
    const { project, store } = copied({ ...shop, orders: [...(shop.orders ?? []), { row: late, arrives: THIRD }] });
    const isThere = async (manifest: Manifest): Promise<boolean> =>
      (await readTable(store, manifest, 'people')).some((row) => row.id === 'latecomer');
    expect(await isThere(await night(project, store, { run_date: THIRD }))).toBe(false);
    const whole = await night(project, store, { run_date: THIRD, full: true });
    expect(await isThere(whole)).toBe(true);
    expect(whole.rollups?.purchase_days?.parts).toHaveLength(1);
    // The same night again is the one that was read whole, not a new one that would know less.
    expect((await night(project, store, { run_date: THIRD })).run_id).toBe(whole.run_id);
    const next = await night(project, store, { run_date: '2025-03-30' });
    expect(next.sources.orders?.window).not.toBeNull();
    expect(await isThere(next)).toBe(true);
  });

  test('another mapping reads whole what it is about, with a warning, and what the other rollups stand on in part', async () => {
    const { project, store } = copied();
    const file = join(project, 'tidemark.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('events.csv\n', 'events.csv\n    where: "id <> \'c1\'"\n'));
    const changed = await night(project, store, { run_date: THIRD });
    expect(changed.sources.events?.window).toBeNull();
    expect(changed.sources.orders?.window).toEqual({ column: 'dt', from: WINDOW });
    expect(changed.warnings).toContainEqual({
      code: 'partition_read_whole',
      message: expect.stringContaining('events was read whole'),
    });
    expect(changed.rollups?.activity_days?.parts).toHaveLength(1);
    expect(changed.rollups?.purchase_days?.parts).toHaveLength(3);
    expect(hashesOf(await readWhole(project, store, THIRD))).toEqual(hashesOf(changed));
  });

  test('a month whose files are gone is refused, naming the way out, which works', async () => {
    const { project, store } = copied();
    const part = nights[2]?.rollups?.return_days?.parts[2];
    rmSync(join(store, part?.files[0]?.key as string));
    await expect(night(project, store, { run_date: '2025-03-30' })).rejects.toMatchObject({
      name: 'SnapshotIntegrityError',
      code: 'files_damaged',
      remedy: expect.stringContaining('run --full'),
    });
    const whole = await night(project, store, { run_date: '2025-03-30', full: true });
    expect(whole.rollups?.return_days?.parts).toHaveLength(1);
  });

  test('without a date the newest order is found, within the window or before it', async () => {
    const { project, store } = copied();
    expect((await night(project, store, {})).run_date).toBe(THIRD);
    const old = { ...shop, orders: (shop.orders ?? []).filter(({ row }) => (row.day as string) <= '2025-01-31') };
    const { project: earlier } = copied(old);
    // A published night has read later days: that they are gone is no reason to replace a night of then unasked.
    const planned = await withContext(earlier, store, {}, async (context) => {
      await expect(planRun({}, context)).rejects.toMatchObject({ code: 'source_went_back' });
      return planRun({ accept: true }, context);
    });
    expect(planned.run_date).toBe(
      old.orders
        .map(({ row }) => row.day as string)
        .sort()
        .at(-1),
    );
  });

  test.each<[string, (row: string) => string, object]>([
    [
      'lies further before its day than promised',
      (day) => `2025-01-${String(Number(day.slice(8)) - 2).padStart(2, '0')}`,
      { code: 'partition_too_early', remedy: expect.stringContaining('slack_days') },
    ],
    [
      'holds no day',
      () => 'week 5',
      { code: 'unreadable_values', found: expect.stringContaining('partition:not_a_day') },
    ],
    ['is empty', () => '', { code: 'unreadable_values', found: expect.stringContaining('partition:missing') }],
  ])('a row whose partition %s is refused before a night could miss it', async (_what, dtOf, error) => {
    const late = {
      id: 'odd',
      buyer: 'c1',
      day: '2025-01-10',
      total: '5',
      state: 'paid',
      voided: '',
      changed: '',
      known: '',
    };
    const row = { ...late, dt: dtOf(late.day) };
    const { project } = copied({ ...shop, orders: [...(shop.orders ?? []), { row, arrives: FIRST }] });
    await expect(night(project, at(`odd-${copies}`), { run_date: FIRST })).rejects.toMatchObject({
      name: 'SourceContractError',
      place: { table: 'orders' },
      ...error,
    });
  });
});
