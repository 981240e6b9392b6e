import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Definitions } from '../../src/core/definitions';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { loadDefinitions } from '../../src/project/load-definitions';
import { filesBelow } from '../support/folders';
import { mortal, PHASES } from '../support/mortal';
import { hashesOf, pointerText, readPointer, runNight } from '../support/night';
import { makeShop, type SourceRow, temporaryFolder, writeShop } from '../support/shop';

/**
 * A night that dies at any call it makes to its ports. Every walk below dies at the first call that none has died at yet
 * and goes on in the folder it left, until one gets through: so each kind of call is met before it, while it is under way
 * and after it took effect. `npm run test:full` has the calls of every model.
 */
jest.setTimeout(180_000);
const BASE = '2025-03-30';
const NIGHT = '2025-03-31';
const root = temporaryFolder();
const project = join(root, 'shop');
const out = join(root, 'out');
let definitions: Definitions;
let base: Manifest;
let undisturbed: Manifest;

beforeAll(async () => {
  writeShop(project, { orders: makeShop(130).orders as SourceRow[] });
  definitions = await loadDefinitions(project);
  base = await runNight(project, out, BASE, { definitions });
  for (const copy of ['undisturbed', 'base-only', 'sigkill-base']) cpSync(out, join(root, copy), { recursive: true });
  undisturbed = await runNight(project, join(root, 'undisturbed'), NIGHT, { definitions });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The bytes of all that the published snapshot consists of. */
function publishedFiles(folder: string): Record<string, string> {
  const all = filesBelow(folder);
  const kept = [
    'current.json',
    `manifests/${base.run_id}.json`,
    ...base.tables.flatMap((table) => table.files.map((file) => file.key)),
  ];
  return Object.fromEntries(kept.map((key) => [key, all[key] ?? 'missing']));
}

test('killed at every kind of call, the last snapshot stays whole and current, and the night still completes', async () => {
  const published = publishedFiles(out);
  const pointer = pointerText(out);
  const met = new Set<string>();
  let last: Manifest | undefined;
  let walks = 0;
  while (!last) {
    let killedAt = '';
    last = await runNight(project, out, NIGHT, {
      definitions,
      wrap: (ports) =>
        mortal(ports, {
          met,
          told: (mark) => {
            killedAt = mark;
          },
          phases: PHASES,
          isByModel: false,
        }),
    }).catch(() => undefined);
    walks += 1;
    // The commit itself: whether it came to pass is its own affair, and the next walk sees it.
    if (/^(during|after) store.put current.json/.test(killedAt)) break;
    if (last) continue;
    expect(killedAt).not.toBe('');
    expect([killedAt, pointerText(out)]).toEqual([killedAt, pointer]);
    if (walks % 10 === 0) expect(publishedFiles(out)).toEqual(published);
  }
  expect(walks).toBeGreaterThan(40);
  const completed = await runNight(project, out, NIGHT, { definitions });
  expect(completed.run_id).toBe(undisturbed.run_id);
  expect(hashesOf(completed)).toEqual(hashesOf(undisturbed));
  expect(publishedFiles(out)).toEqual({ ...published, 'current.json': expect.any(String) });
  expect(readPointer(out)).toMatchObject({
    run_id: undisturbed.run_id,
    nights: { [BASE]: `manifests/${base.run_id}.json` },
  });
});

test('leftovers are never read: stray files, manifests nobody lists, half-written attempts', async () => {
  const folder = join(root, 'base-only');
  writeFileSync(join(folder, 'manifests', '2025-03-29-aaaaaaaaaaaa.json'), '{ not even JSON');
  writeFileSync(
    join(folder, 'manifests', '2025-03-30-bbbbbbbbbbbb.json'),
    JSON.stringify({ ...base, run_id: '2025-03-30-bbbbbbbbbbbb' }),
  );
  const strays = [
    'people/v1/2025-03-30-bbbbbbbbbbbb/1',
    `people/v1/${base.run_id}/77`,
    `memberships/v1/${base.run_id}/78`,
    `people/v1/${undisturbed.run_id}/9`,
    'rfm_cuts/v1/stray',
  ];
  for (const stray of strays) {
    mkdirSync(join(folder, 'tables', stray), { recursive: true });
    writeFileSync(join(folder, 'tables', stray, 'part-0.parquet'), 'PAR1 garbage');
  }
  const night = await runNight(project, folder, NIGHT, { definitions });
  expect([night.run_id, night.base?.run_id]).toEqual([undisturbed.run_id, base.run_id]);
  expect(hashesOf(night)).toEqual(hashesOf(undisturbed));
});

/** A process of its own that is killed once it has told that these models are done; whether it was still alive then. */
function killedAfter(models: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [
    join(__dirname, '../../bin/tidemark.js'),
    'run',
    '--project',
    project,
    '--out',
    join(root, 'sigkill'),
    '--run-date',
    NIGHT,
  ]);
  return new Promise((done) => {
    const watch = setInterval(() => {
      const notes = existsSync(join(root, 'sigkill/runs', undisturbed.run_id))
        ? readdirSync(join(root, 'sigkill/runs', undisturbed.run_id)).filter((name) => name.endsWith('.json'))
        : [];
      if (notes.length >= models) child.kill('SIGKILL');
    }, 5);
    child.on('close', (_, signal) => {
      clearInterval(watch);
      done(signal);
    });
  });
}

test('a real process killed twice in the middle: its folder is free at once, and the night completes', async () => {
  cpSync(join(root, 'sigkill-base'), join(root, 'sigkill'), { recursive: true });
  const pointer = pointerText(join(root, 'sigkill'));
  for (const models of [6, 14]) {
    expect(await killedAfter(models)).toBe('SIGKILL');
    expect(pointerText(join(root, 'sigkill'))).toBe(pointer);
    for (const [key, hash] of Object.entries(publishedFiles(join(root, 'sigkill'))))
      expect([key, hash]).toEqual([key, expect.stringMatching(/^[0-9a-f]{64}$/)]);
  }
  const night = await runNight(project, join(root, 'sigkill'), NIGHT, { definitions });
  expect([night.run_id, hashesOf(night)]).toEqual([undisturbed.run_id, hashesOf(undisturbed)]);
});
