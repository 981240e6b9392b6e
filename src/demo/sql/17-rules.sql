-- What each persona means, condition by condition, for every customer as of the last night. A condition that cannot be
-- told does not hold. Money is before returns.
create or replace table conditions as
with facts as (
  select people.customer_no, people.tells_occasion, purchase_facts.* exclude (customer_no), basket_facts.* exclude (customer_no),
    contact_facts.* exclude (customer_no)
  from people
  left join purchase_facts on purchase_facts.customer_no = people.customer_no
  left join basket_facts on basket_facts.customer_no = people.customer_no
  left join contact_facts on contact_facts.customer_no = people.customer_no
),
judged as (
  select
    customer_no,
    spend_cents >= 50000 as "churned_shoe_lover.big_spender",
    recency_days between 120 and 365 as "churned_shoe_lover.left_not_too_long_ago",
    running_7d as "churned_shoe_lover.browsed_running_shoes",
    shoe_share > 0.5 as "churned_shoe_lover.mostly_shoes",
    spend_cents between 8000 and 70000 as "gift_giver.mid_value",
    other_gender_share > 0.5 as "gift_giver.other_gender",
    answered_gift as "gift_giver.answered_gift_campaign",
    marked_down_share > 0.5 as "gift_giver.mostly_marked_down",
    before_gift_day_share > 0.5 as "gift_giver.before_gift_days",
    spend_365d_cents >= 50000 as "early_adopter.top_shopper",
    early_share >= 0.5 as "early_adopter.soon_after_launch",
    departments_365d >= 3 as "early_adopter.several_departments",
    newest_30d as "early_adopter.browsed_newest",
    orders_365d >= 6 as "late_night_snacker.often",
    night_share >= 0.6 as "late_night_snacker.at_night",
    snack_share >= 0.5 as "late_night_snacker.mostly_snacks",
    infant_days_180d >= 4 as "infant_parent.again_and_again",
    recency_days <= 45 as "infant_parent.lately",
    infant_share >= 0.45 as "infant_parent.much_of_the_basket",
    tells_occasion as "occasion_buyer.known_occasion",
    occasion_years >= 2 as "occasion_buyer.two_years",
    before_occasion_share >= 0.7 as "occasion_buyer.mostly_before_it",
    mean_gap_days between 10 and 18 as "two_week_shopper_gone_quiet.two_week_rhythm",
    purchase_days >= 6 as "two_week_shopper_gone_quiet.long_enough",
    recency_days between 28 and 60 as "two_week_shopper_gone_quiet.silent_a_month",
    sent_180d >= 8 as "unlikely_responder.often_contacted",
    coalesce(responses_180d, 0) = 0 as "unlikely_responder.never_responded",
    recency_days > 180 as "unlikely_responder.no_late_purchase",
    spend_730d_cents >= 70000 as "lapsing_vip.high_value",
    purchase_days_730d >= 8 as "lapsing_vip.frequent",
    recency_days between 60 and 150 as "lapsing_vip.fading",
    ever_sustainable as "declared_sustainable.declared",
    answered_days_ago <= 365 as "declared_sustainable.asked_lately",
    is_unchanged as "declared_sustainable.still_says_so",
    referred_count >= 2 as "advocate.brings_others",
    nps >= 9 as "advocate.content",
    recency_days <= 180 as "advocate.still_buys"
  from facts
)
select customer_no, coalesce(columns(* exclude (customer_no)), false)
from judged;

create or replace table long_conditions as
select customer_no, split_part(rule, '.', 1) as persona, split_part(rule, '.', 2) as condition, holds
from (unpivot (from conditions where customer_no % 200 < 22) on columns(* exclude (customer_no)) into name rule value holds) as unpivoted;
