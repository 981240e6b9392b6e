import { MODEL_FUNCTIONS } from '../../src/core/sql/lint-names';
import { PRELUDE_CASES } from '../engines/duckdb/prelude-cases';
import { differences } from './compare';
import { type LabEngine, openDuckDb, openTrino } from './two-engines';

let duckdb: LabEngine;
let trino: LabEngine;
beforeAll(async () => {
  duckdb = await openDuckDb();
  trino = await openTrino('prelude');
});
afterAll(() => duckdb.close());

test.each(PRELUDE_CASES)('%s', async (expression, expected) => {
  const sql = `select ${expression} as value`;
  const [left, right] = [await duckdb.read(sql), await trino.read(sql)];
  expect(right.rows[0]?.[0]).toEqual(
    expected === null
      ? null
      : typeof expected === 'number' && right.columns[0]?.type === 'double'
        ? expected
        : String(expected),
  );
  expect(differences(left, right)).toEqual([]);
});

test('Trino knows every function that models may call', async () => {
  const syntax = ['cast', 'try_cast', 'if', 'coalesce', 'nullif', 'unnest', 'grouping'];
  const known = new Set((await trino.read('show functions')).rows.map(([name]) => name));
  expect([...MODEL_FUNCTIONS].filter((name) => !known.has(name) && !syntax.includes(name))).toEqual([]);
});
