import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalStore } from '../../../src/engines/duckdb/object-store';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-store-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const racers = Array.from({ length: 20 }, (_, index) => `writer ${index}`);

test('of 20 creators exactly one wins and its text stays', async () => {
  const etags = await Promise.all(
    racers.map((text) => openLocalStore(root).put('runs/a.json', text, { ifNoneMatch: '*' })),
  );
  expect(etags.filter((etag) => etag !== undefined)).toHaveLength(1);
  const winner = etags.findIndex((etag) => etag !== undefined);
  expect(await openLocalStore(root).get('runs/a.json')).toEqual({ text: racers[winner], etag: etags[winner] });
});

test('of 20 swaps from one state exactly one wins', async () => {
  const store = openLocalStore(root);
  const etag = (await store.put('current.json', 'before')) ?? '';
  const etags = await Promise.all(
    racers.map((text) => openLocalStore(root).put('current.json', text, { ifMatch: etag })),
  );
  expect(etags.filter((tag) => tag !== undefined)).toHaveLength(1);
  expect(await store.put('absent', 'x', { ifMatch: etag })).toBeUndefined();
});

test('lists what was put, sorted, and nothing else', async () => {
  const store = openLocalStore(root);
  for (const key of ['b/2.json', 'a.json', 'b/1.json', 'bc/3.json']) await store.put(key, 'ä');
  expect(await store.list('')).toEqual(
    ['a.json', 'b/1.json', 'b/2.json', 'bc/3.json'].map((key) => ({ key, bytes: 2 })),
  );
  expect((await store.list('b/')).map(({ key }) => key)).toEqual(['b/1.json', 'b/2.json']);
  expect((await store.list('b')).map(({ key }) => key)).toEqual(['b/1.json', 'b/2.json', 'bc/3.json']);
  expect(await store.list('none/')).toEqual([]);
  expect(await store.get('none')).toBeUndefined();
});

test.each(['', '/a', 'a//b', '../a', 'a/../b', './a', 'a\\b', 'a\u0000b', '.tidemark/lock.duckdb'])(
  'the key %j is refused',
  async (key) => {
    await expect(openLocalStore(root).put(key, 'x')).rejects.toMatchObject({
      name: 'EngineError',
      code: 'key_invalid',
    });
    await expect(openLocalStore(root).get(key)).rejects.toMatchObject({ code: 'key_invalid' });
  },
);

test('a file in place of the folder is told with a remedy', async () => {
  writeFileSync(join(root, 'file'), 'x');
  await expect(openLocalStore(join(root, 'file')).put('a', 'x')).rejects.toMatchObject({
    name: 'EngineError',
    code: 'not_a_folder',
  });
});
