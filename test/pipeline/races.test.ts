import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../src/cli/walk';
import type { Manifest, Pointer } from '../../src/core/snapshots/manifest';
import { openDuckDbEngine } from '../../src/engines/duckdb/query-engine';
import type { Ports } from '../../src/pipeline/context';
import { planRun } from '../../src/pipeline/plan-run';
import { publishSnapshot } from '../../src/pipeline/publish-snapshot';
import type { ObjectStore } from '../../src/ports/object-store';
import { filesBelow } from '../support/folders';
import { pointerText, readPointer, runNight, withContext } from '../support/night';
import { ORDER_COLUMNS, ordersProject } from '../support/orders-project';

/** Two runs that want the same folder, or the same pointer. */
jest.setTimeout(60_000);
const ORDERS = 'id,buyer,day,total\n1,anna,2025-05-03,20.00\n2,anna,2025-05-13,30.00\n3,bert,2025-05-14,10.00\n';
const project = ordersProject({ orders: ORDERS });
const out = join(project, 'out');
let base: Manifest;

beforeAll(async () => {
  base = await runNight(project, out, '2025-05-10');
  // All of the night but its last write is there in every copy, so that each test is about that write alone.
  const stopped = runNight(project, out, '2025-05-14', { wrap: (ports) => raced(ports, [halt]) });
  await expect(stopped).rejects.toThrow('stopped before the pointer');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('a second engine on the same folder is refused, and the first goes on', async () => {
  const first = await openDuckDbEngine({ root: out });
  try {
    await expect(openDuckDbEngine({ root: out })).rejects.toMatchObject({ name: 'EngineError', code: 'out_in_use' });
  } finally {
    await first.close();
  }
  await (await openDuckDbEngine({ root: out })).close();
});

function halt(): never {
  throw new Error('stopped before the pointer');
}

/** Another run publishes between this one's reading of the pointer and its write, as often as `rivals` says. */
function raced(ports: Ports, rivals: ((pointer: Pointer) => Pointer)[]): Ports {
  const { store } = ports;
  const put: ObjectStore['put'] = async (key, text, condition) => {
    const rival = key === 'current.json' && rivals.shift();
    if (rival) {
      const found = await store.get(key);
      await store.put(key, JSON.stringify(rival(JSON.parse(found?.text ?? '{}'))));
    }
    return store.put(key, text, condition);
  };
  return {
    ...ports,
    store: {
      root: store.root,
      get: (key) => store.get(key),
      read: (key, start, end) => store.read(key, start, end),
      list: (prefix) => store.list(prefix),
      delete: (keys) => store.delete(keys),
      put,
    },
  };
}

const copy = (name: string): string => {
  const folder = join(project, name);
  cpSync(out, folder, { recursive: true });
  return folder;
};

const night = (pointer: Pointer, date: string): Pointer => ({
  ...pointer,
  nights: { ...pointer.nights, [date]: `manifests/${date}-cccccccccccc.json` },
});

/** What a rival's pointer names must be there. */
function plantManifest(folder: string, date: string): void {
  const run_id = `${date}-cccccccccccc`;
  writeFileSync(join(folder, `manifests/${run_id}.json`), JSON.stringify({ ...base, run_date: date, run_id }));
}

test('another date published meanwhile: the pointer is written again, and both nights stay', async () => {
  const folder = copy('other-dates');
  const rivals = [
    (pointer: Pointer) => night(pointer, '2025-05-01'),
    (pointer: Pointer) => night(pointer, '2025-05-02'),
  ];
  const manifest = await runNight(project, folder, '2025-05-14', { wrap: (ports) => raced(ports, rivals) });
  expect(readPointer(folder)).toMatchObject({ run_id: manifest.run_id, run_date: '2025-05-14' });
  expect(Object.keys(readPointer(folder).nights).sort()).toEqual([
    '2025-05-01',
    '2025-05-02',
    '2025-05-10',
    '2025-05-14',
  ]);
});

test.each([
  [
    'a later date published meanwhile moves the pointer, and this night joins without moving it back',
    '2025-05-20',
    false,
  ],
  ['the same date published meanwhile', '2025-05-14', true],
  ['a night between this one and its base published meanwhile', '2025-05-12', true],
])('%s', async (_, date, isLost) => {
  const folder = copy(`date-${date}`);
  plantManifest(folder, date);
  let rivalText = '';
  const rival = (pointer: Pointer): Pointer => {
    const moved = { ...night(pointer, date), run_date: [date, pointer.run_date].sort()[1] as string };
    rivalText = JSON.stringify(moved);
    return moved;
  };
  const run = runNight(project, folder, '2025-05-14', { wrap: (ports) => raced(ports, [rival]) });
  if (isLost) {
    await expect(run).rejects.toMatchObject({
      name: 'SnapshotIntegrityError',
      code: 'race_lost',
      place: { key: 'current.json' },
    });
    expect(pointerText(folder)).toBe(rivalText);
  } else {
    await run;
    expect(readPointer(folder)).toMatchObject({ run_date: date });
    expect(Object.keys(readPointer(folder).nights)).toContain('2025-05-14');
  }
});

test('a pointer that changes on every try is given up', async () => {
  const folder = copy('restless');
  const rivals = Array.from(
    { length: 50 },
    (_, index) => (pointer: Pointer) =>
      ({
        ...pointer,
        nights: { ...pointer.nights, [`2025-04-${10 + (index % 20)}`]: `manifests/${base.run_id}.json` },
        touched: index,
      }) as Pointer,
  );
  await expect(
    runNight(project, folder, '2025-05-14', { wrap: (ports) => raced(ports, rivals) }),
  ).rejects.toMatchObject({ code: 'race_lost' });
  expect(readPointer(folder).nights).not.toHaveProperty('2025-05-14');
});

test('publishing the same run twice is harmless: nothing that is published is written again', async () => {
  const folder = copy('twice');
  await withContext(project, folder, {}, async (context) => {
    const manifest = await walkNight(context, { run_date: '2025-05-14' });
    const before = filesBelow(folder);
    const { run_id, run_date } = manifest;
    expect(await publishSnapshot({ run_id }, context)).toMatchObject({ run_id, current_run_date: run_date });
    expect(filesBelow(folder)).toEqual(before);
  });
});

test('the salt of hashed ids is part of the run: a night begun with another one is not gone on with', async () => {
  const hashed = ordersProject({
    orders: ORDERS,
    columns: ORDER_COLUMNS.replace('buyer', '{ column: buyer, hash: true }'),
  });
  const planned = (salt: string): Promise<string> =>
    withContext(
      hashed,
      join(hashed, 'out'),
      { hashSalt: salt },
      async (context) => (await planRun({ run_date: '2025-05-14' }, context)).run_id,
    );
  expect(await planned('one')).toBe(await planned('one'));
  expect(await planned('two')).not.toBe(await planned('one'));
  rmSync(hashed, { recursive: true, force: true });
});
