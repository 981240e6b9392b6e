import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demandApart } from '../../src/cli/out-folder';
import type { Project } from '../../src/core/project';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-out-'));
  mkdirSync(join(root, 'shop/data/2025'), { recursive: true });
  symlinkSync(join(root, 'shop/data'), join(root, 'link'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const apart = (from: string, out: string) => () =>
  demandApart(
    {
      directory: join(root, 'shop'),
      sources: { orders: { name: 'orders', location: { from: [join(root, from)] } } },
    } as unknown as Project,
    join(root, out),
  );

test.each([
  ['shop/data', 'shop/data'],
  ['shop/data', 'shop/data/out'],
  ['shop/data', 'link/out'],
  ['shop/data/orders.csv', 'shop/data'],
  ['shop/data/**/*.parquet', 'shop/data/out'],
  ['shop/**', 'shop/out'],
  ['shop/data/*.parquet', 'shop'],
])('from %s and out %s: refused', (from, out) => {
  expect(apart(from, out)).toThrow(expect.objectContaining({ name: 'DefinitionError', code: 'out_among_sources' }));
});

test.each([
  ['shop/data', 'shop/out'],
  ['shop/data', 'shop/data-out'],
  ['shop', 'shop/out'],
  ['shop/orders.csv', 'shop/out'],
  ['shop/*.parquet', 'shop/out'],
  ['shop/**/*.csv', 'shop/out'],
])('from %s and out %s: fine', (from, out) => expect(apart(from, out)).not.toThrow());
