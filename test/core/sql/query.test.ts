import { renderQuery, validateQuery } from '../../../src/core/sql/query';
import { openConnection, query } from '../sources/run';

const options = { inputs: ['orders', 'lines'], what: 'sources/orders.sql', place: { file: 'sources/orders.sql' } };
const orders = "{{ source('orders') }}";

test.each<[string]>([
  [`select * from ${orders}`],
  [
    `select o.id, sum(l.amount) as total from ${orders} as o left join {{ source('lines') }} as l on l.id = o.id group by o.id`,
  ],
  [`with paid as (select * from ${orders} where status is distinct from 'draft') select count(*) as n from paid`],
  [`with a(x) as (select id from ${orders}), b as (select x from a) select b.x from a, b where a.x = b.x`],
  [`select id from ${orders} union all (select id from {{ source('lines') }})`],
  [
    `select id from (select id, row_number() over (partition by id order by day desc) as place from ${orders}) as t where place = 1`,
  ],
  [
    `select id from ${orders} where id in (select id from {{ source('lines') }}) and exists (select 1 from {{ source('lines') }})`,
  ],
  [`select t.x from ${orders} cross join unnest(items) with ordinality as t (x, n)`],
  [`select "Total" from (${orders} as a join {{ source('lines') }} as b on (a.id = b.id) and (a.x > 0))`],
  [`-- why\nselect count(distinct id) filter (where amount > 0) as n -- {{ ref('x') }}\nfrom ${orders}`],
  [`select cast(a as double) / nullif(b, 0) as q, a / 100 as c from ${orders}`],
  [`select case when a = 1 then 2 else 3 end as x from ${orders} order by 1 limit 10`],
])('allowed: %s', (text) => {
  expect(() => validateQuery(text, options)).not.toThrow();
});

test.each<[string, string]>([
  ['', 'sql_syntax'],
  ['from x', 'sql_syntax'],
  ['delete from x', 'sql_syntax'],
  [`select 1 from ${orders};`, 'sql_unreadable'],
  [`select 1 /* x */ from ${orders}`, 'sql_unreadable'],
  [`select 1 from ${orders} where (`, 'sql_syntax'],
  [`select 1 from ${orders})`, 'sql_syntax'],
  ['select * from customers', 'sql_unknown_table'],
  ['select * from db.customers', 'sql_unknown_table'],
  ['select * from "customers"', 'sql_unknown_table'],
  ["select * from 'file.csv'", 'sql_unknown_table'],
  ["select * from read_csv('file.csv')", 'sql_unknown_table'],
  [`select * from ${orders}, customers`, 'sql_unknown_table'],
  [`select * from ${orders} join customers on true`, 'sql_unknown_table'],
  [`select * from ${orders} as a, (customers)`, 'sql_unknown_table'],
  [`select * from (${orders} as a join customers on true)`, 'sql_unknown_table'],
  [`select * from (select * from customers) as t`, 'sql_unknown_table'],
  [`select (select max(id) from customers) as m from ${orders}`, 'sql_unknown_table'],
  [`select id from ${orders} union select id from customers`, 'sql_unknown_table'],
  [`with a as (select 1) select * from a.b`, 'sql_unknown_table'],
  [`with a as (from customers) select 1 from ${orders}`, 'sql_syntax'],
  [`with a as (delete from customers) select 1 from ${orders}`, 'sql_syntax'],
  [`with recursive a as (select 1) select 1 from a`, 'sql_not_allowed'],
  ["with getenv as (select 1) select getenv('HOME') from getenv", 'sql_unknown_function'],
  [`select getenv('HOME') from ${orders}`, 'sql_unknown_function'],
  [`select system.main.upper(x) from ${orders}`, 'sql_not_allowed'],
  [`select x.upper() from ${orders}`, 'sql_unknown_function'],
  [`select "upper"(x) from ${orders}`, 'sql_unknown_function'],
  [`select now() from ${orders}`, 'sql_not_allowed'],
  [`select current_date from ${orders}`, 'sql_not_allowed'],
  [`select random() from ${orders}`, 'sql_unknown_function'],
  ["select * from {{ ref('people') }}", 'sql_unknown_input'],
  ["select * from {{ source('order') }}", 'sql_unknown_input'],
  [`select ${orders} from ${orders}`, 'sql_syntax'],
  [`select a / b from ${orders}`, 'sql_division'],
  [`select * from ${orders} tablesample bernoulli (10)`, 'sql_not_allowed'],
  ['select * from (values (1)) as t', 'sql_unknown_table'],
  ['table x', 'sql_syntax'],
  [`select 1 from ${orders} where extract(year from day) = 1`, 'sql_syntax'],
])('refused: %s', (text, code) => {
  expect(() => validateQuery(text, options)).toThrow(
    expect.objectContaining({ name: 'DefinitionError', code, place: { file: 'sources/orders.sql' } }),
  );
});

test('an error tells the line and the nearest name', () => {
  expect(() => validateQuery(`select 1\nfrom {{ source('ordes') }}`, options)).toThrow(
    /in line 2.*\n.*did you mean orders\?/,
  );
});

test('rendered it runs: inputs put in, comments gone, numbers portable', async () => {
  const text = `select id, amount / 100 as euros, amount * 1.5 as more -- why\nfrom ${orders} as o -- end`;
  const sql = renderQuery(text, { orders: "(select 'a' as id, cast(250 as bigint) as amount)" });
  expect(sql).not.toContain('--');
  expect(await query(await openConnection(), `select * from (${sql}) as t`)).toEqual([
    { id: 'a', euros: '2.50', more: '375.0' },
  ]);
});
