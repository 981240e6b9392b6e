-- Where customers live: most near the shop in Vienna, some far enough away that their evening is another part of its day.
create table zones as
select *
from (values
  (0, 'Europe/Vienna', 'AT', 'Wien', 'Vienna'),
  (1, 'Europe/Berlin', 'DE', 'Bayern', 'Munich'),
  (2, 'Europe/London', 'GB', 'England', 'Leeds'),
  (3, 'Europe/Helsinki', 'FI', 'Uusimaa', 'Espoo'),
  (4, 'America/New_York', 'US', 'New York', 'Albany'),
  (5, 'Asia/Tokyo', 'JP', 'Kanto', 'Chiba'),
  (6, 'Australia/Sydney', 'AU', 'New South Wales', 'Newcastle')
) as listed(zone_no, name, country, region, city);

-- Minutes ahead of UTC by zone and day, before and after two in the morning (when clocks change).
create table zone_days as
select
  zones.zone_no * 2000 + local_days.day_no + 10 as zone_day,
  date_diff('minute', timezone('UTC', timezone(zones.name, local_days.day)), local_days.day) as early_minutes,
  date_diff('minute', timezone('UTC', timezone(zones.name, local_days.day + interval 12 hour)), local_days.day + interval 12 hour)
    as later_minutes
from zones
cross join (
  select day_no, (getvariable('first_day') + to_days(day_no::integer))::timestamp as day
  from range(-5, getvariable('last_no') + 6) as numbers(day_no)
) as local_days;

-- Times inside the generator are whole minutes of UTC since day 0; these two turn them into what the files carry.
set variable first_second = epoch(getvariable('first_day'))::bigint;
create macro second_time(utc_minute, id) as
  make_timestamp((getvariable('first_second') + utc_minute * 60 + pick(id, 0, 'second', 0, 59)) * 1000000);
create macro utc_time(utc_minute) as make_timestamp((getvariable('first_second') + utc_minute * 60) * 1000000);
-- Six in the morning of Vienna after the last day: nothing later was known when the files were written.
set variable export_minute = (
  select (getvariable('last_no') + 1) * 1440 + 360 - later_minutes from zone_days where zone_day = getvariable('last_no') + 11
);
