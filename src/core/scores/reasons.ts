/** Why a score says what it says, or says nothing: code to what a person reads. docs/models.md explains each. */
export const REASONS: Readonly<Record<string, string>> = {
  // of a person
  no_purchase: 'no purchase yet',
  one_time_buyer: 'bought on one day only, so there is no rhythm',
  no_amounts: 'no amounts are mapped',
  currency: "amounts in another currency than the shop's",
  consent: 'personalisation is not consented to',
  suppressed: 'must be left alone',
  too_little_history: 'the history is too short',
  // of the shop
  no_model: 'no model is fitted yet',
  no_margin: 'tidemark.yml says nothing of costs and margin under contact',
  history_too_short: 'the history is too short to judge a model out of time',
  no_purchases_lately: 'nobody bought in the newest window',
  no_candidate: 'no model could be fitted',
  window_too_small: 'too few people bought, or too few did not, to judge a model',
  not_better_than_baselines: 'no model beats the simple rules it is measured against',
  not_calibrated: 'the chances of every model are too far from what happened',
  least_loss_on_newest_window: 'it lost least on the newest window whose outcome is known',
};
