import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../../src/cli/walk';
import type { Definitions } from '../../../src/core/definitions';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { hashesOf, runNights } from '../../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { smallPipeline } from '../../support/small-pipeline';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';

/** Nights over a partitioned Glue table that read its late partitions alone, against the same nights on DuckDB. */
jest.setTimeout(300_000);
const NIGHTS = ['2025-02-14', '2025-03-14', '2025-03-31'] as const;
const root = temporaryFolder();
let lab: AthenaLab;
let onDuckDb: Manifest[];
const onAthena: Manifest[] = [];
/** Partitions of orders that each night's statements read. */
const read: string[][] = [];

/** Orders whose partition is the first of their month. */
function shopByMonth(): string {
  const orders = (makeShop(130).orders as SourceRow[]).map((row) => ({
    ...row,
    dt: `${String(row.at).slice(0, 7)}-01`,
  }));
  const shop = writeShop(join(root, 'shop'), { orders });
  const file = join(shop, 'tidemark.yml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('    columns:', '    partition: { column: dt, slack_days: 31 }\n    columns:'));
  return shop;
}

beforeAll(async () => {
  lab = await openAthenaLab();
  const shop = shopByMonth();
  const pipeline = async (folder: string): Promise<Definitions> => smallPipeline(await loadDefinitions(folder));
  const local = { definitions: await pipeline(shop), now: Date.now() };
  onDuckDb = await runNights(shop, join(root, 'out'), NIGHTS, local);
  const database = `partitions_shop_${lab.mark}`;
  const definitions = await pipeline(await shareShop(shop, database, lab.clients, { orders: 'dt' }));
  const ports = lab.ports(lab.settings('partitions'));
  const context = { ports, definitions, hashSalt: undefined };
  await rebuildCatalog(context);
  for (const run_date of NIGHTS) {
    lab.double.forget();
    onAthena.push(await walkNight(context, { run_date }));
    const keys = lab.double.calls
      .filter((call) => call.by === 'implied' && call.action === 's3:GetObject')
      .flatMap((call) => call.resources.flatMap((arn) => /orders\/dt=([0-9-]+)/.exec(arn)?.[1] ?? []));
    read.push([...new Set(keys)].sort());
  }
  await ports.engine.close();
});
afterAll(async () => {
  await lab?.stop();
  rmSync(root, { recursive: true, force: true });
});

test('each night is that of DuckDB', () => {
  expect(onAthena.map(hashesOf)).toEqual(onDuckDb.map(hashesOf));
});

test('the first night reads every partition, later ones those of the late days and slack before base', () => {
  const [first, second, third] = read as [string[], string[], string[]];
  expect(first.length).toBeGreaterThan(6);
  // 31 days before the months of 2025-02-07 and 2025-03-07, the late days before their bases.
  expect(second).toEqual(first.filter((day) => day >= '2025-01-01'));
  expect(third).toEqual(first.filter((day) => day >= '2025-01-29'));
  const scanned = onAthena.map((night) => night.cost.steps.find((step) => step.model === 'stg_orders')?.bytes_scanned);
  expect(scanned[1]).toBeLessThan((scanned[0] as number) / 2);
});
