import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBundlePath, packBundle, readBundle } from '../../src/core/bundle';
import { openLocalStore } from '../../src/engines/duckdb/object-store';
import {
  currentDefinitions,
  pushDefinitions,
  readDefinitions,
  revertDefinitions,
} from '../../src/pipeline/definitions-bundle';
import { packDefinitions, unpackDefinitions } from '../../src/project/bundle';
import { loadDefinitions } from '../../src/project/load-definitions';
import { productVersion } from '../../src/project/product';
import { filesBelow } from '../support/folders';
import { temporaryFolder } from '../support/shop';

const root = temporaryFolder();
const project = join(root, 'shop');
const QUERY = "select id, buyer, day, total from {{ source('raw') }}\n";
const FILE = `shop: corner
time_zone: Europe/Vienna
currency: EUR
sources:
  orders:
    query: sources/orders ö.sql
    inputs: { raw: sales.orders }
    columns: { order_id: id, customer_id: buyer, ordered_at: day, amount: total }
`;

beforeAll(() => {
  for (const folder of ['sources', 'segments', 'data']) mkdirSync(join(project, folder), { recursive: true });
  writeFileSync(join(project, 'tidemark.yml'), FILE);
  writeFileSync(join(project, 'sources/orders ö.sql'), QUERY);
  writeFileSync(join(project, 'data/customers.csv'), 'email\nanna@example.org\n');
  writeFileSync(
    join(project, 'segments/regulars.yml'),
    'name: Regulars\ndescription: Twice or more.\nowner: crm\nwhen: { field: purchase_days, at_least: 2 }\n',
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a bundle laid out elsewhere gives the same definitions, and holds no data', async () => {
  const definitions = await loadDefinitions(project);
  const packed = await packDefinitions(definitions.project);
  const { directory, sqlFolder } = await unpackDefinitions(packed, join(root, 'tmp'));
  const again = await loadDefinitions(directory, sqlFolder);
  expect(again.hash).toBe(definitions.hash);
  expect([...again.models.keys()]).toEqual([...definitions.models.keys()]);
  expect(again.project.sources.orders?.query?.sql).toBe(QUERY);
  expect(Object.keys(filesBelow(directory)).sort()).toEqual([
    'segments/regulars.yml',
    'sources/orders ö.sql',
    'tidemark.yml',
  ]);
  expect(packed.text).not.toContain('anna@');
  expect(await packDefinitions(definitions.project)).toEqual(packed);
  const before = readdirSync(join(root, 'tmp'));
  await unpackDefinitions(packed, join(root, 'tmp'));
  expect(readdirSync(join(root, 'tmp'))).toEqual(before);
});

test('a query outside the folder is refused, not left out', async () => {
  const { project: found } = await loadDefinitions(project);
  for (const file of ['../elsewhere.sql', '/etc/passwd', 'sources/../../x.sql']) {
    const orders = { ...found.sources.orders, query: { ...found.sources.orders?.query, file } };
    await expect(packDefinitions({ ...found, sources: { orders } } as typeof found)).rejects.toMatchObject({
      code: 'bundle_outside',
      place: { file },
    });
  }
});

test.each([
  '../project/x',
  'project/../x',
  'project//x',
  'project/./x',
  '/project/x',
  'project\\..\\x',
  'project/a\\b',
  'project/c:x',
  'project/a\u0000b',
  'other/x',
  'project',
  '',
])('the path %j stays in no folder', async (path) => {
  expect(isBundlePath(path)).toBe(false);
  const bundle = packBundle({ format: 1, product_version: productVersion(), files: { [path]: 'x' } });
  expect(() => readBundle(bundle)).toThrow(expect.objectContaining({ code: 'bundle_damaged' }));
  await expect(unpackDefinitions(bundle, join(root, 'evil'))).rejects.toMatchObject({ code: 'bundle_damaged' });
  expect(existsSync(join(root, 'evil'))).toBe(false);
});

test('a bundle that a link would lead out of is not followed: every file is new in a folder of its own', async () => {
  const parent = join(root, 'links');
  mkdirSync(parent);
  symlinkSync(join(root, 'shop'), join(parent, 'project'));
  const bundle = packBundle({ format: 1, product_version: productVersion(), files: { 'project/tidemark.yml': 'x' } });
  await unpackDefinitions(bundle, parent);
  expect(filesBelow(project)['tidemark.yml']).toBeDefined();
  expect((await loadDefinitions(project)).project.file.shop).toBe('corner');
});

test('what is not what its name says, or of another version, is refused', async () => {
  const { hash, text } = packBundle({ format: 1, product_version: '0.0.1', files: {} });
  expect(() => readBundle({ hash, text: `${text} ` })).toThrow(expect.objectContaining({ code: 'bundle_damaged' }));
  await expect(unpackDefinitions({ hash, text }, root)).rejects.toMatchObject({
    code: 'bundle_outdated',
    remedy: expect.stringContaining('tidemark push'),
  });
});

describe('published definitions', () => {
  const store = openLocalStore(join(root, 'store'));
  const bundles = ['a', 'b', 'c'].map((text) =>
    packBundle({ format: 1, product_version: productVersion(), files: { 'sql/x': text } }),
  );
  const [a, b, c] = bundles as [(typeof bundles)[0], (typeof bundles)[0], (typeof bundles)[0]];

  test('there are none at first, and the error says how to publish some', async () => {
    await expect(currentDefinitions(store)).rejects.toMatchObject({
      name: 'DefinitionError',
      code: 'definitions_missing',
      remedy: expect.stringContaining(`--out ${store.root}`),
    });
    await expect(readDefinitions(store, a.hash)).rejects.toMatchObject({ code: 'definitions_missing' });
  });

  test('pushed, pushed again, and taken back', async () => {
    expect(await pushDefinitions(store, a, 0)).toEqual({ bundle: a.hash, previous: null, is_changed: true });
    expect(await pushDefinitions(store, b, 1)).toEqual({ bundle: b.hash, previous: a.hash, is_changed: true });
    expect(await pushDefinitions(store, b, 2)).toEqual({ bundle: b.hash, previous: b.hash, is_changed: false });
    expect(await currentDefinitions(store)).toBe(b.hash);
    expect(await readDefinitions(store, a.hash)).toEqual(a);
    expect(await revertDefinitions(store, a.hash.slice(0, 8), 3)).toMatchObject({ bundle: a.hash, previous: b.hash });
    expect(await currentDefinitions(store)).toBe(a.hash);
    await expect(revertDefinitions(store, c.hash, 4)).rejects.toMatchObject({ code: 'bundle_unknown' });
    for (const wrong of ['current', a.hash.slice(0, 7), '../x', ''])
      await expect(revertDefinitions(store, wrong, 4)).rejects.toMatchObject({ code: 'bundle_unknown' });
    const pointer = JSON.parse((await store.get('definitions/current.json'))?.text ?? '');
    expect(pointer).toEqual({
      bundle: a.hash,
      pushed_at: '1970-01-01T00:00:00.003Z',
      earlier: [{ bundle: b.hash, pushed_at: '1970-01-01T00:00:00.001Z' }],
    });
  });

  test('of two who push at once one comes last, and both bundles are there', async () => {
    await Promise.all([pushDefinitions(store, b, 5), pushDefinitions(store, c, 6)]);
    const current = await currentDefinitions(store);
    expect([b.hash, c.hash]).toContain(current);
    expect(await readDefinitions(store, b.hash)).toEqual(b);
    expect(await readDefinitions(store, c.hash)).toEqual(c);
  });
});
