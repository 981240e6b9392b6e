import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { hashesOf, readTable, runNight, runNights, sorted } from '../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../support/shop';

/** Laws of what a night knows and whom it takes for one person, on shops of nothing but orders. */
jest.setTimeout(120_000);
const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string): string => join(root, name);
const orders = makeShop(180).orders as SourceRow[];
const D = '2025-03-30';

test('rows after the run date, or recorded after it, change nothing: an old night reproduces itself', async () => {
  const known = orders.filter(
    (row) => (row.known as string) < `${D}T21:00:00Z` && (row.at as string) < `${D}T21:00:00Z`,
  );
  expect(known.length).toBeLessThan(orders.length);
  const later = known.slice(0, 40).map((row, index) => ({
    ...row,
    id: `later${index}`,
    at: `2025-04-0${1 + (index % 3)}T08:00:00Z`,
    known: '2025-03-01T08:00:00Z',
  }));
  const seen = await runNight(writeShop(at('all'), { orders: [...orders, ...later] }), at('all/out'), D);
  const only = await runNight(writeShop(at('known'), { orders: known }), at('known/out'), D);
  expect(hashesOf(seen)).toEqual(hashesOf(only));
  expect(seen.facts.stg_orders?.rows_after_run_date).toBe(40);
});

test('what is frozen rests on what was recorded by its date, however late the night that makes it', async () => {
  const ids = [...new Set(orders.map((row) => row.buyer as string))].filter((id) => id.startsWith('c'));
  const late = ids.map((buyer, index) => ({
    ...(orders[0] as SourceRow),
    id: `late${index}`,
    buyer,
    at: '2024-12-20T09:00:00Z',
    total: '900.00',
    state: 'paid',
    voided: '',
    known: '2025-01-20T09:00:00Z',
  }));
  const project = writeShop(at('late'), { orders: [...orders, ...late] });
  const [, chained] = (await runNights(project, at('late/chained'), ['2025-01-05', '2025-02-10'])) as [
    Manifest,
    Manifest,
  ];
  const cold = await runNight(project, at('late/cold'), '2025-02-10');
  expect(chained.parameters.rfm_cuts).toMatchObject({
    inherited: true,
    provisional: false,
    as_of_date: '2024-12-31',
  });
  for (const name of ['rfm_cuts', 'return_curves', 'lifecycle_thresholds', 'people'])
    expect([name, hashesOf(cold)[name]]).toEqual([name, hashesOf(chained)[name]]);
});

test('merging two ids is the same as one id in the data', async () => {
  const ids = [...new Set(orders.map((row) => row.buyer as string))].filter((id) => id.startsWith('c')).slice(0, 40);
  const into = new Map(ids.filter((_, index) => index % 2 === 1).map((id, index) => [id, ids[index * 2] as string]));
  const identities = [...into].map(([from, to]) => ({ from, into: to, since: '2024-01-01' }));
  const merged = await runNight(writeShop(at('merged'), { orders, identities }), at('merged/out'), D);
  const renamed = orders.map((row) => ({ ...row, buyer: into.get(row.buyer as string) ?? (row.buyer as string) }));
  const one = await runNight(writeShop(at('renamed'), { orders: renamed }), at('renamed/out'), D);
  expect(sorted(await readTable(at('merged/out'), merged, 'people'))).toEqual(
    sorted(await readTable(at('renamed/out'), one, 'people')),
  );
  expect(hashesOf(merged)).toMatchObject({ ...hashesOf(one), audiences: expect.any(String) });
});

test('with fewer than 100 buyers by the cut date everything fitted is provisional and never inherited', async () => {
  const few = orders.filter((row) => (row.buyer as string) < 'c0060');
  const [first, second] = (await runNights(writeShop(at('few'), { orders: few }), at('few/out'), [
    D,
    '2025-03-31',
  ])) as [Manifest, Manifest];
  for (const night of [first, second]) {
    for (const name of ['rfm_cuts', 'return_curves', 'lifecycle_thresholds', 'horizon'])
      expect([name, night.parameters[name]]).toEqual([
        name,
        expect.objectContaining({ provisional: true, inherited: false, as_of_date: night.run_date }),
      ]);
  }
});
