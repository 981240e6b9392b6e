-- The calendar of the shop: days people give presents on, sales, and days it is closed.
create table calendar as
with years as (
  select unnest(range(year(getvariable('first_day')), year(getvariable('last_day')) + 2)) as year_no
),
second_sundays as (
  select
    year_no,
    month_no,
    (make_date(year_no, month_no, 1) + to_days(((7 - isodow(make_date(year_no, month_no, 1))) + 7)::integer))::date as day
  from years, (values (5), (6)) as months(month_no)
),
listed as (
  select make_date(year_no, 2, 14) as day, 'gift_day' as kind, null as country, 'Valentine''s Day' as name from years
  union all select day, 'gift_day', 'AT', case month_no when 5 then 'Mother''s Day' else 'Father''s Day' end from second_sundays
  union all select make_date(year_no, 12, 24), 'gift_day', null, 'Christmas Eve' from years
  union all select make_date(year_no, 1, day_no), 'sale', null, 'Winter sale' from years, range(7, 10) as numbers(day_no)
  union all select make_date(year_no, 7, day_no), 'sale', null, 'Summer sale' from years, range(10, 12) as numbers(day_no)
  union all select make_date(year_no, 11, day_no), 'sale', null, 'Black week' from years, range(23, 30) as numbers(day_no)
  union all select make_date(year_no, 12, 25), 'closed', null, 'Christmas Day' from years
  union all select make_date(year_no, 1, 1), 'closed', null, 'New Year' from years
)
select *, date_diff('day', getvariable('first_day'), day) as day_no
from listed;

-- Gift days already over, the latest first. A purchase in the three weeks before one is a purchase for it.
create table gift_days as
select day_no, row_number() over (order by day_no desc) - 1 as rank
from calendar
where kind = 'gift_day' and day_no between 40 and getvariable('last_no') - 20;
create table gift_windows as
select unnest(range(day_no - 21, day_no + 1)) as day_no, day_no as gift_day_no
from calendar
where kind = 'gift_day';

-- A newsletter every second week of the last year, a gift campaign before each gift day of it, and one experiment:
-- sent to half of those who could have had it, so that what it brought is known.
set variable experiment_lift = 0.06;
set variable lift_no = getvariable('last_no') - 190;
create table campaigns as
select
  number as campaign_no,
  'news-' || lpad(number::varchar, 2, '0') as campaign_id,
  'newsletter' as theme,
  getvariable('last_no') - 4 - 14 * number as day_no
from range(26) as numbers(number)
union all
select
  50 + rank,
  'gift-' || lpad((rank + 1)::varchar, 2, '0'),
  'gift',
  day_no - 20
from gift_days
where rank < 4
union all
select 90, 'experiment-bonus-points', 'loyalty', getvariable('lift_no');

-- One week without goods: what the sport department could not sell.
set variable stock_out_no = getvariable('last_no') - 150;
