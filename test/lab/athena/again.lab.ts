import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { walkNight } from '../../../src/cli/walk';
import type { Definitions } from '../../../src/core/definitions';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import type { Ports } from '../../../src/pipeline/context';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { hashesOf } from '../../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { smallPipeline } from '../../support/small-pipeline';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';
import { finish } from './small-catalog';

/** One night asked for again and again, over a view, whose rows leave no trace in metadata. */
const NIGHT = '2025-03-31';
const root = temporaryFolder();
let lab: AthenaLab;
let settings: AthenaSettings;
let ports: Ports;
let definitions: Definitions;
let first: Manifest;

beforeAll(async () => {
  lab = await openAthenaLab();
  settings = lab.settings('again');
  ports = lab.ports(settings);
  const shop = writeShop(join(root, 'shop'), { orders: makeShop(60).orders as SourceRow[] });
  const project = await shareShop(shop, `${settings.database}_shop`, lab.clients);
  const file = join(project, 'tidemark.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('_shop.orders', '_shop.seen'));
  definitions = smallPipeline(await loadDefinitions(project));
  await rebuildCatalog({ ports, definitions, hashSalt: undefined });
  await view('');
  first = (await walk()).night;
});
afterAll(async () => {
  await lab?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function view(condition: string): Promise<void> {
  const shop = `${settings.database}_shop`;
  const sql = `create or replace view ${shop}.seen as select * from ${shop}.orders ${condition}`;
  await finish(ports, await ports.engine.start({ sql }));
}

async function walk(fresh?: string): Promise<{ night: Manifest; wasPublished: boolean }> {
  let wasPublished = false;
  const events = {
    planned: (run: { is_published: boolean }): void => {
      wasPublished = run.is_published;
    },
  };
  const night = await walkNight({ ports, definitions, hashSalt: undefined }, { run_date: NIGHT, fresh, events });
  return { night, wasPublished };
}

test('a view that shows other rows looks unchanged, and the night is published already', async () => {
  expect(first.sources.orders?.fingerprint).toBe('unversioned');
  await view("where buyer < 'c0030'");
  lab.double.forget();
  expect(await walk()).toEqual({ night: first, wasPublished: true });
  expect(lab.double.calls.filter(({ action }) => action === 'athena:StartQueryExecution')).toEqual([]);
});

test('fresh makes a run of its own, which sees them and replaces the first', async () => {
  const { night, wasPublished } = await walk('2026-01-01T00:00:00.000Z');
  expect(wasPublished).toBe(false);
  expect(night).toMatchObject({ fresh: '2026-01-01T00:00:00.000Z', supersedes: first.run_id });
  expect(night.run_id).not.toBe(first.run_id);
  expect(hashesOf(night).people).not.toBe(hashesOf(first).people);
  expect(await walk('2026-01-01T00:00:00.000Z')).toEqual({ night, wasPublished: true });
});

test('in a place that somebody has emptied the same run is computed once more, though Athena remembers its queries', async () => {
  await view('');
  const { s3 } = lab.clients;
  const place = { Bucket: settings.bucket, Prefix: settings.prefix };
  for (;;) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command(place));
    if (Contents.length === 0) break;
    for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: place.Bucket, Key }));
  }
  const { night, wasPublished } = await walk();
  expect([night.run_id, wasPublished]).toEqual([first.run_id, false]);
  expect(hashesOf(night)).toEqual(hashesOf(first));
});
