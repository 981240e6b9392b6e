import type { DuckDBInstance } from '@duckdb/node-api';
import { openDatabase } from '../../../src/engines/duckdb/database';
import { plainValue } from '../../../src/engines/duckdb/values';
import { PRELUDE_CASES } from './prelude-cases';

/** Cases that only DuckDB can be asked. */
const CASES: readonly (readonly [string, unknown])[] = [
  ...PRELUDE_CASES,
  ['(select array_join(array_agg(cast(x as varchar) order by x desc), $$,$$) from (values (1), (2)) as t (x))', '2,1'],
  [`current_setting('TimeZone')`, 'UTC'],
];

describe('prelude', () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await openDatabase({ memoryLimit: '200MB' });
  });
  afterAll(() => instance.closeSync());

  test.each(CASES)('%s', async (expression, expected) => {
    // A fresh connection: settings must hold on every one.
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(`select ${expression} as value`);
    connection.closeSync();
    expect(plainValue(reader.getRows()[0]?.[0] ?? null)).toEqual(expected);
  });

  test('every macro has a case', async () => {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `select distinct function_name from duckdb_functions() where function_type = 'macro' and not internal`,
    );
    connection.closeSync();
    const names = reader.getRows().map((row) => String(row[0]));
    const text = CASES.map(([expression]) => expression).join('\n');
    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => !text.includes(`${name}(`))).toEqual([]);
  });

  test.each([`date_add('fortnight', 1, date '2024-01-01')`, `from_base('12', 10)`])(
    '%s is an error',
    async (expression) => {
      const connection = await instance.connect();
      await expect(connection.runAndReadAll(`select ${expression}`)).rejects.toThrow();
      connection.closeSync();
    },
  );
});
