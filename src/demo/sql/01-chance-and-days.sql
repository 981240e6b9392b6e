-- Chance without randomness: u() lies in [0, 1) and depends on the seed, an id, a step and a salt alone. md5 turns
-- the salt into a number once per query; the row's part is plain integer arithmetic, so no version of DuckDB changes it.
create macro salt_number(salt) as ('0x' || substr(md5(getvariable('seed')::varchar || '/' || salt), 1, 8))::bigint;
create macro stir(number) as (xor(number, number >> 16) * 73244475) & 4294967295;
create macro u(id, step, salt) as
  stir(((id & 4294967295) * 1640531527 + step * 2246822519 + salt_number(salt)) & 4294967295)::double / 4294967296::double;
create macro pick(id, step, salt, low, high) as (low + floor(u(id, step, salt) * (high - low + 1)))::bigint;
-- By way of integer, because a bigint times a decimal would be computed in 128 bits.
create macro money(cents) as (cents::integer * decimal '0.01')::decimal(12, 2);
-- Pseudonyms that say nothing about what was planted in a number: multiplication modulo a prime is a bijection.
create macro pseudonym(number) as
  'c' || lpad(((number * 48271 + salt_number('pseudonym')) % 99999989)::varchar, 8, '0');
create macro order_name(order_no) as 'o' || ((order_no * 40692 + salt_number('order name')) % 9999999967)::varchar;

-- Day 0 is the first day of the three years; day `last_no` the last complete one. The export was taken on the morning after.
set variable first_day = (getvariable('last_day') - interval 3 year + interval 1 day)::date;
set variable last_no = date_diff('day', getvariable('first_day'), getvariable('last_day'));

-- A new collection arrives on the first of February, May, August and November.
create table collections as
with starts as (
  select
    quarter_no + 1 as collection_no,
    (date_trunc('quarter', getvariable('first_day')) - interval 8 month + to_months(3 * quarter_no::integer))::date as starts_on
  from range(20) as quarters(quarter_no)
)
select
  collection_no,
  starts_on,
  date_diff('day', getvariable('first_day'), starts_on) as start_no,
  year(starts_on) || '-' || case month(starts_on) when 2 then 'spring' when 5 then 'summer' when 8 then 'autumn' else 'winter' end as name
from starts
where starts_on <= getvariable('last_day');
set variable newest_collection = (select max(collection_no) from collections);

create table days as
with numbered as (
  select day_no, (getvariable('first_day') + to_days(day_no::integer))::date as day
  from range(getvariable('last_no') + 2) as numbers(day_no)
),
weighted as (
  select
    day_no,
    day,
    ([80, 74, 88, 88, 92, 88, 78, 84, 92, 116, 150, 174])[month(day)]
    * ([92, 94, 96, 100, 108, 114, 106])[isodow(day)]
    * case
      when month(day) = 11 and day(day) between 23 and 29 then 17
      when month(day) = 12 and day(day) > 22 then 6
      when (month(day), day(day)) in ((1, 7), (1, 8), (1, 9), (7, 10), (7, 11)) then 13
      else 10
    end as weight
  from numbered
),
with_collection as (
  select weighted.*, collections.collection_no
  from weighted
  asof join collections on weighted.day >= collections.starts_on
)
select
  day_no,
  day,
  collection_no,
  (coalesce(sum(weight) over (order by day_no rows between unbounded preceding and 1 preceding), 0))::bigint as weight_before,
  weight
from with_collection;

-- Seasons as a lookup: 16,384 equal slices of the three years' demand, each naming the day it falls on.
create table day_slices as
with total as (
  select sum(weight)::double as weight from days where day_no <= getvariable('last_no')
)
select
  unnest(range(
    ceil(days.weight_before / total.weight * 16384)::bigint,
    ceil((days.weight_before + days.weight) / total.weight * 16384)::bigint
  )) as slice,
  days.day_no
from days, total
where days.day_no <= getvariable('last_no');
create table day_shares as
select day_no, weight_before / (select sum(weight) from days where day_no <= getvariable('last_no')) as share from days;
