import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../../src/cli/walk';
import type { Definitions } from '../../../src/core/definitions';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { mortal, PHASES } from '../../support/mortal';
import { hashesOf, runNights } from '../../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../../support/shop';
import { smallPipeline } from '../../support/small-pipeline';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { FAULTS } from './faults';
import { shareShop } from './glue-shop';
import { whatReadersSee } from './readers';

/**
 * Nights on Athena that die at every kind of call they make, before it, during it and after it, each while the services
 * misbehave in one way; the walks go on where the dead ones stopped, until one gets through. Whoever reads meanwhile sees
 * last night or tonight. A small pipeline; `npm run test:lab:full` has the calls of every model.
 */
jest.setTimeout(300_000);
const [BASE, NIGHT] = ['2025-03-30', '2025-03-31'] as const;
const root = temporaryFolder();
let lab: AthenaLab;
let definitions: Definitions;
/** What DuckDB makes of the same rows. */
let expected: [Manifest, Manifest];

beforeAll(async () => {
  lab = await openAthenaLab();
  const shop = writeShop(join(root, 'shop'), { orders: makeShop(130).orders as SourceRow[] });
  const pipeline = async (folder: string): Promise<Definitions> => smallPipeline(await loadDefinitions(folder));
  const local = { definitions: await pipeline(shop), now: Date.now() };
  expected = (await runNights(shop, join(root, 'out'), [BASE, NIGHT], local)) as [Manifest, Manifest];
  definitions = await pipeline(await shareShop(shop, `kills_shop_${lab.mark}`, lab.clients));
});
afterAll(async () => {
  await lab?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** One walk of the night, in a process that dies where none has died before; undefined where it died. */
async function walk(
  settings: AthenaSettings,
  date: string,
  met?: Set<string>,
): Promise<{ night?: Manifest; died: string }> {
  let died = '';
  const death = {
    met: met ?? new Set<string>(),
    phases: PHASES,
    isByModel: false,
    told: (mark: string): void => {
      died = mark;
    },
  };
  return lab.during(settings, async (ports) => {
    const own = met ? mortal(ports, death) : ports;
    const context = { ports: own, definitions, hashSalt: undefined };
    const night = await walkNight(context, { run_date: date }).catch((error: unknown) => {
      if (died === '') throw error;
      return undefined;
    });
    return night && died === '' ? { night, died } : { died };
  });
}

const look = (settings: AthenaSettings) => whatReadersSee(lab, settings);

test.each(Object.keys(FAULTS))('%s: a night survives a death at every kind of call', async (name) => {
  const settings = lab.settings(`kills_${Object.keys(FAULTS).indexOf(name)}`);
  await lab.during(settings, (ports) => rebuildCatalog({ ports, definitions, hashSalt: undefined }));
  expect(hashesOf((await walk(settings, BASE)).night as Manifest)).toEqual(hashesOf(expected[0]));
  const before = await look(settings);
  const seen = { files: new Set([before.files]), views: new Set([before.view]) };
  const met = new Set<string>();
  const happened = new Map((FAULTS[name] ?? []).map((fault) => [fault, 0]));
  for (let isPublished = false; !isPublished; ) {
    const armed = [...happened.keys()].map((fault) => [fault, lab.double.faults.add(fault)] as const);
    const { night, died } = await walk(settings, NIGHT, met);
    lab.double.faults.clear();
    for (const [fault, handle] of armed) happened.set(fault, (happened.get(fault) ?? 0) + handle.happened);
    const now = await look(settings);
    seen.files.add(now.files);
    seen.views.add(now.view);
    isPublished = night !== undefined;
    if (!isPublished) expect(died).not.toBe('');
  }
  const { night } = await walk(settings, NIGHT);
  expect(hashesOf(night as Manifest)).toEqual(hashesOf(expected[1]));
  const after = await look(settings);
  expect([...seen.files]).toEqual([before.files, after.files]);
  expect([...seen.views]).toEqual([before.view, after.view]);
  expect(met.size).toBeGreaterThan(40);
  for (const [fault, times] of happened) expect([fault, times > 5]).toEqual([fault, true]);
});
