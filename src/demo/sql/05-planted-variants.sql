-- One row a persona (fails is null) and one a decoy, which behaves like the persona but for the one condition it names.
-- Days: last_* before the last night, span_* from the first purchase to the last. Shares are tenths of the order lines.
create table planted_variants as
select *
from (values
  -- persona, fails, timing, orders min max, last min max, span min max, kind, share, clock, marked down, most lines, pieces, browses, mail, survey, referrals, score
  (0, 'churned_shoe_lover', null, 'spread', 10, 14, 130, 330, 300, 500, 'shoes', 9, 'day', 2, 3, 1, 'running', null, null, 0, null),
  (0, 'churned_shoe_lover', 'big_spender', 'spread', 2, 2, 130, 330, 30, 60, 'shoes', 10, 'day', 2, 1, 1, 'running', null, null, 0, null),
  (0, 'churned_shoe_lover', 'left_not_too_long_ago', 'spread', 10, 14, 10, 60, 300, 500, 'shoes', 9, 'day', 2, 3, 1, 'running', null, null, 0, null),
  (0, 'churned_shoe_lover', 'browsed_running_shoes', 'spread', 10, 14, 130, 330, 300, 500, 'shoes', 9, 'day', 2, 3, 1, 'older', null, null, 0, null),
  (0, 'churned_shoe_lover', 'mostly_shoes', 'spread', 12, 16, 130, 330, 300, 500, 'sport', 9, 'day', 2, 3, 1, 'running', null, null, 0, null),
  (1, 'gift_giver', null, 'gift', 5, 6, 0, 0, 0, 0, 'other', 9, 'day', 8, 1, 1, null, 'clicks_gift', null, 0, null),
  (1, 'gift_giver', 'mid_value', 'gift', 5, 6, 0, 0, 0, 0, 'other', 9, 'day', 8, 1, 8, null, 'clicks_gift', null, 0, null),
  (1, 'gift_giver', 'other_gender', 'gift', 5, 6, 0, 0, 0, 0, 'own', 9, 'day', 8, 1, 1, null, 'clicks_gift', null, 0, null),
  (1, 'gift_giver', 'answered_gift_campaign', 'gift', 5, 6, 0, 0, 0, 0, 'other', 9, 'day', 8, 1, 1, null, null, null, 0, null),
  (1, 'gift_giver', 'mostly_marked_down', 'gift', 5, 6, 0, 0, 0, 0, 'other', 9, 'day', 2, 1, 1, null, 'clicks_gift', null, 0, null),
  (1, 'gift_giver', 'before_gift_days', 'after_gift', 5, 6, 0, 0, 0, 0, 'other', 9, 'day', 8, 1, 1, null, 'clicks_gift', null, 0, null),
  (2, 'early_adopter', null, 'launch', 10, 12, 0, 0, 0, 0, 'new', 10, 'day', 0, 2, 2, 'newest', null, null, 0, null),
  (2, 'early_adopter', 'top_shopper', 'launch', 3, 3, 0, 0, 0, 0, 'new', 10, 'day', 0, 1, 1, 'newest', null, null, 0, null),
  (2, 'early_adopter', 'soon_after_launch', 'late_launch', 10, 12, 0, 0, 0, 0, 'new', 10, 'day', 0, 2, 2, 'newest', null, null, 0, null),
  (2, 'early_adopter', 'several_departments', 'launch', 10, 12, 0, 0, 0, 0, 'own_new', 10, 'day', 0, 2, 2, 'newest', null, null, 0, null),
  (2, 'early_adopter', 'browsed_newest', 'launch', 10, 12, 0, 0, 0, 0, 'new', 10, 'day', 0, 2, 2, 'older', null, null, 0, null),
  (3, 'late_night_snacker', null, 'spread', 10, 16, 5, 40, 250, 310, 'snacks', 9, 'night', 2, 3, 3, null, null, null, 0, null),
  (3, 'late_night_snacker', 'often', 'spread', 3, 3, 5, 40, 250, 310, 'snacks', 10, 'night', 2, 3, 3, null, null, null, 0, null),
  (3, 'late_night_snacker', 'at_night', 'spread', 10, 16, 5, 40, 250, 310, 'snacks', 9, 'abroad', 2, 3, 3, null, null, null, 0, null),
  (3, 'late_night_snacker', 'mostly_snacks', 'spread', 10, 16, 5, 40, 250, 310, 'pantry', 9, 'night', 2, 3, 3, null, null, null, 0, null),
  (4, 'infant_parent', null, 'spread', 8, 12, 3, 30, 120, 145, 'infant', 9, 'day', 2, 3, 2, null, null, null, 0, null),
  (4, 'infant_parent', 'again_and_again', 'spread', 2, 3, 3, 30, 120, 145, 'infant', 10, 'day', 2, 3, 2, null, null, null, 0, null),
  (4, 'infant_parent', 'lately', 'spread', 9, 12, 60, 90, 70, 80, 'infant', 9, 'day', 2, 3, 2, null, null, null, 0, null),
  (4, 'infant_parent', 'much_of_the_basket', 'spread', 24, 28, 3, 20, 120, 145, 'infant', 3, 'day', 2, 3, 2, null, null, null, 0, null),
  (5, 'occasion_buyer', null, 'occasion', 4, 6, 0, 0, 0, 0, 'own', 8, 'day', 2, 2, 1, null, null, null, 0, null),
  (5, 'occasion_buyer', 'known_occasion', 'occasion', 4, 6, 0, 0, 0, 0, 'own', 8, 'day', 2, 2, 1, null, null, null, 0, null),
  (5, 'occasion_buyer', 'two_years', 'one_occasion', 3, 5, 0, 0, 0, 0, 'own', 8, 'day', 2, 2, 1, null, null, null, 0, null),
  (5, 'occasion_buyer', 'mostly_before_it', 'half_occasion', 6, 6, 0, 0, 0, 0, 'own', 8, 'day', 2, 2, 1, null, null, null, 0, null),
  (6, 'two_week_shopper_gone_quiet', null, 'even', 10, 14, 32, 45, 0, 0, 'pantry', 6, 'day', 2, 3, 3, null, null, null, 0, null),
  (6, 'two_week_shopper_gone_quiet', 'two_week_rhythm', 'spread', 8, 8, 32, 45, 300, 400, 'pantry', 6, 'day', 2, 3, 3, null, null, null, 0, null),
  (6, 'two_week_shopper_gone_quiet', 'long_enough', 'even', 4, 4, 32, 45, 0, 0, 'pantry', 6, 'day', 2, 3, 3, null, null, null, 0, null),
  (6, 'two_week_shopper_gone_quiet', 'silent_a_month', 'even', 10, 14, 3, 10, 0, 0, 'pantry', 6, 'day', 2, 3, 3, null, null, null, 0, null),
  (7, 'unlikely_responder', null, 'spread', 2, 4, 220, 480, 60, 200, 'sport', 5, 'day', 2, 3, 1, null, 'ignores', null, 0, null),
  (7, 'unlikely_responder', 'often_contacted', 'spread', 2, 4, 220, 480, 60, 200, 'sport', 5, 'day', 2, 3, 1, null, 'few', null, 0, null),
  (7, 'unlikely_responder', 'never_responded', 'spread', 2, 4, 220, 480, 60, 200, 'sport', 5, 'day', 2, 3, 1, null, 'clicks', null, 0, null),
  (7, 'unlikely_responder', 'no_late_purchase', 'spread', 2, 4, 20, 100, 200, 300, 'sport', 5, 'day', 2, 3, 1, null, 'ignores', null, 0, null),
  (8, 'lapsing_vip', null, 'spread', 18, 24, 70, 130, 320, 420, 'own', 7, 'day', 2, 3, 1, null, null, null, 0, null),
  (8, 'lapsing_vip', 'high_value', 'spread', 18, 24, 70, 130, 320, 420, 'snacks', 10, 'day', 2, 1, 1, null, null, null, 0, null),
  (8, 'lapsing_vip', 'frequent', 'spread', 4, 4, 70, 130, 320, 420, 'own', 10, 'day', 0, 3, 8, null, null, null, 0, null),
  (8, 'lapsing_vip', 'fading', 'spread', 18, 24, 5, 30, 320, 420, 'own', 7, 'day', 2, 3, 1, null, null, null, 0, null),
  (9, 'declared_sustainable', null, 'spread', 3, 6, 20, 200, 100, 400, 'own', 6, 'day', 2, 2, 1, null, null, 'sustainable', 0, null),
  (9, 'declared_sustainable', 'declared', 'spread', 3, 6, 20, 200, 100, 400, 'own', 6, 'day', 2, 2, 1, null, null, 'price', 0, null),
  (9, 'declared_sustainable', 'asked_lately', 'spread', 3, 6, 20, 200, 100, 400, 'own', 6, 'day', 2, 2, 1, null, null, 'long ago', 0, null),
  (9, 'declared_sustainable', 'still_says_so', 'spread', 3, 6, 20, 200, 100, 400, 'own', 6, 'day', 2, 2, 1, null, null, 'changed', 0, null),
  (10, 'advocate', null, 'spread', 5, 8, 10, 120, 200, 400, 'own', 5, 'day', 2, 2, 1, null, null, null, 3, 10),
  (10, 'advocate', 'brings_others', 'spread', 5, 8, 10, 120, 200, 400, 'own', 5, 'day', 2, 2, 1, null, null, null, 0, 10),
  (10, 'advocate', 'content', 'spread', 5, 8, 10, 120, 200, 400, 'own', 5, 'day', 2, 2, 1, null, null, null, 3, 3),
  (10, 'advocate', 'still_buys', 'spread', 5, 8, 250, 400, 200, 400, 'own', 5, 'day', 2, 2, 1, null, null, null, 3, 10)
) as listed(
  persona_no, persona, fails, timing, orders_min, orders_max, last_min, last_max, span_min, span_max, main_kind, main_share,
  clock, markdown_share, most_lines, pieces, browses, mail, survey, referral_count, score
);
-- Decoys of a persona take turns through its conditions.
alter table planted_variants add column turn integer default -1;
update planted_variants
set turn = turns.turn
from (
  select persona, fails, row_number() over (partition by persona order by fails) - 1 as turn
  from planted_variants
  where fails is not null
) as turns
where turns.persona = planted_variants.persona and turns.fails = planted_variants.fails;
create table condition_counts as
select persona_no, count(fails) as turns from planted_variants group by persona_no;
