import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Definitions } from '../../src/core/definitions';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { loadDefinitions } from '../../src/project/load-definitions';
import { filesBelow } from '../support/folders';
import { mortal } from '../support/mortal';
import { hashesOf, manifestOf, readPointer, runNight } from '../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../support/shop';
import { smallPipeline } from '../support/small-pipeline';

/**
 * A night that sweeps, killed at any call it makes from the gate on: what is published stays whole, and the walks that go on leave the very
 * tree of a night that nobody disturbed.
 */
jest.setTimeout(180_000);
const DAY = 86_400_000;
const NOW = Date.parse('2025-06-15T10:00:00Z');
const root = temporaryFolder();
const project = join(root, 'shop');
const out = join(root, 'out');
const NIGHTS = ['2025-03-27', '2025-03-28', '2025-03-29', '2025-03-30'] as const;
const NIGHT = '2025-03-31';
let definitions: Definitions;

beforeAll(async () => {
  writeShop(project, { orders: makeShop(60).orders as SourceRow[] });
  const loaded = smallPipeline(await loadDefinitions(project));
  const file = { ...loaded.project.file, retention: { nights: 2, monthly: false } };
  definitions = { ...loaded, project: { ...loaded.project, file } };
  // Three days apart: two nights have left the list by now, and the files of the first may go.
  for (const [index, date] of NIGHTS.entries())
    await runNight(project, out, date, { definitions, now: NOW - (NIGHTS.length - index) * 3 * DAY });
  cpSync(out, join(root, 'undisturbed'), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Names of all that lies there, but for what attempts left: a killed night has more of them. */
const tree = (folder: string): string[] =>
  [
    ...new Set(
      Object.keys(filesBelow(folder))
        .filter((key) => !/^[.]tidemark|attempts|\/sql\//.test(key))
        .map((key) => key.replace(/\/\d+\/([^/]+)$/, '/<attempt>/$1')),
    ),
  ].sort();

function demandWhole(folder: string): void {
  const files = filesBelow(folder);
  for (const night of Object.keys(readPointer(folder).nights))
    for (const table of manifestOf(folder, night).tables)
      for (const { key } of table.files) expect([night, key, files[key] !== undefined]).toEqual([night, key, true]);
}

test('killed at every kind of call of the gate, the commit and the sweep', async () => {
  const quiet = await runNight(project, join(root, 'undisturbed'), NIGHT, { definitions, now: NOW });
  expect(Object.keys(readPointer(join(root, 'undisturbed')).nights).sort()).toEqual(['2025-03-30', NIGHT]);
  expect(tree(join(root, 'undisturbed')).filter((key) => key.includes('2025-03-27-'))).toEqual([]);
  expect(tree(join(root, 'undisturbed')).filter((key) => key.includes('2025-03-29-')).length).toBeGreaterThan(3);
  const met = new Set<string>();
  let night: Manifest | undefined;
  for (let killedAt = 'first'; killedAt !== ''; ) {
    killedAt = '';
    night = await runNight(project, out, NIGHT, {
      definitions,
      now: NOW,
      wrap: (ports) =>
        mortal(ports, {
          met,
          told: (mark) => {
            killedAt = mark;
          },
          phases: ['before', 'after'],
          isByModel: false,
          from: /gate\.json|list tables\/$/,
        }),
    }).catch(() => undefined);
    demandWhole(out);
  }
  expect(night && hashesOf(night)).toEqual(hashesOf(quiet));
  // The mark of a deletion that was killed at its end goes with a later sweep.
  for (const folder of [out, join(root, 'undisturbed')])
    await runNight(project, folder, NIGHT, { definitions, now: NOW + 2 * 3_600_000 });
  expect(tree(out)).toEqual(tree(join(root, 'undisturbed')));
  for (const call of ['store.put runs/<run>/gate.json', 'store.put sweeps/', 'store.delete', 'catalog.forget'])
    for (const phase of ['before', 'after'])
      expect([...met].filter((mark) => mark.startsWith(`${phase} ${call}`))).not.toEqual([]);
});
