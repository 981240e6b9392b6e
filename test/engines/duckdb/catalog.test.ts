import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { openLocalCatalog } from '../../../src/engines/duckdb/catalog';
import { plainValue } from '../../../src/engines/duckdb/values';

let root: string;
beforeEach(() => {
  // A folder whose name holds everything DuckDB or SQL could misread.
  root = join(mkdtempSync(join(tmpdir(), 'tidemark-catalog-')), "shop [a]*? 'x");
  mkdirSync(root);
});
afterEach(() => rmSync(dirname(root), { recursive: true, force: true }));

function put(name: string, content: string | Buffer): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function run(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRows().map((row) => row.map(plainValue));
  instance.closeSync();
  return rows;
}

const source = (from: string | string[], format?: object) =>
  openLocalCatalog(root).source('orders', { from: [from].flat(), ...(format ? { format: format as never } : {}) });
const rowsOf = async (from: string | string[], format?: object) =>
  run(`select * from ${(await source(from, format)).relation} order by all`);

describe('text files', () => {
  test.each<[string, string, string | Buffer, object | undefined, unknown[][]]>([
    [
      'commas',
      'a.csv',
      'id,x\n1,a\n2,\n',
      undefined,
      [
        ['1', 'a'],
        ['2', null],
      ],
    ],
    ['CRLF and a byte order mark', 'a.csv', '\ufeffid,x\r\n1,a\r\n', undefined, [['1', 'a']]],
    ['semicolons', 'a.csv', 'id;x\n1;"a;b"\n', undefined, [['1', 'a;b']]],
    ['tabs', 'a.tsv', 'id\tx\n01\ta\n', undefined, [['01', 'a']]],
    ['gzip', 'a.csv.gz', gzipSync('id,x\n1,a\n'), undefined, [['1', 'a']]],
    [
      'one column kept whole',
      'a.txt',
      ' 1 2\n 3  4\n',
      { header: false, delimiter: '|', columns: ['line'] },
      [[' 1 2'], [' 3  4']],
    ],
    ['no header', 'a.csv', '1,a\n', { header: false }, [['1', 'a']]],
    ['skipped lines', 'a.csv', 'made by x\nid,x\n1,a\n', { skip: 1 }, [['1', 'a']]],
    ['quotes and line breaks', 'a.csv', 'id,x\n1,"a ""b""\nc"\n', undefined, [['1', 'a "b"\nc']]],
    [
      'JSON lines',
      'a.jsonl',
      '{"id":1,"x":"a"}\n{"id":2}\n',
      undefined,
      [
        ['1', 'a'],
        ['2', null],
      ],
    ],
    ['a JSON array', 'a.json', '[{"id":1,"x":"a"}]', undefined, [['1', 'a']]],
  ])('%s', async (_name, file, content, format, expected) => {
    const path = put(file, content);
    expect(await rowsOf(path, format as { header: boolean })).toEqual(expected);
  });

  test('looks', async () => {
    const path = put('a.csv', 'i,d,e,b,t\n1,1.5,1e3,true,x\n-2,2,2,FALSE,1\n,,,,\n');
    const { columns } = await source(path);
    expect(columns.map((column) => column.looks)).toEqual(['integer', 'decimal', 'double', 'boolean', undefined]);
  });

  test('thousands of columns take no more than their share of time each', async () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `c${index}`);
    const row = names.map((_, index) => (index % 2 === 0 ? '12' : 'x'));
    const path = put('wide.csv', `${names.join(',')}\n${`${row.join(',')}\n`.repeat(5)}`);
    const { columns } = await source(path);
    expect(columns).toHaveLength(3_000);
    expect(columns.at(-2)).toEqual({ name: 'c2998', type: 'text', looks: 'integer' });
    expect(columns.at(-1)).toEqual({ name: 'c2999', type: 'text' });
  }, 20_000);

  test('a stopped catalog ends the look under way and refuses the next', async () => {
    const path = put('a.csv', `id\n${'1\n'.repeat(1000)}`);
    const catalog = openLocalCatalog(root);
    const look = () => catalog.source('orders', { from: [path] });
    const first = look();
    catalog.stop();
    await expect(first).rejects.toMatchObject({ code: 'interrupted' });
    await expect(look()).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('files in another order of columns, by folder and by glob', async () => {
    put('in/a.csv', 'id,x\n1,a\n');
    put('in/b.csv', 'x,id\nb,2\n');
    put('in/README.md', 'not data');
    for (const from of [join(root, 'in'), join(root, 'in/*.csv'), join(root, '**/[ab].csv')]) {
      expect(await rowsOf(from)).toEqual([
        ['1', 'a'],
        ['2', 'b'],
      ]);
    }
  });
});

test('Parquet keeps its types, and widens across files', async () => {
  const types = `1 as i, cast(1 as decimal(9,2)) as d, 1e0 as f, true as b, date '2024-01-01' as day, timestamp '2024-01-01' as t, timestamptz '2024-01-01' as z, 'a' as s, ['a'] as l, {'a': 1} as o`;
  await run(`copy (select ${types}) to '${root.replaceAll("'", "''")}/a.parquet' (format parquet)`);
  await run(
    `copy (select * replace (cast(1.5 as double) as i) from (select ${types})) to '${root.replaceAll("'", "''")}/b.parquet' (format parquet)`,
  );
  const { columns, files } = await source(join(root, '*.parquet'));
  expect(files).toBe(2);
  expect(columns.map((column) => column.type)).toEqual([
    'double',
    'decimal',
    'double',
    'boolean',
    'date',
    'timestamp',
    'instant',
    'text',
    'text_array',
    'other',
  ]);
});

describe('refused, by name and without a value of a row', () => {
  test.each<[string, string, string | Buffer, string, string]>([
    ['zero bytes', 'a.csv', '', 'source_empty', 'a.csv'],
    ['only a header', 'a.csv', 'id,x\n', 'source_empty', 'a.csv'],
    ['too few columns', 'a.csv', 'id,x\n1,a\nSecret\n', 'source_ragged', 'a.csv:3'],
    ['too many columns', 'a.csv', 'id,x\n1,a\n1,Secret,3\n', 'source_ragged', 'a.csv:3'],
    ['latin-1', 'a.csv', Buffer.from('id,x\n1,Secr\xe9t\n', 'latin1'), 'source_encoding', 'a.csv:2'],
    ['UTF-16', 'a.csv', Buffer.from('\ufeffid,x\n1,Secret\n', 'utf16le'), 'source_encoding', 'a.csv'],
    ['broken gzip', 'a.csv.gz', Buffer.from('Secret'), 'source_corrupt', 'a.csv.gz'],
    ['broken JSON', 'a.jsonl', '{"id":1}\n{"id":Secret\n', 'source_unreadable', 'a.jsonl'],
    ['broken Parquet', 'a.parquet', 'PAR1 Secret', 'source_corrupt', 'a.parquet'],
    ['unknown ending', 'a.xlsx', 'Secret', 'source_unknown_format', '.csv'],
    ['two columns of one name', 'a.csv', 'id,ID\n1,2\n', 'source_columns', 'a.csv'],
  ])('%s', async (_name, file, content, code, mentions) => {
    const path = put(file, content);
    const error = await source(path).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'SourceContractError', code });
    expect(error.message).toContain(mentions);
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toMatch(/Secr/);
  });

  test('a missing file names the nearest', async () => {
    put('orders-2024.csv', 'id\n1\n');
    await expect(source(join(root, 'order-2024.csv'))).rejects.toMatchObject({
      code: 'source_missing',
      message: expect.stringContaining('orders-2024.csv'),
    });
    await expect(source(join(root, 'no/x.csv'))).rejects.toMatchObject({ code: 'source_missing' });
    await expect(source(join(root, 'x-*.csv'))).rejects.toMatchObject({ code: 'source_missing' });
  });

  test('links in a circle, a file in the place of a folder, a name that is too long', async () => {
    symlinkSync(join(root, 'b.csv'), join(root, 'a.csv'));
    symlinkSync(join(root, 'a.csv'), join(root, 'b.csv'));
    for (const from of [join(root, 'a.csv'), join(root, '*.csv'), root]) {
      await expect(source(from)).rejects.toMatchObject({
        name: 'SourceContractError',
        code: 'source_missing',
        found: expect.stringContaining('these links lead round in a circle'),
      });
    }
    const file = put('c.csv', 'id\n1\n');
    for (const from of [join(file, 'x.csv'), join(root, `${'x'.repeat(300)}.csv`)])
      await expect(source(from)).rejects.toMatchObject({ name: 'SourceContractError', code: 'source_missing' });
  });

  test('a column that one file lacks', async () => {
    put('a.csv', 'id,x\n1,a\n');
    put('b.csv', 'id\n1\n');
    await expect(source(root)).rejects.toMatchObject({
      code: 'source_columns',
      message: expect.stringMatching(/b\.csv.*column x/s),
    });
  });
});

test('the fingerprint follows names, sizes and times, not the place', async () => {
  const when = new Date('2024-01-01');
  const make = async (folder: string, text: string) => {
    utimesSync(put(`${folder}/a.csv`, text), when, when);
    return (await source(join(root, folder))).fingerprint;
  };
  const first = await make('one', 'id\n1\n');
  expect(await make('two', 'id\n1\n')).toBe(first);
  expect(await make('three', 'id\n12\n')).not.toBe(first);
});

test('a relation reads exactly its parts, and is typed without any', async () => {
  const column = (name: string, type: string) => ({ name, type, description: 'x', segmentable: false });
  const columns = [column('id', 'bigint'), column('amount', 'decimal(18,4)')];
  const catalog = openLocalCatalog(root);
  const folder = join(root, 'tables/t/1').replaceAll("'", "''");
  mkdirSync(join(root, 'tables/t/1'), { recursive: true });
  await run(
    `copy (select cast(1 as decimal(18,4)) as amount, cast(7 as bigint) as id) to '${folder}/a.parquet' (format parquet)`,
  );
  expect(await run(`select * from ${catalog.relation('t', columns, [{ prefix: 'tables/t/1/' }])}`)).toEqual([
    [7, '1.0000'],
  ]);
  const types = await run(
    `select column_type from (describe select * from ${catalog.relation('t', columns, [{ prefix: 'none/' }])})`,
  );
  expect(types).toEqual([['BIGINT'], ['DECIMAL(18,4)']]);
});
