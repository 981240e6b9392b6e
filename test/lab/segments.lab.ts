import { compileSegments } from '../../src/core/segments/compile';
import { fieldType, OPERATORS } from '../../src/core/segments/operators';
import { membershipsSelect } from '../../src/core/segments/relations';
import { describeFinding, lintSql } from '../../src/core/sql/lint';
import { FIELDS } from '../core/segments/profile-fields';
import { rendered, segment } from '../core/segments/support';
import { differences } from './compare';
import { type LabEngine, openDuckDb, openTrino } from './two-engines';

/** Below, at and above what the conditions compare with. */
const VALUES = {
  number: [1, 2, 3],
  date: ['2026-03-30', '2026-03-31', '2026-04-01'],
  text: ['top', 'high', "o'hara"],
  boolean: [true, false, true],
} as const;
const PROFILE = FIELDS.filter(({ name, needs }) => !needs && name !== 'lifecycle_stage');

/** Every operator of the type of every field, and its opposite: of values that are not known, neither may hold. */
const CONDITIONS = PROFILE.filter(({ segmentable }) => segmentable).flatMap((column) => {
  const type = fieldType(column);
  const [a, b, c] = VALUES[type];
  const operands = { value: b, range: [a, c], values: [a, b], days: 2, flag: true };
  return Object.entries(OPERATORS[type]).map(([name, { operand }]) => ({
    field: column.name,
    [name]: operands[operand],
  }));
});
const SEGMENTS = [...CONDITIONS, ...CONDITIONS.map((condition) => ({ not: condition }))].map((when, index) =>
  segment(`s${index}`, when),
);
const SQL = rendered(membershipsSelect(compileSegments(SEGMENTS, FIELDS, new Set())));

/** One person with nothing known, and one for each value. */
const PEOPLE = [undefined, 0, 1, 2]
  .map((index) =>
    PROFILE.map((column) => {
      const value = index === undefined ? undefined : VALUES[fieldType(column)][index];
      if (column.name === 'customer_id') return `cast('c${index ?? ''}' as varchar) as id`;
      const text = value === undefined ? 'null' : `'${String(value).replaceAll("'", "''")}'`;
      return `cast(${text} as ${column.type}) as ${column.name}`;
    }).join(', '),
  )
  .map((columns) => `select ${columns}`)
  .join('\nunion all\n');

let engines: [LabEngine, LabEngine];
beforeAll(async () => {
  engines = [await openDuckDb(), await openTrino('segments')];
  for (const engine of engines) await engine.create('people', PEOPLE);
});
afterAll(() => engines[0].close());

test('every operator, and its opposite, finds the same people on both engines', async () => {
  const [duckdb, trino] = [await engines[0].read(SQL), await engines[1].read(SQL)];
  expect(duckdb.rows.length).toBeGreaterThan(SEGMENTS.length / 2);
  expect(differences(duckdb, trino)).toEqual([]);
});

test('what segments are compiled to stays inside the portable subset', () => {
  expect(lintSql(SQL).map((finding) => describeFinding('segments', finding))).toEqual([]);
});
