-- The customer master. A fifth of each attribute is missing. Names, addresses and numbers are made up, on domains and
-- a number range reserved for examples.
create or replace view file_customers as
with first_orders as (
  select customer_no, min(utc_minute) as first_minute
  from orders
  where not is_guest
  group by customer_no
),
masters as (
  select
    people.*,
    false as is_second,
    customer_no as person_no,
    coalesce(first_minute, pick(customer_no, 0, 'registered', 0, getvariable('last_no')) * 1440)
      - if(u(customer_no, 0, 'registered early') < 0.25, 1440 * pick(customer_no, 0, 'registered', 0, 60), 10) as created_minute
  from people
  left join first_orders using (customer_no)
  union all
  -- Half of the second ids have a row of their own.
  select * replace (second_id as customer_id), true, customer_no + 40000000, getvariable('last_no') * 1440 - 400 * 1440
  from people
  where has_second_id and u(customer_no, 0, 'second row') < 0.5
),
named as (
  select
    *,
    ([ 'Anna', 'Bea', 'Clara', 'Dora', 'Elif', 'Freya', 'Greta', 'Hana', 'Ines', 'Jana' ])[pick(customer_no, 0, 'name', 1, 10)] as her_name,
    ([ 'Adam', 'Ben', 'Carl', 'David', 'Emil', 'Felix', 'Georg', 'Hugo', 'Ivan', 'Jonas' ])[pick(customer_no, 0, 'name', 1, 10)] as his_name,
    ([ 'Adler', 'Bauer', 'Cerny', 'Dorn', 'Ebner', 'Fuchs', 'Gruber', 'Huber', 'Ivanov', 'Jansen', 'Kovac', 'Lang' ])[pick(customer_no, 1, 'name', 1, 12)]
      as last_name
  from masters
),
addressed as (
  select
    *,
    if(gender = 'm', his_name, her_name) as first_name,
    lower(if(gender = 'm', his_name, her_name)) || '.' || lower(last_name) || customer_no as mailbox
  from named
)
select
  addressed.customer_id as id,
  utc_time(created_minute) as since,
  case
    when u(customer_no, 0, 'no email') < 0.03 then null
    when is_second or u(customer_no, 0, 'two emails') < 0.04 then [ mailbox || '@example.org', mailbox || '@example.com' ]
    -- As people type them.
    when u(customer_no, 0, 'typed') < 0.1 then [ ' ' || upper(substr(mailbox, 1, 1)) || substr(mailbox, 2) || '@Example.com' ]
    else [ mailbox || '@example.com' ]
  end as emails,
  case when u(customer_no, 0, 'no phone') >= 0.2 then '+1 202-555-01' || lpad((customer_no % 100)::varchar, 2, '0') end as phone,
  first_name,
  last_name,
  zones.country,
  case when u(customer_no, 0, 'no region') >= 0.2 then zones.region end as region,
  case when u(customer_no, 0, 'no city') >= 0.2 then zones.city end as city,
  case when u(customer_no, 0, 'no postcode') >= 0.2 then lpad(pick(customer_no, 0, 'postcode', 1010, 9990)::varchar, 4, '0') end as postcode,
  case
    when u(customer_no, 0, 'no birthday') >= 0.2
    then (getvariable('last_day') - to_days((6600 + floor(19000 * pow(u(customer_no, 0, 'age'), 1.4)))::integer))::date
  end as born,
  case when u(customer_no, 0, 'no gender') >= 0.2 then gender end as sex,
  case when u(customer_no, 0, 'no zone') >= 0.2 then zones.name end as zone,
  case when persona_no is null and u(customer_no, 0, 'business') < 0.03 then 'B2B' else 'B2C' end as type,
  is_internal as staff
from addressed
join zones on zones.zone_no = addressed.zone_no
where created_minute <= getvariable('export_minute');

create or replace view file_identities as
select second_id as old_id, customer_id as kept_id, utc_time(getvariable('last_no') * 1440 - 1440 * pick(customer_no, 0, 'merged', 1, 300)) as merged
from people
where has_second_id
union all
-- A wrong merge, put right by the newer row above.
select second_id, pseudonym(if(customer_no = getvariable('batch_from'), customer_no + 1, customer_no - 1)), utc_time(getvariable('last_no') * 1440 - 1440 * 400)
from people
where has_second_id and u(customer_no, 0, 'wrong merge') < 0.05;

create or replace view file_suppressions as
select
  customer_id as id,
  (getvariable('last_day') - to_days(pick(customer_no, 0, 'blocked', 5, 500)::integer))::date as since,
  case when u(customer_no, 0, 'for good') < 0.5
    then (getvariable('last_day') + to_days(pick(customer_no, 0, 'until', -4, 200)::integer))::date end as until,
  case when u(customer_no, 0, 'where') < 0.3 then 'meta' end as platform,
  ([ 'complaint', 'court order', 'asked by phone' ])[pick(customer_no, 0, 'why', 1, 3)] as why
from people
where u(customer_no, 0, 'suppressed') < 0.006;

create or replace view file_occasions as
select
  customer_id as id,
  ([ 'birthday', 'anniversary', 'gift_day' ])[pick(customer_no, 0, 'occasion kind', 1, 3)] as what,
  strftime(getvariable('last_day') - to_days(occasion_ago::integer), '%m-%d') as day
from people
where tells_occasion and u(customer_no, 0, 'occasion lost') >= 0.1;
