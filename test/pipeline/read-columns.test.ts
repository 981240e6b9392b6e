import { rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadataAsync } from 'hyparquet';
import { openLocalStore } from '../../src/engines/duckdb/object-store';
import { readColumns } from '../../src/pipeline/read-columns';
import { openModelDatabase } from '../support/model-database';
import { temporaryFolder } from '../support/shop';

/** What a fit reads: the files of a table above one row group, as a shop of some hundred thousand people has them. */
const ROWS = 10_000;
const folder = temporaryFolder();
const store = openLocalStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (key: string) => ({ key, bytes: statSync(join(folder, key)).size, rows: 0 });
/** Every 7th number is null; no two rows are alike. */
const numberAt = (row: number): number => (row % 7 === 3 ? Number.NaN : row / 8 - 100);

beforeAll(async () => {
  const database = await openModelDatabase();
  const write = (key: string, from: number, to: number): Promise<void> =>
    database.run(
      `copy (select row::integer as id, case when row % 7 <> 3 then row / 8e0 - 100e0 end as number, 'text' as other, (row % 2)::integer as flag from range(${from}, ${to}) as t(row) order by row) to '${join(folder, key)}' (format parquet, compression zstd, row_group_size 2048)`,
    );
  await write('one.parquet', 0, 7_000);
  await write('two.parquet', 7_000, 7_001);
  await write('three.parquet', 7_001, ROWS);
  await write('none.parquet', 0, 0);
  database.close();
});

test('every row of every group of every file in its place, nulls as NaN, columns in any order', async () => {
  const files = ['one.parquet', 'none.parquet', 'two.parquet', 'three.parquet'].map(fileOf);
  const bytes = (await store.read('one.parquet', 0, (files[0] as { bytes: number }).bytes)) as Uint8Array;
  const { row_groups } = await parquetMetadataAsync(bytes.slice().buffer as ArrayBuffer);
  expect(row_groups.length).toBeGreaterThan(2);

  const { rows, columns } = await readColumns(store, files, ['flag', 'number', 'id']);
  expect(rows).toBe(ROWS);
  const expected = Array.from({ length: ROWS }, (_, row) => row);
  expect([...(columns.get('id') as Float64Array)]).toEqual(expected);
  expect([...(columns.get('number') as Float64Array)]).toEqual(expected.map(numberAt));
  expect([...(columns.get('flag') as Float64Array)]).toEqual(expected.map((row) => row % 2));
  expect([...columns.keys()].sort()).toEqual(['flag', 'id', 'number']);
});

test('a column that is not there, a file that is gone or broken: which, and what to do', async () => {
  const one = fileOf('one.parquet');
  await expect(readColumns(store, [one], ['id', 'age'])).rejects.toMatchObject({
    code: 'files_damaged',
    message: expect.stringContaining('the file lacks age'),
  });
  await expect(readColumns(store, [{ ...one, key: 'gone.parquet' }], ['id'])).rejects.toMatchObject({
    code: 'files_damaged',
    message: expect.stringContaining('the file is gone'),
  });
  truncateSync(join(folder, 'two.parquet'), 20);
  await expect(readColumns(store, [fileOf('two.parquet')], ['id'])).rejects.toMatchObject({
    code: 'files_damaged',
    message: expect.stringContaining('no readable Parquet file'),
  });
});
