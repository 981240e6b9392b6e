-- One row a customer of this batch: who they are, which plan their behaviour follows. Eleven customers in 200 carry a
-- persona and eleven a decoy; the others are drawn from a shop's usual mixture.
create or replace table people as
with numbered as (
  select
    number as customer_no,
    case when number % 200 < 22 then number % 11 end as persona_no,
    number % 200 between 11 and 21 as is_decoy,
    u(number, 0, 'type') as type_u,
    u(number, 0, 'zone') as zone_u,
    u(number, 0, 'gender') as gender_u
  from range(getvariable('batch_from'), getvariable('batch_to')) as numbers(number)
),
planted as (
  select numbered.*, planted_variants.* exclude (persona_no), kinds.kind_no as planted_kind_no
  from numbered
  left join condition_counts on condition_counts.persona_no = numbered.persona_no
  left join planted_variants
    on planted_variants.persona_no = numbered.persona_no
    and planted_variants.turn =
      case when numbered.is_decoy then (numbered.customer_no // 200 % condition_counts.turns)::integer else -1 end
  left join kinds on kinds.kind = planted_variants.main_kind
),
described as (
  select
    planted.*,
    case
      when persona_no is not null and not is_decoy then persona
      when persona_no is not null then 'imitator'
      when type_u < 0.03 then 'prospect'
      when type_u < 0.695 then 'one_time'
      when type_u < 0.85 then 'churning'
      else 'loyal'
    end as latent_type,
    case
      when clock = 'abroad' then 4
      when zone_u < 0.48 then 0
      when zone_u < 0.74 then 1
      when zone_u < 0.84 then 2
      when zone_u < 0.89 then 3
      when zone_u < 0.95 then 4
      when zone_u < 0.98 then 5
      else 6
    end as zone_no,
    case when gender_u < 0.56 then 'f' when gender_u < 0.98 or persona_no is not null then 'm' else 'x' end as gender,
    u(customer_no, 0, 'home') as home_u
  from planted
)
select
  customer_no,
  pseudonym(customer_no) as customer_id,
  persona_no,
  is_decoy,
  latent_type,
  case when not is_decoy then persona end as persona,
  case when is_decoy then persona end as decoy_of,
  fails,
  zone_no,
  gender,
  -- Merged identities: one in fifty has bought under a second id too.
  u(customer_no, 0, 'second id') < 0.02 as has_second_id,
  pseudonym(customer_no + 40000000) as second_id,
  persona_no is null and u(customer_no, 0, 'internal') < 0.001 as is_internal,
  case
    when mail is not null then 'granted'
    when u(customer_no, 0, 'consent') < 0.59 then 'granted'
    when u(customer_no, 0, 'consent') < 0.66 then 'revoked'
    else 'denied'
  end as email_consent,
  coalesce(timing, 'seasonal') as timing,
  coalesce(main_share, 7) as main_share,
  coalesce(clock, 'day') as clock,
  coalesce(markdown_share, 3) as markdown_share,
  coalesce(pieces, 1) as pieces,
  browses, mail, survey, coalesce(referral_count, 0) as referral_count, score,
  orders_min, orders_max, last_min, last_max, span_min, span_max,
  case
    when main_kind in ('own', 'own_new') then if(gender = 'f', 2, 3)
    when main_kind = 'other' then if(gender = 'f', 3, 2)
    when main_kind = 'new' then 0
    when main_kind is not null then planted_kind_no
    when home_u < 0.30 then if((gender = 'f') = (u(customer_no, 0, 'own') < 0.88), 2, 3)
    when home_u < 0.42 then 1
    when home_u < 0.45 then 4
    when home_u < 0.64 then 5
    when home_u < 0.72 then 6
    when home_u < 0.78 then 7
    when home_u < 0.87 then 8
    else 9
  end as main_kind_no,
  main_kind in ('new', 'own_new') as wants_newest,
  -- Who comes only once comes for something: a fuller basket.
  coalesce(most_lines, if(latent_type = 'one_time', 3, 2)) as most_lines,
  -- The day of the year something is celebrated, as days before the last night.
  pick(customer_no, 0, 'occasion', 20, 350) as occasion_ago,
  coalesce(fails, '') <> 'known_occasion' and (persona = 'occasion_buyer' or u(customer_no, 0, 'tells occasion') < 0.12) as tells_occasion
from described;
