-- The truth, outside the data: who was planted, whom a decoy imitates, and whose rule holds before noise.
create or replace view file_truth as
select
  people.customer_id,
  people.latent_type,
  people.persona,
  people.decoy_of,
  case when people.is_decoy then people.fails end as fails,
  plans.experiment_arm,
  "churned_shoe_lover.big_spender"
    and "churned_shoe_lover.left_not_too_long_ago"
    and "churned_shoe_lover.browsed_running_shoes"
    and "churned_shoe_lover.mostly_shoes"
    as rule_holds_churned_shoe_lover,
  "gift_giver.mid_value"
    and "gift_giver.other_gender"
    and "gift_giver.answered_gift_campaign"
    and "gift_giver.mostly_marked_down"
    and "gift_giver.before_gift_days"
    as rule_holds_gift_giver,
  "early_adopter.top_shopper"
    and "early_adopter.soon_after_launch"
    and "early_adopter.several_departments"
    and "early_adopter.browsed_newest"
    as rule_holds_early_adopter,
  "late_night_snacker.often"
    and "late_night_snacker.at_night"
    and "late_night_snacker.mostly_snacks"
    as rule_holds_late_night_snacker,
  "infant_parent.again_and_again"
    and "infant_parent.lately"
    and "infant_parent.much_of_the_basket"
    as rule_holds_infant_parent,
  "occasion_buyer.known_occasion"
    and "occasion_buyer.two_years"
    and "occasion_buyer.mostly_before_it"
    as rule_holds_occasion_buyer,
  "two_week_shopper_gone_quiet.two_week_rhythm"
    and "two_week_shopper_gone_quiet.long_enough"
    and "two_week_shopper_gone_quiet.silent_a_month"
    as rule_holds_two_week_shopper_gone_quiet,
  "unlikely_responder.often_contacted"
    and "unlikely_responder.never_responded"
    and "unlikely_responder.no_late_purchase"
    as rule_holds_unlikely_responder,
  "lapsing_vip.high_value"
    and "lapsing_vip.frequent"
    and "lapsing_vip.fading"
    as rule_holds_lapsing_vip,
  "declared_sustainable.declared"
    and "declared_sustainable.asked_lately"
    and "declared_sustainable.still_says_so"
    as rule_holds_declared_sustainable,
  "advocate.brings_others"
    and "advocate.content"
    and "advocate.still_buys"
    as rule_holds_advocate
from people
join plans on plans.customer_no = people.customer_no
join conditions on conditions.customer_no = people.customer_no;

-- One row a planted customer and condition of the persona it carries or imitates.
create or replace view file_conditions as
select people.customer_id, long_conditions.persona, long_conditions.condition, long_conditions.holds
from long_conditions
join people
  on people.customer_no = long_conditions.customer_no
  and long_conditions.persona = coalesce(people.persona, people.decoy_of);
