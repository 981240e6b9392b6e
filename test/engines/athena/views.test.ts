import {
  currentRunSql,
  decodeView,
  isSameView,
  publicViewSql,
  runOfView,
  viewDefinition,
} from '../../../src/engines/athena/views';

const RUN = { run_id: '2026-01-31-0123456789ab', run_date: '2026-01-31' };
const PEOPLE = {
  name: 'people',
  columns: [
    { name: 'id', type: 'varchar' },
    { name: 'order', type: 'integer' },
  ],
};
const stored = (view: object): string => `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;

test('the view of the published run is one row', () => {
  expect(currentRunSql('shop', RUN)).toBe(
    `create or replace view "shop"."current_run" as select '2026-01-31-0123456789ab' as run_id, date '2026-01-31' as run_date`,
  );
});

test('before the first run it has none', () => {
  expect(currentRunSql('shop', undefined)).toMatch(/cast\(null as varchar\) as run_id.* where false$/);
});

test('a public view shows the published run alone', () => {
  expect(publicViewSql('shop', PEOPLE)).toBe(
    'create or replace view "shop"."people" as select "id", "order" from "shop"."people_runs" where run_id = (select run_id from "shop"."current_run")',
  );
});

test('a public view as Glue keeps it is the view of that statement', () => {
  const definition = viewDefinition('shop', PEOPLE);
  const view = decodeView(definition.ViewOriginalText);
  expect(isSameView(view, publicViewSql('shop', PEOPLE))).toBe(true);
  expect(view?.columns).toEqual(PEOPLE.columns);
  expect(definition.StorageDescriptor.Columns).toEqual([
    { Name: 'id', Type: 'string' },
    { Name: 'order', Type: 'int' },
  ]);
});

test('a stored view is decoded, with the run it names', () => {
  const view = decodeView(
    stored({ originalSql: `SELECT\n  '${RUN.run_id}' run_id\n`, columns: [{ name: 'run_id', type: 'varchar' }] }),
  );
  expect(runOfView(view)).toBe(RUN.run_id);
  expect(view?.columns).toEqual([{ name: 'run_id', type: 'varchar' }]);
});

test.each([
  [undefined],
  [''],
  ['select 1'],
  ['/* Presto View: !!! */'],
  ['/* Presto View: bm8gSlNPTg== */'],
  [stored({ originalSql: 1, columns: [] })],
  [stored({ originalSql: 'x' })],
  [stored([])],
])('%j is no view of Athena', (text) => {
  expect(decodeView(text)).toBeUndefined();
  expect(runOfView(decodeView(text))).toBeUndefined();
});

test('a view is the same however the engine lays its text out, and another one when it reads something else', () => {
  const sql = publicViewSql('shop', PEOPLE);
  const originalSql =
    'SELECT\n  id\n, "order"\nFROM\n  shop.people_runs\nWHERE (run_id = (SELECT run_id\nFROM\n  shop.current_run\n))\n';
  const view = { originalSql, columns: [] };
  expect(isSameView(view, sql)).toBe(true);
  expect(isSameView({ ...view, originalSql: originalSql.replace(', "order"', '') }, sql)).toBe(false);
  expect(isSameView(undefined, sql)).toBe(false);
});
