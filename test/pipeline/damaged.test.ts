import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { pointerText, runNight } from '../support/night';
import { ordersProject } from '../support/orders-project';

/** What a person or a broken disk does to a published folder must never become a wrong night in silence. */
jest.setTimeout(60_000);
const ORDERS = 'id,buyer,day,total\n1,anna,2025-05-03,20.00\n2,anna,2025-05-13,30.00\n3,bert,2025-05-14,10.00\n';
const project = ordersProject({ orders: ORDERS });
const published = join(project, 'out');
let first: Manifest;
let last: Manifest;
let out: string;

beforeAll(async () => {
  first = await runNight(project, published, '2025-05-13');
  last = await runNight(project, published, '2025-05-14');
});
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'tidemark-damaged-'));
  cpSync(published, out, { recursive: true });
});
afterEach(() => rmSync(out, { recursive: true, force: true }));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const fileOf = (manifest: Manifest, table: string): string =>
  manifest.tables.find((each) => each.name === table)?.files[0]?.key as string;

const manifestKey = (manifest: Manifest): string => `manifests/${manifest.run_id}.json`;

const damages: [string, (folder: string) => void, string, string][] = [
  ['the pointer is null', (f) => writeFileSync(join(f, 'current.json'), 'null'), '2025-05-15', 'note_unreadable'],
  ['the pointer is empty', (f) => writeFileSync(join(f, 'current.json'), '{}'), '2025-05-15', 'note_unreadable'],
  ["base's manifest is empty", (f) => writeFileSync(join(f, manifestKey(last)), '{}'), '2025-05-15', 'note_unreadable'],
  [
    "base's manifest is another's",
    (f) => cpSync(join(f, manifestKey(first)), join(f, manifestKey(last))),
    '2025-05-15',
    'note_unreadable',
  ],
  ["base's memberships are gone", (f) => rmSync(join(f, fileOf(last, 'memberships'))), '2025-05-15', 'files_damaged'],
  ['a file of the night itself is gone', (f) => rmSync(join(f, fileOf(last, 'people'))), '2025-05-14', 'files_damaged'],
  [
    'a file of the night itself is cut',
    (f) => truncateSync(join(f, fileOf(last, 'people')), 100),
    '2025-05-14',
    'files_damaged',
  ],
];

test.each(damages)('%s: refused, and the pointer stays as it is', async (_, damage, night, code) => {
  damage(out);
  const before = pointerText(out);
  await expect(runNight(project, out, night)).rejects.toMatchObject({ name: 'SnapshotIntegrityError', code });
  expect(pointerText(out)).toBe(before);
});

test('a run whose notes were deleted is computed again beside what it left', async () => {
  rmSync(join(out, 'current.json'));
  rmSync(join(out, 'runs'), { recursive: true });
  const again = await runNight(project, out, '2025-05-13');
  expect(again.run_id).toBe(first.run_id);
  expect(again.tables.map((table) => table.content_hash)).toEqual(first.tables.map((table) => table.content_hash));
});

test('a published night is shown though its notes are gone', async () => {
  rmSync(join(out, 'runs'), { recursive: true });
  expect((await runNight(project, out, '2025-05-14')).run_id).toBe(last.run_id);
  expect(readdirSync(out)).not.toContain('runs');
});
