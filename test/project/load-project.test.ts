import { join } from 'node:path';
import { DefinitionErrors } from '../../src/core/errors';
import { loadDefinitions } from '../../src/project/load-definitions';
import { definitionsOf, loadProject } from '../../src/project/load-project';
import { PROJECT, SEGMENT, temporaryProject } from './temporary-project';

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

function folder(files: Record<string, string>): string {
  const { directory, remove } = temporaryProject(files);
  removals.push(remove);
  return directory;
}

it('reads a project with defaults, absolute places and sorted segments', async () => {
  const directory = folder({
    'tidemark.yml': PROJECT,
    'segments/b.yml': SEGMENT,
    'segments/a.yml': SEGMENT,
    'segments/README.md': '#',
  });
  const project = await loadProject(directory);
  expect(project.file).toMatchObject({
    shop: 'corner',
    late_arrival_days: 7,
    not_customers: [],
    rfm: { window_days: 730 },
  });
  expect(project.sources.orders?.location).toEqual({ from: [join(directory, 'orders.csv')] });
  expect(project.segments.map(({ key, status }) => [key, status])).toEqual([
    ['a', 'live'],
    ['b', 'live'],
  ]);
});

it.each([
  ['data/orders-*.parquet', '<project>/data/orders-*.parquet'],
  ['../elsewhere/orders.CSV', '<parent>/elsewhere/orders.CSV'],
  ['orders.csv.gz', '<project>/orders.csv.gz'],
  ['folder', '<project>/folder'],
  ['/srv/orders.csv', '/srv/orders.csv'],
  ['warehouse.orders', 'warehouse.orders'],
  ['s3://bucket/orders/', 's3://bucket/orders/'],
])('finds %s', async (from, expected) => {
  const directory = folder({ 'tidemark.yml': PROJECT.replace('orders.csv', JSON.stringify(from)) });
  const project = await loadProject(directory);
  const places = { '<project>': directory, '<parent>': join(directory, '..') };
  const wanted = Object.entries(places).reduce((text, [name, path]) => text.replace(name, path), expected);
  expect(project.sources.orders?.location?.from).toEqual([wanted]);
});

it('reads a query and where its inputs lie, each with its format', async () => {
  const text = PROJECT.replace(
    'from: orders.csv',
    `query: sql/orders.sql
    format: { delimiter: ";" }
    inputs: { heads: [a.csv, b.csv], lines: { from: lines.txt, format: { header: false } } }`,
  );
  const directory = folder({ 'tidemark.yml': text, 'sql/orders.sql': "select * from {{ source('heads') }}\n" });
  const { orders } = (await loadProject(directory)).sources;
  expect(orders?.location).toBeUndefined();
  expect(orders?.query).toEqual({
    file: 'sql/orders.sql',
    sql: "select * from {{ source('heads') }}\n",
    inputs: {
      heads: {
        from: [join(directory, 'a.csv'), join(directory, 'b.csv')],
        format: { delimiter: ';', header: true, skip: 0 },
      },
      lines: { from: [join(directory, 'lines.txt')], format: { header: false, skip: 0 } },
    },
  });
});

it('throws one error that holds all of them', async () => {
  const directory = folder({
    'tidemark.yml': PROJECT.replace('EUR', 'euro').replace('shop:', 'shopp:'),
    'segments/a.yml': 'name: 1\n',
  });
  const error: unknown = await loadProject(directory).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DefinitionErrors);
  expect((error as DefinitionErrors).errors.map(({ place }) => `${place?.file}:${place?.line}`)).toEqual(
    expect.arrayContaining(['tidemark.yml:1', 'tidemark.yml:3', 'segments/a.yml:1']),
  );
});

it('never prints a placeholder id', async () => {
  const directory = folder({ 'tidemark.yml': `not_customers: [4369123456]\n${PROJECT}` });
  const error = (await loadProject(directory).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toContain('not_customers.0 is a number');
  expect(error.message).not.toContain('4369123456');
});

describe('definitions', () => {
  const of = async (files: Record<string, string>) => definitionsOf(await loadProject(folder(files)));
  const base = { 'tidemark.yml': PROJECT, 'segments/recent.yml': SEGMENT };

  it.each<[string, Record<string, string>]>([
    ['another folder', base],
    ['comments', { ...base, 'tidemark.yml': `# hello\n${PROJECT}` }],
    ['the order of keys', { ...base, 'tidemark.yml': PROJECT.replace('shop: corner\n', '').concat('shop: corner\n') }],
    ['a default written out', { ...base, 'tidemark.yml': `late_arrival_days: 7\n${PROJECT}` }],
    [
      'flow and block style',
      { ...base, 'segments/recent.yml': SEGMENT.replace(/when:.*/, 'when:\n  at_most: 30\n  field: recency_days') },
    ],
  ])('are the same whatever %s', async (_name, files) => {
    expect(await of(files)).toBe(await of(base));
  });

  it.each<[string, Record<string, string>]>([
    ['a setting', { ...base, 'tidemark.yml': `late_arrival_days: 8\n${PROJECT}` }],
    ['a path', { ...base, 'tidemark.yml': PROJECT.replace('orders.csv', './orders.csv') }],
    ['a condition', { ...base, 'segments/recent.yml': SEGMENT.replace('30', '31') }],
    ['a name', { ...base, 'segments/recent.yml': SEGMENT.replace('Recent', 'Newest') }],
    ['a key', { 'tidemark.yml': PROJECT, 'segments/newest.yml': SEGMENT }],
    ['one segment less', { 'tidemark.yml': PROJECT }],
  ])('change with %s', async (_name, files) => {
    expect(await of(files)).not.toBe(await of(base));
  });

  it('change with the text of a query', async () => {
    const text = PROJECT.replace('from: orders.csv', 'query: q.sql\n    inputs: { raw: a.csv }');
    const one = await of({ 'tidemark.yml': text, 'q.sql': "select 1 as id from {{ source('raw') }}" });
    const other = await of({ 'tidemark.yml': text, 'q.sql': "select 2 as id from {{ source('raw') }}" });
    expect(one).not.toBe(other);
  });
});

test('a segment may ask whom a contact pays for once tidemark.yml has the costs', async () => {
  const costs = 'contact: { gross_margin: 0.4, offer_cost: 5, contact_cost: 0.5, offer_success: 0.1 }\n';
  const voucher =
    'name: Voucher\ndescription: Whom it pays for.\nowner: crm\nwhen: { field: worth_contacting, is: true }\n';
  const files = { 'segments/voucher.yml': voucher };
  const withCosts = await loadDefinitions(folder({ 'tidemark.yml': `${PROJECT}${costs}`, ...files }));
  expect(withCosts.project.segments.map(({ key }) => key)).toContain('voucher');
  await expect(loadDefinitions(folder({ 'tidemark.yml': PROJECT, ...files }))).rejects.toMatchObject({
    errors: [{ code: 'field_needs_setting' }],
  });
});
