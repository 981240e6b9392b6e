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

  test('every macro has a case, with every number of arguments', async () => {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `select function_name, len(parameters) from duckdb_functions() where function_type = 'macro' and not internal`,
    );
    connection.closeSync();
    const macros = reader.getRows().map(([name, count]) => `${name}/${count}`);
    const called = new Set(CASES.flatMap(([expression]) => callsIn(expression)));
    expect(macros.length).toBeGreaterThan(40);
    expect(macros.filter((macro) => !called.has(macro))).toEqual([]);
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

/** Calls in an expression as `name/number of arguments`: commas of its own level, past texts and inner brackets. */
function callsIn(expression: string): string[] {
  const text = expression.replace(/'[^']*'|\$\$[^$]*\$\$/g, 'x');
  return [...text.matchAll(/(\w+)\(/g)].map(({ 0: opening, 1: name, index }) => {
    let depth = 1;
    let count = 1;
    for (let at = index + opening.length; depth > 0; at += 1) {
      if ('([{'.includes(text[at] as string)) depth += 1;
      else if (')]}'.includes(text[at] as string)) depth -= 1;
      else if (text[at] === ',' && depth === 1) count += 1;
    }
    return `${name}/${count}`;
  });
}
