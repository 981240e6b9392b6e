-- What customers said: surveys, feedback and whom they brought along. clean_ columns are the plan's.
create or replace table answers as
with planted as (
  select
    customer_no, customer_id, persona_no, survey,
    unnest(case when survey = 'changed' then [ 0, 1 ] else [ 0 ] end) as step
  from people
  where survey is not null
),
given as (
  select
    customer_no, customer_id, step,
    if(survey = 'price' or step = 1, 'price', 'sustainability') as clean_answer,
    case
      when survey = 'long ago' then pick(customer_no, 0, 'answered', 420, 700)
      when survey = 'changed' and step = 0 then pick(customer_no, 0, 'answered', 230, 340)
      when survey = 'changed' then pick(customer_no, 0, 'answered', 20, 150)
      else pick(customer_no, 0, 'answered', 20, 330)
    end as days_ago
  from planted
  union all
  select
    customer_no, customer_id, 0,
    ([ 'price', 'brands', 'service', 'sustainability', 'novelty' ])[pick(customer_no, 0, 'answer', 1, 5)],
    pick(customer_no, 0, 'answered', 1, 700)
  from people
  where survey is null and u(customer_no, 0, 'takes surveys') < 0.07
)
select
  *,
  if(u(customer_no, step, 'answer noise') < 0.1, 'service', clean_answer) as answer
from given;

create or replace view file_survey_answers as
select customer_id as id, 'what_matters_most' as question, answer as reply, utc_time((getvariable('last_no') - days_ago) * 1440 + 900) as moment
from answers
union all
select customer_id, 'household_size', pick(customer_no, 0, 'household', 1, 5)::varchar, utc_time((getvariable('last_no') - days_ago) * 1440 + 901)
from answers;

create or replace table referrals as
with listed as (
  select *, unnest(range(referral_count)) as step from people where referral_count > 0
  union all
  select *, 0 from people where persona_no is null and u(customer_no, 0, 'refers') < 0.02
)
select
  customer_no, customer_id, step,
  getvariable('batch_from') + (customer_no - getvariable('batch_from') + 13 * (step + 1))
    % (getvariable('batch_to') - getvariable('batch_from')) as referred_no,
  pick(customer_no, step, 'referred', 10, 600) as days_ago
from listed;

create or replace view file_referrals as
select
  customer_id as by_whom,
  pseudonym(referred_no) as newcomer,
  utc_time((getvariable('last_no') - days_ago) * 1440 + 750) as moment
from referrals
where referred_no <> customer_no and u(customer_no, step, 'referral lost') >= 0.1;

create or replace table opinions as
select
  customer_no, customer_id, 'nps' as kind,
  coalesce(score, pick(customer_no, 0, 'score', 0, 10)) as clean_score,
  if(u(customer_no, 0, 'score noise') < 0.1, pick(customer_no, 1, 'score', 0, 10), coalesce(score, pick(customer_no, 0, 'score', 0, 10))) as score,
  pick(customer_no, 0, 'opinion', 5, 200) as days_ago
from people
where score is not null or u(customer_no, 0, 'opines') < 0.06
union all
select customer_no, customer_id, 'review', null, pick(customer_no, 0, 'stars', 1, 5), pick(customer_no, 1, 'opinion', 5, 900)
from people
where u(customer_no, 0, 'reviews') < 0.05
union all
select customer_no, customer_id, 'ticket', null, null, pick(customer_no, 2, 'opinion', 5, 900)
from people
where u(customer_no, 0, 'complains') < 0.04;

create or replace view file_feedback as
select
  customer_id as id,
  utc_time((getvariable('last_no') - days_ago) * 1440 + 820) as moment,
  kind as via,
  score::decimal(12, 2) as points
from opinions;
