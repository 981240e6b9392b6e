import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoShop } from '../../src/demo/write-demo-shop';
import { loadDefinitions } from '../../src/project/load-definitions';
import { NIGHTS as GOLDEN_NIGHTS, makeShop, writeShop } from '../support/shop';
import { differences } from './compare';
import { shareSources } from './shop-sources';
import { type LabEngine, openDuckDb, openTrino } from './two-engines';
import { type WalkedNight, walkShop } from './walk-shop';

interface Shop {
  name: string;
  nights: readonly string[];
  write(folder: string): Promise<unknown>;
}

const GOLDEN: Shop = {
  name: 'golden',
  nights: GOLDEN_NIGHTS,
  write: async (folder) => writeShop(folder, makeShop(160, 11)),
};
/** Two nights on both sides of a quarter's end, so that cut points move, and a later one. */
const DEMO: Shop = {
  name: 'demo',
  nights: ['2026-09-30', '2026-10-01', '2026-11-14'],
  write: (folder) => writeDemoShop({ dir: folder, customers: 300, seed: 7 }),
};

describe.each([GOLDEN, DEMO].map((shop) => [shop.name, shop] as const))('the %s shop', (name, shop) => {
  let engines: [LabEngine, LabEngine];
  let folder: string;
  const walked = new Map<string, [WalkedNight, WalkedNight]>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lab-shop-'));
    await shop.write(join(folder, 'shop'));
    const definitions = await loadDefinitions(join(folder, 'shop'));
    engines = [await openDuckDb(), await openTrino(name)];
    const sources = await shareSources(definitions, ...engines, folder);
    for (const [index, night] of shop.nights.entries()) {
      const [duckdb, trino] = walked.get(shop.nights[index - 1] ?? '') ?? [];
      walked.set(night, [
        await walkShop(definitions, engines[0], sources, night, duckdb),
        await walkShop(definitions, engines[1], sources, night, trino),
      ]);
    }
  }, 900_000);
  afterAll(async () => {
    await engines?.[0].close();
    rmSync(folder, { recursive: true, force: true });
  });

  const publicHashes = (night: WalkedNight | undefined): Record<string, unknown> =>
    Object.fromEntries(
      [...(night?.tables ?? [])].filter(([, { isPublic }]) => isPublic).map(([id, table]) => [id, table.contentHash]),
    );

  test.each(shop.nights)('%s: the same public tables, by content hash', (night) => {
    const [duckdb, trino] = walked.get(night) ?? [];
    expect(publicHashes(trino)).toEqual(publicHashes(duckdb));
    expect(Object.keys(publicHashes(duckdb)).length).toBeGreaterThan(3);
  });

  test.each(shop.nights)('%s: the same rows, facts and values of every table on the way', async (night) => {
    const [duckdb, trino] = walked.get(night) as [WalkedNight, WalkedNight];
    expect([...trino.tables.keys()]).toEqual([...duckdb.tables.keys()]);
    const differing: Record<string, string[]> = {};
    for (const [id, { table, ...told }] of duckdb.tables) {
      const sql = `select * from ${table}`;
      const found = differences(await engines[0].read(sql), await engines[1].read(sql));
      if (found.length > 0) differing[id] = found.slice(0, 5);
      expect({ ...trino.tables.get(id), table: id }).toEqual({ ...told, table: id });
    }
    expect(differing).toEqual({});
  });

  if (shop === GOLDEN)
    test('what Trino makes is what is committed as golden', () => {
      const expected = JSON.parse(readFileSync(join(__dirname, '../golden/expected/content-hashes.json'), 'utf8'));
      const names = Object.keys(Object.values(expected)[0] as object);
      for (const night of shop.nights) {
        const hashes = publicHashes(walked.get(night)?.[1]);
        expect(Object.fromEntries(names.map((table) => [table, hashes[table]]))).toEqual(expected[night]);
      }
    });
});
