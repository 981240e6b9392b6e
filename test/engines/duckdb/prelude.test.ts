import type { DuckDBInstance } from '@duckdb/node-api';
import { openDatabase } from '../../../src/engines/duckdb/database';
import { plainValue } from '../../../src/engines/duckdb/values';

/** One row a case: an expression of the portable subset, and what Trino gives for it. */
const CASES: readonly (readonly [string, unknown])[] = [
  [`concat('a', 'b')`, 'ab'],
  [`concat('a', null)`, null],
  [`concat('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')`, 'abcdefgh'],
  ['greatest(1, 3)', 3],
  ['greatest(1, null)', null],
  ['greatest(1, 5, 2, 4, 3, 0)', 5],
  ['least(2, 1, 3)', 1],
  ['least(2, cast(null as integer), 3)', null],
  [`split_part('a,b,,c', ',', 2)`, 'b'],
  [`split_part('a,b,,c', ',', 3)`, ''],
  [`split_part('a,b', ',', 3)`, null],
  [`regexp_like('shoe-42', '[0-9]+')`, true],
  [`regexp_like('shoe', '[0-9]')`, false],
  [`regexp_extract('shoe-42', '[0-9]+')`, '42'],
  [`regexp_extract('shoe-42', '([a-z]+)-([0-9]+)', 1)`, 'shoe'],
  [`regexp_extract('shoe', '[0-9]+')`, null],
  [`regexp_extract('shoe', '[0-9]*')`, ''],
  [`regexp_replace('a1b2', '[0-9]', 'x')`, 'axbx'],
  [`regexp_replace('a1b2', '[0-9]')`, 'ab'],
  [`substr('abc', 0)`, ''],
  [`substr('abc', 2)`, 'bc'],
  [`substr('abc', 1, 2)`, 'ab'],
  [`substr('añ😀z', 3, 1)`, '😀'],
  [`cast(date_add('day', 30, date '2024-01-31') as date)`, '2024-03-01'],
  [`cast(date_add('day', -1, date '2024-03-01') as date)`, '2024-02-29'],
  [`cast(date_add('week', 2, date '2024-01-01') as date)`, '2024-01-15'],
  [`cast(date_add('month', 1, date '2024-01-31') as date)`, '2024-02-29'],
  [`cast(date_add('quarter', -1, date '2024-05-31') as date)`, '2024-02-29'],
  [`cast(date_add('year', 1, date '2024-02-29') as date)`, '2025-02-28'],
  [`cast(date_add('hour', 25, timestamp '2024-01-01 00:00:00') as varchar)`, '2024-01-02 01:00:00'],
  [`cast(date_add('minute', 1, timestamp '2024-01-01 00:00:00') as varchar)`, '2024-01-01 00:01:00'],
  [`cast(date_add('second', 61, timestamp '2024-01-01 00:00:00') as varchar)`, '2024-01-01 00:01:01'],
  [`date_diff('day', date '2024-02-28', date '2024-03-01')`, 2],
  [`date_diff('day', date '2024-03-01', date '2024-02-28')`, -2],
  [`date_diff('day', timestamp '2024-01-01 23:00:00', timestamp '2024-01-02 01:00:00')`, 0],
  [`day_of_week(date '2024-01-01')`, 1],
  [`day_of_week(date '2024-01-07')`, 7],
  [`day_of_month(date '2024-01-31')`, 31],
  [`day_of_year(date '2024-12-31')`, 366],
  [`cast(last_day_of_month(date '2024-02-10') as date)`, '2024-02-29'],
  [`from_iso8601_date('2024-02-29')`, '2024-02-29'],
  ['to_unixtime(from_unixtime(1711846800))', 1711846800],
  [`cast(from_unixtime(0) at time zone 'UTC' as varchar)`, '1970-01-01 00:00:00'],
  // Vienna leaves winter time on 2024-03-31 at 01:00 UTC.
  [`hour(at_timezone(from_unixtime(1711846799), 'Europe/Vienna'))`, 1],
  [`hour(at_timezone(from_unixtime(1711846800), 'Europe/Vienna'))`, 3],
  [`cast(at_timezone(timestamp '2024-06-30 23:30:00', 'Europe/Vienna') as date)`, '2024-07-01'],
  [`hour(at_timezone(timestamp '2024-01-01 00:00:00', case when true then 'Asia/Kolkata' end))`, 5],
  [`to_unixtime(with_timezone(timestamp '2024-07-01 02:00:00', 'Europe/Vienna'))`, 1719792000],
  [`cast(with_timezone(timestamp '2024-07-01 23:30:00', 'UTC') at time zone 'Europe/London' as date)`, '2024-07-02'],
  ['(select max_by(x, y) from (values (1, 1), (null, 2)) as t (x, y))', null],
  ['(select min_by(x, y) from (values (null, 1), (5, 2)) as t (x, y))', null],
  ['(select max_by(x, y) from (values (1, 1), (2, 2)) as t (x, y))', 2],
  [`array_join(array['a', null, 'b'], ',')`, 'a,b'],
  ['cardinality(sequence(1, 5))', 5],
  [`cardinality(sequence(date '2024-01-01', date '2024-01-31', interval '1' day))`, 31],
  ['element_at(array[7, 8], 2)', 8],
  ['element_at(array[7, 8], 3)', null],
  [`array_join(slice(array['a', 'b', 'c', 'd'], 2, 2), '')`, 'bc'],
  [`json_extract_scalar('{"a": "b"}', '$.a')`, 'b'],
  [`json_extract_scalar('{"a": "b"}', '$.c')`, null],
  [`is_nan(cast('nan' as double))`, true],
  ['is_finite(1e0)', true],
  [`is_finite(cast('infinity' as double))`, false],
  [`from_utf8(to_utf8('ä'))`, 'ä'],
  [`lower(to_hex(sha256(to_utf8('abc'))))`, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [`from_base('7fffffffffffffff', 16)`, 9223372036854775807n],
  [`mod(from_base(substr(lower(to_hex(sha256(to_utf8('salt' || ':' || 'cust-1')))), 1, 15), 16), 10000)`, 817],
  // Settings: the order of nulls, and division that keeps its doubles.
  ['(select array_join(array_agg(cast(x as varchar) order by x desc), $$,$$) from (values (1), (2)) as t (x))', '2,1'],
  ['(select first_value(x) over (order by x desc) from (values (null), (2)) as t (x) limit 1)', 2],
  [`current_setting('TimeZone')`, 'UTC'],
  ['cast(1 as double) / nullif(0, 0)', null],
  ['cast(7 as double) / nullif(2, 0)', 3.5],
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
