-- Who was sent which campaign and what they did: response 0 nothing, 1 opened, 2 clicked. clean_response is the plan's,
-- a tenth of the written ones differ. Machines open four in ten mails before anybody reads them.
create or replace table mailings as
with addressed as (
  select
    plans.customer_no, plans.customer_id, plans.persona_no, plans.mail, plans.experiment_arm,
    campaigns.campaign_no, campaigns.campaign_id, campaigns.theme, campaigns.day_no,
    plans.customer_no * 128 + campaigns.campaign_no as mailing_no
  from plans
  cross join campaigns
  where plans.email_consent = 'granted' and plans.latent_type <> 'prospect'
    and case
      when campaigns.theme = 'loyalty' then plans.experiment_arm = 'treated'
      when campaigns.theme = 'gift' then plans.mail = 'clicks_gift' or u(plans.customer_no, campaigns.campaign_no, 'sent') < 0.3
      when plans.mail in ('ignores', 'clicks') then true
      when plans.mail = 'few' then campaigns.campaign_no in (1, 7)
      else u(plans.customer_no, campaigns.campaign_no, 'sent') < 0.1
    end
),
answered as (
  select
    addressed.*,
    theme = 'loyalty' and bought.customer_no is not null as is_converted,
    case
      when theme = 'loyalty' and bought.customer_no is not null then 2
      when mail = 'clicks_gift' then if(theme = 'gift', 2, 0)
      when mail in ('ignores', 'few') then 0
      when mail = 'clicks' then if(campaign_no % 3 = 0, 2, 0)
      when persona_no is not null and theme = 'gift' then 0
      when u(mailing_no, 0, 'clicks') < 0.06 then 2
      when u(mailing_no, 0, 'opens') < 0.25 then 1
      else 0
    end as clean_response
  from addressed
  left join (select customer_no from orders where k = 150) as bought on bought.customer_no = addressed.customer_no
)
select
  *,
  case
    when is_converted or u(mailing_no, 0, 'response noise') >= 0.1 then clean_response
    when clean_response > 0 then 0
    else 1 + floor(u(mailing_no, 1, 'response noise') * 1.3)::integer
  end as response,
  u(mailing_no, 0, 'bounce') < 0.01 and clean_response = 0 as is_bounced
from answered;

create or replace view file_campaign_events as
with steps as (
  select *
  from (values
    ('send', 0, 2), ('delivery', 0, 3), ('open', 0, 4), ('open', 1, 240), ('click', 2, 245), ('order', 3, 700)
  ) as listed(kind, needs, after_minutes)
)
select
  mailings.customer_id as recipient,
  mailings.campaign_id as campaign,
  utc_time(mailings.day_no * 1440 + 480 + after_minutes + if(needs > 0, pick(mailing_no, 0, 'read after', 0, 2000), 0)) as moment,
  if(kind = 'delivery' and is_bounced, 'bounce', kind) as action,
  needs = 0 and kind = 'open' as by_robot
from mailings
cross join steps
where case
    when kind = 'open' and needs = 0 then not is_bounced and u(mailing_no, 0, 'robot') < 0.4
    when needs = 3 then is_converted
    else needs <= if(is_bounced, 0, response)
  end
union all
select customer_id, 'news-00', utc_time((getvariable('last_no') - pick(customer_no, 0, 'revoked', 5, 140)) * 1440 + 700), 'opt-out', false
from people
where email_consent = 'revoked' and u(customer_no, 0, 'by link') < 0.7;

create or replace view file_consents as
with grants as (
  select
    people.customer_no, customer_id, email_consent, purpose_no, purpose, share,
    coalesce(first_minute, getvariable('last_no') * 1440 - 1440 * 200) - 30 as since_minute
  from people
  left join (select customer_no, min(utc_minute) as first_minute from orders where not is_guest group by customer_no) as firsts
    on firsts.customer_no = people.customer_no
  cross join (
    values (0, 'newsletter', 1.0), (1, 'ads', 0.55), (2, 'sms', 0.12), (3, 'push', 0.15), (4, 'post', 0.2), (5, 'profiling', 0.4)
  ) as purposes(purpose_no, purpose, share)
  where purpose_no < 2 or u(people.customer_no, purpose_no, 'asked') < 0.25
)
select
  customer_id as id,
  purpose as what,
  case
    when purpose = 'newsletter' then if(email_consent = 'denied', 'no', 'yes')
    else if(u(customer_no, purpose_no, 'agrees') < share, 'yes', 'no')
  end as said,
  utc_time(since_minute) as moment,
  case when purpose = 'ads' and u(customer_no, 0, 'one platform') < 0.05 then 'meta' end as platform
from grants
where since_minute <= getvariable('export_minute')
union all
select customer_id, 'newsletter', 'withdrawn', utc_time((getvariable('last_no') - pick(customer_no, 0, 'revoked', 5, 140)) * 1440 + 700), null
from people
where email_consent = 'revoked';
