import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../src/cli/walk';
import type { Definitions } from '../../src/core/definitions';
import type { NightInput } from '../../src/core/night';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { loadDefinitions } from '../../src/project/load-definitions';
import { makeArrivingShop, numbersFrom, type Shape, writeArrived } from '../support/arriving-shop';
import { hashesOf, withContext } from '../support/night';
import { temporaryFolder } from '../support/shop';
import { shownRollups } from '../support/shown-rollups';

/** Every night of a chain that reads in part is the one that reads everything: on shops of every shape, by chance. */
jest.setTimeout(600_000);
const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const [FIRST, ...NIGHTS] = [
  '2025-01-31',
  '2025-02-06',
  '2025-02-07',
  '2025-03-05',
  '2025-03-06',
  '2025-04-13',
] as const;
const SHOPS = 8;
/** So many have nights with all models; of the others the rollups are compared, which all else is made of. */
const WHOLE_SHOPS = 1;

const night = (project: string, out: string, input: NightInput, definitions: Definitions): Promise<Manifest> =>
  withContext(project, out, { definitions }, (context) => walkNight(context, input));

function shapeBy(seed: number): Shape {
  const chance = numbersFrom(seed * 7919);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(chance() * values.length)] as T;
  return {
    chance,
    // In turn, so that each comes up.
    returnsBy: (['refunds', 'lines', 'documents', 'status'] as const)[seed % 4] as Shape['returnsBy'],
    partitionedBy: pick(['own_day', 'other_zone', 'loaded']),
    hasVersions: chance() < 0.5,
    hasRecordedAt: chance() < 0.5,
  };
}

test.each(Array.from({ length: SHOPS }, (_, seed) => seed))('shop %d', async (seed) => {
  const shape = shapeBy(seed);
  const shop = makeArrivingShop(shape);
  const project = join(root, String(seed));
  const out = join(project, 'out');
  writeArrived(project, shop, shape, FIRST);
  const all = await loadDefinitions(project);
  const definitions = seed < WHOLE_SHOPS ? all : shownRollups(all);
  await night(project, out, { run_date: FIRST }, definitions);
  for (const run_date of NIGHTS) {
    writeArrived(project, shop, shape, run_date);
    const copy = `${out}-${run_date}`;
    cpSync(out, copy, { recursive: true });
    const inPart = await night(project, out, { run_date }, definitions);
    const whole = await night(project, copy, { run_date, full: true }, definitions);
    expect(inPart.sources.orders?.window).not.toBeNull();
    expect([run_date, hashesOf(inPart)]).toEqual([run_date, hashesOf(whole)]);
  }
});
