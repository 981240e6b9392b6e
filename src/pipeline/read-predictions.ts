import type { Manifest } from '../core/snapshots/manifest';
import type { Row } from '../ports/query-engine';
import type { StepContext } from './context';
import { readPublished } from './read-published';

/** One row of the public table receipts: what a group was told, and what it did. */
export interface Receipt {
  kind: 'live' | 'backtest';
  told_date: string;
  matured_date: string;
  horizon_days: number;
  score_model: string | null;
  /** Hash of the fit's parameters; null in rows of nights that did not tell it yet. */
  score_version: string | null;
  population: string;
  grouped_by: string;
  group_name: string;
  people: number;
  expected_buyers: number;
  band_low: number;
  band_high: number;
  actual_buyers: number;
  is_within_band: boolean;
  /** Actual over expected; null where nobody was expected. */
  calibration: number | null;
  lift: number | null;
  expected_orders: number | null;
  actual_orders: number | null;
  expected_value: number | null;
  actual_value: number | null;
}

/** One row of the public table score_parameters. */
export interface ScoreParameter {
  population: string;
  model: string;
  part: string;
  name: string;
  value: number | null;
  text: string | null;
}

/** People who are told the same kind of thing tonight. */
export interface TonightGroup {
  /** buyers or prospects, as in the receipts. */
  population: string;
  churn_tier: string | null;
  purchase_likelihood: string;
  people: number;
  /** null where nobody of them is scored. */
  expected_buyers: number | null;
}

/** What a published night says of its predictions, and what has become of earlier ones. */
export interface Predictions {
  /** People by what they are told tonight. */
  tonight: TonightGroup[];
  /** Oldest first. */
  receipts: Receipt[];
  parameters: ScoreParameter[];
}

/** Reads receipts, parameters and counts of a published night: rows by group, never by person. */
export async function readPredictions(manifest: Manifest, context: StepContext): Promise<Predictions> {
  const [tonight, receipts, parameters] = await Promise.all([
    readPublished(manifest, 'people', tonightSql, context),
    readPublished(
      manifest,
      'receipts',
      (from) => `select * from ${from} as t order by told_date, kind, population, grouped_by, group_name`,
      context,
    ),
    readPublished(
      manifest,
      'score_parameters',
      (from) =>
        `select population, model, part, name, value, text from ${from} as t order by population, model, part, name`,
      context,
    ),
  ]);
  return {
    tonight: tonight.map((row) => ({
      population: String(row.population),
      churn_tier: textOf(row.churn_tier),
      purchase_likelihood: String(row.purchase_likelihood),
      people: Number(row.people),
      expected_buyers: numberOf(row.expected_buyers),
    })),
    receipts: receipts.map(receiptOf),
    parameters: parameters.map((row) => ({
      population: String(row.population),
      model: String(row.model),
      part: String(row.part),
      name: String(row.name),
      value: numberOf(row.value),
      text: textOf(row.text),
    })),
  };
}

const tonightSql = (from: string): string =>
  [
    "select if(purchase_days > 0, 'buyers', 'prospects') as population, churn_tier, purchase_likelihood, count(*) as people,",
    '  cast(sum(cast(purchase_probability as decimal(18,6))) as double) as expected_buyers',
    `from ${from} as t`,
    "group by if(purchase_days > 0, 'buyers', 'prospects'), churn_tier, purchase_likelihood",
    'order by 1, 2, 3',
  ].join('\n');

const textOf = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
const numberOf = (value: Row[string] | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

function receiptOf(row: Row): Receipt {
  return {
    kind: row.kind === 'backtest' ? 'backtest' : 'live',
    told_date: String(row.told_date),
    matured_date: String(row.matured_date),
    horizon_days: Number(row.horizon_days),
    score_model: textOf(row.score_model),
    score_version: textOf(row.score_version),
    population: String(row.population),
    grouped_by: String(row.grouped_by),
    group_name: String(row.group_name),
    people: Number(row.people),
    expected_buyers: Number(row.expected_buyers),
    band_low: Number(row.band_low),
    band_high: Number(row.band_high),
    actual_buyers: Number(row.actual_buyers),
    is_within_band: row.is_within_band === true,
    calibration: numberOf(row.calibration),
    lift: numberOf(row.lift),
    expected_orders: numberOf(row.expected_orders),
    actual_orders: numberOf(row.actual_orders),
    expected_value: numberOf(row.expected_value),
    actual_value: numberOf(row.actual_value),
  };
}
