/** Where a model breaks a rule of src/core/sql/lint-rules.ts on purpose, and why it may. One that is not needed fails too. */
export interface LintException {
  rule: string;
  model: string;
  because: string;
}

export const EXCEPTIONS: readonly LintException[] = [
  { rule: 'limit', model: 'frozen_date', because: 'the rows are only counted, up to the limit' },
  {
    rule: 'window_over_everything',
    model: 'horizon',
    because: 'one row a length of silence in days: thousands at most',
  },
  {
    rule: 'window_over_everything',
    model: 'rfm_cuts',
    because: 'a count without an order, over the buyers of one date, once a quarter',
  },
  { rule: 'sum_of_doubles', model: 'horizon', because: 'a running sum in the order of days; its result is rounded' },
  {
    rule: 'sum_of_doubles',
    model: 'return_curves',
    because: 'a running sum in the order of days; its result is rounded',
  },
];

/** Models that rank, or read rows by their place, and why no two rows share a place, or why it does not matter. */
export const RANKINGS: Readonly<Record<string, string>> = {
  customer_attributes: 'customer_id is unique among the rows that count',
  customer_consents: 'statuses that differ have different places',
  customer_orders: 'one row a person and day',
  customer_voice: 'the score is part of its place, to the hundredth',
  horizon: 'one row a day',
  lifecycle_backtest: 'one row a stage',
  order_rows: 'lines of one moment have one hour',
  order_versions: 'the last term is the wording of everything that is used of the row',
  person_ids: 'the last term is all that is used of the row',
  return_curves: 'one row a class and day',
  rfm_cuts: 'one row an axis and value',
  told_outcomes: 'the id is the last term and unique in a night',
  purchase_spells: 'one row a person and day',
  spaced_days: 'one row a person and day',
  stg_calendar: 'the last term and the partition are all that is used of the row',
  stg_campaigns: 'the terms and the partition are all that is used of the row',
  stg_customers: 'the terms and the partition are all that is used of the row',
  stg_identities: 'the terms and the partition are all that is used of the row',
  stg_order_lines: 'the terms and the partition are all that is used of the row',
  stg_products: 'the terms and the partition are all that is used of the row',
  stg_suppressions: 'the terms and the partition are all that is used of the row',
};
