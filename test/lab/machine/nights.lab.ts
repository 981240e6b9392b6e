import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { manifestKey } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { pushDefinitions } from '../../../src/pipeline/definitions-bundle';
import { readManifest, readPointer } from '../../../src/pipeline/notes';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { packDefinitions } from '../../../src/project/bundle';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { hashesOf, runNights } from '../../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { type AthenaLab, openAthenaLab } from '../athena/athena-lab';
import { shareShop } from '../athena/glue-shop';
import { differences } from '../compare';
import { type LabEngine, openDuckDb, trinoIn } from '../two-engines';
import { type Machine, openMachine } from './machine';

/** A whole night by the state machine as it is deployed, over the bundled functions, against the command line on DuckDB. */
const NIGHT = '2025-03-31';
const root = temporaryFolder();
let lab: AthenaLab;
let machine: Machine;
let duckdb: LabEngine;
let settings: AthenaSettings;
let here: Manifest;
beforeAll(async () => {
  lab = await openAthenaLab();
  duckdb = await openDuckDb();
  const shop = writeShop(join(root, 'shop'), { orders: makeShop(130).orders as SourceRow[] });
  [here] = (await runNights(shop, join(root, 'out'), [NIGHT], { now: Date.now() })) as [Manifest];
  const project = await shareShop(shop, `machine_shop_${lab.mark}`, lab.clients);
  settings = lab.settings('machine');
  const ports = lab.ports(settings);
  const definitions = await loadDefinitions(project);
  await rebuildCatalog({ ports, definitions, hashSalt: undefined });
  await pushDefinitions(ports.store, await packDefinitions(definitions.project), Date.now());
  machine = await openMachine();
  await machine.deploy(settings, lab.double.environment);
}, 300_000);
afterAll(async () => {
  machine?.stop();
  await duckdb?.close();
  await lab?.stop();
  rmSync(root, { recursive: true, force: true });
});

test('the same public tables as by the command line: content hashes, and doubles to 1e-9', async () => {
  const execution = await machine.run({ input: { run_date: NIGHT }, name: `${NIGHT}-1` });
  expect([execution.status, execution.error, execution.cause]).toEqual(['SUCCEEDED', null, null]);
  const { store } = lab.ports(settings);
  const there = await readManifest(store, manifestKey(execution.output?.run.run_id as string));
  expect(hashesOf(there)).toEqual(hashesOf(here));
  expect(there.facts).toEqual(here.facts);
  for (const { name, columns, prefix } of here.tables) {
    const names = columns.map((column) => column.name);
    const files = join(root, 'out', prefix, '*.parquet');
    const found = differences(
      await duckdb.read(`select ${names} from read_parquet('${files}', hive_partitioning = false)`),
      await trinoIn(settings.database).read(`select ${names} from ${settings.database}.${name}`),
    );
    expect([name, found]).toEqual([name, []]);
  }
  expect((await readPointer(store))?.pointer.run_id).toBe(there.run_id);
  // What docs/cost.md counts as transitions is what was entered.
  const entered = (state: string): number => execution.entered.filter((each) => each === state).length;
  expect(execution.entered).toHaveLength(9 + 2 * entered('start-model') + 3 * entered('poll-model'));
  // Names and keys travel between states: never rows, SQL or anybody's id.
  const payloads = execution.trace.flatMap(({ event, result }) => [JSON.stringify(event), JSON.stringify(result)]);
  expect(Math.max(...payloads.map((text) => text.length))).toBeLessThan(20_000);
  const strange = [...payloads, ...machine.log().split('\n')].filter((text) => /select |\bc\d{4}\b/i.test(text));
  expect(strange).toEqual([]);
  // What the alarm night-missing looks at.
  expect(machine.log()).toMatch(/"RunDateAge":\d+/);
  // Several models were under way at once.
  const width = Math.max(
    ...execution.trace.map(({ result }) => (result?.under_way as unknown[] | undefined)?.length ?? 0),
  );
  expect(width).toBe(5);
}, 300_000);
