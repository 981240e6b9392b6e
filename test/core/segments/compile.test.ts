import { DefinitionErrors } from '../../../src/core/errors';
import { compileSegments } from '../../../src/core/segments/compile';
import type { SegmentDefinition } from '../../../src/core/segments/definition';
import {
  AUDIENCES_SIDECAR,
  audiencesSelect,
  MEMBERSHIPS_SIDECAR,
  membershipsSelect,
} from '../../../src/core/segments/relations';
import { FIELDS } from './profile-fields';
import { type Database, openDatabase, rendered, segment } from './support';

const compile = (...segments: SegmentDefinition[]) => compileSegments(segments, FIELDS, new Set());
const predicateOf = (when: unknown): string | undefined => compile(segment('one', when))[0]?.predicate;

describe('a predicate', () => {
  const today = "{{ param('run_date') }}";
  it.each([
    [{ field: 'recency_days', at_least: 30 }, 'recency_days >= 30'],
    [{ field: 'recency_days', at_most: -1 }, 'recency_days <= -1'],
    [{ field: 'order_count', more_than: 3 }, 'order_count > 3'],
    [{ field: 'recency_days', between: [1, 9] }, 'recency_days between 1 and 9'],
    [{ field: 'spend_amount', at_least: 12.5 }, "spend_amount >= cast('12.5' as decimal(18,2))"],
    [{ field: 'spend_amount', at_least: 1e6 }, "spend_amount >= cast('1000000' as decimal(18,2))"],
    [{ field: 'overdue_ratio', at_least: 1.5 }, 'round(overdue_ratio, 6) >= 1.5E0'],
    [{ field: 'overdue_ratio', less_than: 0.000001 }, 'round(overdue_ratio, 6) < 1E-6'],
    [{ field: 'value_tier', is: 'top' }, "value_tier = 'top'"],
    [{ field: 'value_tier', is: "o'hara" }, "value_tier = 'o''hara'"],
    [{ field: 'value_tier', is: '{{ x }}' }, "value_tier = ('{' || '{ x }' || '}')"],
    [{ field: 'value_tier', none_of: ['a', 'b'] }, "value_tier not in ('a', 'b')"],
    [{ field: 'first_order_date', on_or_after: '2026-01-31' }, "first_order_date >= date '2026-01-31'"],
    [
      { field: 'first_order_date', within_days: 1 },
      `first_order_date between cast(${today} + interval '0' day as date) and ${today}`,
    ],
    [
      { field: 'first_order_date', within_days: 30 },
      `first_order_date between cast(${today} - interval '29' day as date) and ${today}`,
    ],
    [{ field: 'is_business', is: false }, 'is_business = false'],
    [{ field: 'overdue_ratio', known: true }, 'overdue_ratio is not null'],
    [{ field: 'value_tier', known: false }, 'value_tier is null'],
    [{ not: { field: 'order_count', is: 1 } }, 'not (order_count = 1)'],
  ])('of %j', (when, sql) => {
    expect(predicateOf(when)).toBe(`coalesce(${sql}, false)`);
  });

  it('inlines a named segment as a fact: in it or not', () => {
    const [, one] = compile(
      segment('one', { not: { segment: 'buyers' } }),
      segment('buyers', { field: 'order_count', at_least: 1 }),
    );
    expect(one?.predicate).toBe('coalesce(not (coalesce(order_count >= 1, false)), false)');
  });
});

describe('a definition hash', () => {
  const hashOf = (...segments: SegmentDefinition[]) =>
    compile(...segments).find(({ key }) => key === 'one')?.definition_hash;
  const buyers = segment('buyers', { field: 'order_count', at_least: 1 });

  it('is the same whatever the order of keys, the name or the status', () => {
    const first = hashOf(segment('one', { field: 'order_count', at_least: 1 }));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(segment('one', { at_least: 1, field: 'order_count' }, { name: 'Other', status: 'draft' }))).toBe(
      first,
    );
  });

  it('changes with the segment that is named, not with its key', () => {
    const named = hashOf(segment('one', { segment: 'buyers' }), buyers);
    const renamed = segment('customers', { field: 'order_count', at_least: 1 });
    expect(hashOf(segment('one', { segment: 'customers' }), renamed)).toBe(named);
    const changed = segment('buyers', { field: 'order_count', at_least: 2 });
    expect(hashOf(segment('one', { segment: 'buyers' }), changed)).not.toBe(named);
  });
});

it('throws everything that is wrong at once', () => {
  const wrong = [segment('one', { field: 'recency_day', at_most: 3 }), segment('two', { segment: 'three' })];
  const attempt = () => compile(...wrong);
  expect(attempt).toThrow(DefinitionErrors);
  expect(attempt).toThrow(
    /segments\/one.yml:4: there is no field "recency_day"[\s\S]*segments\/two.yml:4: there is no segment "three"/,
  );
});

it('lets a field through once its source is mapped', () => {
  const visitors = segment('visitors', { field: 'visits_30d', at_least: 1 });
  expect(() => compileSegments([visitors], FIELDS, new Set(['orders']))).toThrow(/needs the source events/);
  expect(compileSegments([visitors], FIELDS, new Set(['orders', 'events']))).toHaveLength(1);
});

it('refuses a column that is not for segments', () => {
  expect(() => compile(segment('one', { field: 'customer_id', is: 'x' }))).toThrow(/there is no field/);
});

describe('relations on DuckDB', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase();
    await database.run(
      `create table people (id varchar, ${FIELDS.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
    );
    await database.run("insert into people (id, order_count) values ('anna', 1), ('bert', null)");
  });
  afterAll(() => database.close());

  const typesOf = async (sql: string) =>
    Object.fromEntries(
      (await database.rows(`describe ${sql}`)).map((row) => [row.column_name, String(row.column_type).toLowerCase()]),
    );
  const typesIn = (sidecar: typeof MEMBERSHIPS_SIDECAR) =>
    Object.fromEntries(sidecar.columns.map(({ name, type }) => [name, type]));

  const hostile = {
    name: "O'Hara's; drop table x -- 😀",
    description: "{{ ref('x') }}\n}} {{{ \\ \"",
    owner: '$1 $& %s',
  };

  it.each([
    ['no segments', []],
    ['only a draft', [segment('one', { field: 'order_count', at_least: 1 }, { status: 'draft' })]],
    ['a segment', [segment('one', { field: 'order_count', at_least: 1 })]],
  ])('have the columns of their sidecars with %s', async (_name, segments) => {
    const compiled = compile(...segments);
    expect(await typesOf(rendered(membershipsSelect(compiled)))).toEqual(typesIn(MEMBERSHIPS_SIDECAR));
    expect(await typesOf(rendered(audiencesSelect(compiled)))).toEqual(typesIn(AUDIENCES_SIDECAR));
    const live = compiled.filter(({ status }) => status === 'live').length;
    expect(await database.rows(rendered(audiencesSelect(compiled)))).toHaveLength(live);
    expect(await database.rows(rendered(membershipsSelect(compiled)))).toHaveLength(live);
  });

  it('carry names and descriptions exactly, whatever they hold', async () => {
    const compiled = compile(segment('one', { any: [{ field: 'value_tier', is: "'{{}}'" }] }, hostile));
    const [row] = await database.rows(rendered(audiencesSelect(compiled)));
    expect(row).toMatchObject({
      id: 'one',
      ...hostile,
      definition: '{"any":[{"field":"value_tier","is":"\'{{}}\'"}]}',
    });
  });

  it('do not group the people, as unnest would', async () => {
    const compiled = compile(
      segment('one', { field: 'order_count', at_least: 1 }),
      segment('two', { field: 'recency_days', at_least: 1 }),
    );
    const [plan] = await database.rows(`explain ${rendered(membershipsSelect(compiled))}`);
    expect(String(plan?.explain_value)).not.toContain('DELIM');
  });
});
