import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkQuery } from '../../src/core/models/checks';
import type { Model } from '../../src/core/models/model';
import { derivedOrdersSelect } from '../../src/core/sources/derived-orders';
import { emptySourceSelect } from '../../src/core/sources/select';
import { describeFinding, lintSql } from '../../src/core/sql/lint';
import { MODEL_FUNCTIONS } from '../../src/core/sql/lint-names';
import { loadDefinitions } from '../../src/project/load-definitions';
import { openModelDatabase } from '../support/model-database';
import { testModels } from '../support/model-text';
import { EXCEPTIONS, RANKINGS } from './lint-exceptions';
import { sourceSelects } from './lint-sources';

const ROOT = join(__dirname, '../..');
const ORDERS = { customer_id: 'buyer', ordered_at: 'day', amount: 'total' };

/** Settings under which other texts are generated: no ids, no orders, fixed cuts. */
const PROJECTS: readonly Record<string, unknown>[] = [
  {},
  { sources: { orders: { from: 'x.csv', columns: ORDERS } }, not_customers: ['0', 'till'] },
  {
    sources: {
      order_lines: { from: 'x.csv', columns: { ...ORDERS, order_id: 'id', product_id: 'p', quantity: 'n' } },
    },
  },
  { rfm: { cuts: { recency_days: [30, 60, 90, 180], purchase_days: [1, 2, 3, 4], spend_amount: [10, 20, 30, 40] } } },
];

let models: Model[];
beforeAll(async () => {
  const assembled = await Promise.all(PROJECTS.map((project) => testModels(project)));
  models = [
    ...new Map(assembled.flatMap((one) => [...one.models.values()]).map((model) => [model.sql, model])).values(),
  ];
});

const isAllowed = (model: string, rule: string): boolean =>
  rule === 'ranking'
    ? Object.hasOwn(RANKINGS, model)
    : EXCEPTIONS.some((exception) => exception.model === model && exception.rule === rule);

const findingsOf = (name: string, file: string, sql: string): string[] =>
  lintSql(sql)
    .filter((finding) => !isAllowed(name, finding.rule))
    .map((finding) => describeFinding(file, finding));

/** Columns that are a double in the table and a decimal where they are summed. */
const NARROWED = new Set(['told_groups: expected_orders']);

test('no model sums or averages a column that what it reads has as a double', () => {
  const doubles = new Map(
    models.map(({ name, sidecar }) => [name, sidecar.columns.filter(({ type }) => type === 'double')] as const),
  );
  const found = models.flatMap(({ name, sql }) =>
    [...sql.matchAll(/ref\('(\w+)/g)]
      .flatMap(([, read]) => doubles.get(read as string) ?? [])
      .filter((column) => new RegExp(`\\b(sum|avg)\\(\\s*(\\w+\\.)?${column.name}\\b`).test(sql))
      .map((column) => `${name}: ${column.name}`),
  );
  expect([...new Set(found)]).toEqual([...NARROWED]);
});

test('every model stays inside the portable subset', () => {
  expect(models.length).toBeGreaterThan(50);
  expect(models.flatMap((model) => findingsOf(model.name, model.file, model.sql))).toEqual([]);
});

test('so do the checks and facts of every model', () => {
  const findings = models.flatMap((model) =>
    findingsOf(model.name, `checks of ${model.name}`, checkQuery(model.sidecar, 'checked')),
  );
  expect(findings).toEqual([]);
});

test('so do the segments as they are shipped', async () => {
  const project = mkdtempSync(join(tmpdir(), 'tidemark-lint-'));
  try {
    cpSync(join(ROOT, 'segments'), join(project, 'segments'), { recursive: true });
    cpSync(join(ROOT, 'src/demo/files/tidemark.yml'), join(project, 'tidemark.yml'));
    const definitions = await loadDefinitions(project);
    const generated = ['segment_hits', 'audience_definitions'].map((name) => definitions.models.get(name) as Model);
    expect(generated[0]?.sql).toContain('champions');
    expect(generated.flatMap((model) => findingsOf(model.name, model.name, model.sql))).toEqual([]);
  } finally {
    rmSync(project, { recursive: true });
  }
});

test('so does the SELECT of every source, from every kind of column', () => {
  const selects = sourceSelects();
  expect(new Set(selects.map((select) => select.source)).size).toBe(16);
  expect(selects.flatMap(({ title, sql }) => findingsOf('', title, sql))).toEqual([]);
  expect(findingsOf('order_rows', 'orders from lines', derivedOrdersSelect())).toEqual([]);
  expect(findingsOf('', 'nothing mapped', emptySourceSelect('orders'))).toEqual([]);
});

test('every exception is needed', () => {
  const broken = new Set(models.flatMap((model) => lintSql(model.sql).map(({ rule }) => `${rule} ${model.name}`)));
  const listed = [
    ...EXCEPTIONS.map(({ rule, model }) => `${rule} ${model}`),
    ...Object.keys(RANKINGS).map((model) => `ranking ${model}`),
  ];
  expect(listed.filter((one) => !broken.has(one))).toEqual([]);
});

test('every function on the list is native to DuckDB or a macro of the prelude', async () => {
  const database = await openModelDatabase();
  const { rows } = await database.read('select distinct function_name as name from duckdb_functions()');
  database.close();
  const known = new Set(rows.map((row) => row.name));
  // Syntax rather than functions.
  const syntax = ['cast', 'try_cast', 'if', 'coalesce', 'nullif', 'unnest', 'grouping'];
  const windows = [
    'row_number',
    'rank',
    'dense_rank',
    'percent_rank',
    'cume_dist',
    'lag',
    'lead',
    'first_value',
    'last_value',
    'nth_value',
  ];
  expect([...MODEL_FUNCTIONS].filter((name) => ![...known, ...syntax, ...windows].includes(name))).toEqual([]);
});

test('the contributors’ page names every rule', () => {
  const page = readFileSync(join(ROOT, 'docs/sql-subset.md'), 'utf8');
  const { LINT_RULES } = jest.requireActual<typeof import('../../src/core/sql/lint-rules')>(
    '../../src/core/sql/lint-rules',
  );
  expect(LINT_RULES.filter((rule) => !page.includes(`\`${rule.name}\``)).map((rule) => rule.name)).toEqual([]);
});
