import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { MortalSteps } from '../support/mortal-steps';
import { hashesOf, pointerText, runNights, TODAY, withContext } from '../support/night';
import { makeShop, temporaryFolder, writeShop } from '../support/shop';
import { deathsOf } from './every-model';

/** A first night, one after it and one of a new fit: every model of each killed before, during and after all it leaves. */
jest.setTimeout(3_600_000);
const NIGHTS = ['2025-03-28', '2025-03-30', '2025-03-31'];
const root = temporaryFolder();
const project = join(root, 'shop');
const out = join(root, 'out');
let undisturbed: Manifest[];
beforeAll(async () => {
  writeShop(project, makeShop(130));
  undisturbed = await runNights(project, join(root, 'undisturbed'), NIGHTS);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const seenNow = (): string => (existsSync(join(out, 'current.json')) ? pointerText(out) : 'nothing');

test.each(NIGHTS)(
  '%s: no death of any model changes the night, and nobody sees it before it is published',
  (run_date) =>
    withContext(project, out, { now: TODAY }, async ({ ports, ...context }) => {
      const seen = new Set([seenNow()]);
      const steps = new MortalSteps(context, {
        // One engine for all: what a dead process had asked of it goes on, as on Athena.
        open: (work) => work(ports),
        died: async () => {
          seen.add(seenNow());
        },
        width: 1,
      });
      const [before] = seen;
      const night = await steps.walk(run_date);
      const wanted = undisturbed[NIGHTS.indexOf(run_date)] as Manifest;
      expect([night.run_id, hashesOf(night)]).toEqual([wanted.run_id, hashesOf(wanted)]);
      expect([...seen]).toEqual([before, seenNow()]);
      expect(deathsOf(night).filter((mark) => !steps.met.has(mark))).toEqual([]);
    }),
);
