import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../../src/cli/walk';
import type { Definitions } from '../../../src/core/definitions';
import { canonicalJson } from '../../../src/core/run';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { tableOf } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { deathsOf } from '../../full/every-model';
import { MortalSteps } from '../../support/mortal-steps';
import { hashesOf, runNights } from '../../support/night';
import { makeShop, temporaryFolder, writeShop } from '../../support/shop';
import { type AthenaLab, openAthenaLab } from '../athena/athena-lab';
import { FAULTS } from '../athena/faults';
import { shareShop } from '../athena/glue-shop';
import { whatReadersSee } from '../athena/readers';
import type { Fault } from '../double/faults';

/**
 * Nights of one shop on Athena, one after another, each under another fault: every model of each is killed before, during
 * and after all it leaves, and meets the fault after every death. Each equals the night that nothing disturbed on DuckDB.
 */
jest.setTimeout(4 * 3_600_000);
const FIRST = '2025-03-27';
const DATES: Readonly<Record<string, string>> = {
  'calls are throttled': '2025-03-28',
  'a write fails half-way and leaves its files': '2025-03-29',
  'statements are slow and go back into the queue': '2025-03-30',
  // A Monday: models are fitted anew.
  'answers are lost': '2025-03-31',
};
const root = temporaryFolder();
let lab: AthenaLab;
let settings: AthenaSettings;
let definitions: Definitions;
let undisturbed: Manifest[];

beforeAll(async () => {
  lab = await openAthenaLab();
  settings = lab.settings('kill_models');
  const shop = writeShop(join(root, 'shop'), makeShop(130));
  undisturbed = await runNights(shop, join(root, 'out'), [FIRST, ...Object.values(DATES)], { now: Date.now() });
  definitions = await loadDefinitions(await shareShop(shop, `kill_models_shop_${lab.mark}`, lab.clients));
  await lab.during(settings, (ports) => rebuildCatalog({ ports, definitions, hashSalt: undefined }));
});
afterAll(async () => {
  await lab?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Arms faults one at a time, and counts how often they happened. */
class Armed {
  readonly #armed = new Map<Fault, { handle: { happened: number }; times: number }>();
  #earlier = 0;

  constructor(private readonly faults: readonly Fault[]) {}

  /** A write that fails must be the model's own: which of several fails else would be luck, and a third time in a row ends a night. */
  arm(model: string | undefined): void {
    for (const fault of this.faults) {
      const last = this.#armed.get(fault);
      if (last && last.handle.happened < last.times) continue;
      this.#earlier += last?.handle.happened ?? 0;
      const { match, times = 1 } = fault;
      const own =
        match instanceof RegExp && model !== undefined
          ? { ...fault, match: (text: string) => match.test(text) && text.includes(`/tables/${tableOf(model)}/`) }
          : fault;
      this.#armed.set(fault, { handle: lab.double.faults.add(own), times });
    }
  }

  get happened(): number {
    return [...this.#armed.values()].reduce((sum, { handle }) => sum + handle.happened, this.#earlier);
  }
}

/** Looking costs a query: now and then is often enough, for every model's death changes the same things. */
const DEATHS_A_LOOK = 40;

const look = async (): Promise<string> => canonicalJson(await whatReadersSee(lab, settings));

test('the first night, which nothing disturbs', async () => {
  await lab.during(settings, async (ports) => {
    const night = await walkNight({ ports, definitions, hashSalt: undefined }, { run_date: FIRST });
    expect(hashesOf(night)).toEqual(hashesOf(undisturbed[0] as Manifest));
  });
});

test.each(Object.keys(FAULTS))('%s: no death of any model changes the night', async (name) => {
  const armed = new Armed(FAULTS[name] ?? []);
  const before = await look();
  const seen = new Set([before]);
  const steps = new MortalSteps(
    { definitions, hashSalt: undefined },
    {
      open: (work) => lab.during(settings, work),
      armed: (model) => armed.arm(model),
      died: async (deaths) => {
        if (deaths % DEATHS_A_LOOK === 0) seen.add(await look());
      },
      width: 3,
    },
  );
  const run_date = DATES[name] as string;
  const night = await steps.walk(run_date);
  lab.double.faults.clear();
  const wanted = undisturbed.find((each) => each.run_date === run_date) as Manifest;
  expect(hashesOf(night)).toEqual(hashesOf(wanted));
  const after = await look();
  seen.add(after);
  expect([...seen]).toEqual([before, after]);
  const deaths = deathsOf(night);
  expect(deaths.filter((mark) => !steps.met.has(mark))).toEqual([]);
  expect(armed.happened).toBeGreaterThan(deaths.length / 4);
});
