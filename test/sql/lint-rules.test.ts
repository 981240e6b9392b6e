import { lintSql } from '../../src/core/sql/lint';
import { FORBIDDEN_NAMES } from '../../src/core/sql/lint-names';
import { LINT_RULES } from '../../src/core/sql/lint-rules';

/** Rule, a text that breaks it and one that says the same within the subset. */
const CASES: readonly (readonly [rule: string, bad: string, good: string])[] = [
  ['unreadable', 'select 1 /* one */ as x', 'select 1 as x -- one'],
  ['unreadable', 'select 1 as x;', 'select 1 as x'],
  ['unreadable', 'select transform(a, x -> x + 1) as b', 'select a + 1 as b'],
  ['unreadable', "select '1'::bigint as x", "select cast('1' as bigint) as x"],
  ['unreadable', 'select a % 7 as x', 'select mod(a, 7) as x'],
  ['forbidden_name', 'select current_date as day', "select {{ param('run_date') }} as day"],
  ['forbidden_name', 'select now() as later', 'select now.day as later from days as now'],
  ['forbidden_name', 'select a from b where random() < 5e-1', 'select random from b'],
  ['forbidden_name', 'select approx_percentile(a, 5e-1) as half from b', 'select min(a) as half from b'],
  ['forbidden_name', 'select a from b qualify c = 1', 'select a from b where c = 1'],
  ['unknown_function', 'select list_sum(a) as s', 'select cast(sum(a) as bigint) as s from unnest(b) as c (a)'],
  ['unknown_function', 'select soundex(a) as s', "select array_join(array['a', 'b'], ',') as s"],
  ['bare_decimal', 'select 1.5 as x', 'select 15e-1 as x'],
  ['bare_decimal', 'select a * .5 as x', "select a * cast('0.5' as decimal(2,1)) as x, '0.5' as y"],
  ['unguarded_division', 'select a / b as x', 'select cast(a as double) / nullif(b, 0) as x'],
  ['unguarded_division', 'select a / nullif(b, 0) as x', 'select a / nullif(b, 0e0) as x'],
  ['unguarded_division', 'select a / 2 as x', 'select a / 2e0 as x'],
  ['unguarded_logarithm', 'select ln(a) as x', 'select ln(greatest(a, 1e-12)) as x'],
  ['unguarded_logarithm', 'select ln(1e0 + abs(a) - b) as x', 'select ln(1e0 + abs(a - b)) as x'],
  [
    'unordered_ranking',
    'select row_number() over (partition by a) as x',
    'select sum(a) over (partition by b) as x, x.a from x',
  ],
  [
    'silent_nulls',
    'select row_number() over (partition by a order by b desc, c) as x',
    'select row_number() over (partition by a order by b desc nulls last, c) as x',
  ],
  ['ranking', 'select lag(a) over (partition by b order by c) as x', 'select max(a) over (partition by b) as x'],
  [
    'ranking',
    'select max(a) over (partition by b order by c rows between unbounded preceding and current row) as x',
    'select max(a) over (partition by b order by c range between unbounded preceding and current row) as x',
  ],
  [
    'ranking',
    'select first_value(a) over w as x from t window w as (partition by b order by c)',
    'select a as x from t',
  ],
  ['ranking', 'select max_by(a, b) as x from t', 'select max(a) as x from t'],
  [
    'macro_aggregate',
    'select cast(count_if(a) filter (where b) as bigint) as x',
    'select cast(count_if(a and b) as bigint) as x',
  ],
  ['window_over_everything', 'select max(a) over (order by b) as x', 'select max(a) over (partition by b) as x'],
  ['window_over_everything', 'select max(a) over () as x', 'select max(a) as x from over_all'],
  ['sum_of_doubles', 'select cast(sum(exp(a)) as double) as x', 'select cast(sum(a) as double) as x'],
  ['sum_of_doubles', 'select sum(cast(a as double)) as x', 'select cast(sum(a) as decimal(18,2)) as x'],
  ['sum_of_doubles', 'select cast(avg(a) as double) as x', 'select cast(sum(a) as double) / nullif(count(a), 0) as x'],
  ['uncast_aggregate', 'select sum(a) as x from b', 'select cast(sum(a) as bigint) as x from b'],
  [
    'uncast_aggregate',
    'with final as (select coalesce(count_if(a), 0) as x from b) select * from final',
    'with c as (select count_if(a) as x from b), final as (select cast(x as bigint) as x from c) select * from final',
  ],
  ['uncast_aggregate', 'select count_if(a) as x from b', 'select count_if(a) > 0 as x, count(*) as y from b'],
  ['uncast_date', "select date_add('day', 1, a) as x", "select cast(date_add('day', 1, a) as date) as x"],
  ['uncast_date', "select a + interval '1' day as x", "select cast(a + interval '1' day as date) as x"],
  ['uncast_date', "select date_trunc('month', a) as x", "select cast(date_trunc('month', a) as date) as x"],
  ['sized_text', 'select cast(a as varchar(3)) as x', 'select substr(cast(a as varchar), 1, 3) as x'],
  ['macro_aggregate', 'select max_by(a, b) filter (where c) as x', 'select max_by(a, case when c then b end) as x'],
  ['macro_aggregate', 'select min_by(distinct a, b) as x', 'select min_by(a, b) as x'],
  ['three_part_name', 'select a from lake.shop.orders', 'select o.a from shop.orders as o'],
  ['overflow', 'select 86400 * 1000 * 60 as x', "select cast('86400000' as bigint) * 60 as x"],
  ['limit', 'select a from b limit 5', 'select a from b where c <= 5'],
  ['pattern', "select regexp_like(a, '(?=b)c') as x", "select regexp_like(a, '[?]b') as x, '(?=b)' as y"],
  ['pattern', "select regexp_replace(a, '(b)', '$1c') as x", "select regexp_replace(a, 'b', 'c') as x"],
];

const rulesOf = (sql: string): string[] => lintSql(sql).map((finding) => finding.rule);

test.each(CASES)('%s: %s', (rule, bad, good) => {
  expect(rulesOf(bad)).toContain(rule);
  expect(rulesOf(good)).not.toContain(rule);
});

test('every rule has a case and says why', () => {
  const tested = CASES.map(([rule]) => rule);
  expect(LINT_RULES.filter((rule) => !tested.includes(rule.name)).map((rule) => rule.name)).toEqual([]);
  expect(LINT_RULES.filter((rule) => rule.reason.length < 20)).toEqual([]);
  expect(Object.values(FORBIDDEN_NAMES).filter((reason) => reason.length < 10)).toEqual([]);
});

test('a finding names its line, what stands there, and what to write', () => {
  expect(lintSql('select\n  1 as a,\n  2.5 as b')).toEqual([
    { rule: 'bare_decimal', line: 3, found: '2.5', reason: expect.stringContaining('15e-1') },
  ]);
});
