import type { Manifest } from '../core/snapshots/manifest';
import type { StepContext } from './context';
import { readPublished } from './read-published';

/** What a person wants to see of a published night beyond the manifest, read from its own files. */
export interface NightDetails {
  /** How the stages of one horizon ago turned out, in the order of the stages. */
  backtest: {
    is_repeat: boolean;
    lifecycle_stage: string;
    people: number;
    bought: number;
    bought_share: number | null;
    is_below_earlier_stage: boolean | null;
    as_of_date: string;
  }[];
  horizon: { horizon_days: number; horizon_basis: string; as_of_date: string } | null;
  /** Scores that say nothing, by reason: `score` is rfm, value or churn. */
  abstained: { score: string; reason: string; people: number }[];
  /** RFM segments with people and net spend over life, most people first; spend is null where money abstains. */
  rfm: { rfm_segment: string; people: number; spend_amount: number | null }[];
}

/** Reads the small tables of a published night, and counts its RFM segments. */
export async function readNight(manifest: Manifest, context: StepContext): Promise<NightDetails> {
  const [backtest, horizon, rfm, abstained] = await Promise.all([
    readPublished(
      manifest,
      'lifecycle_backtest',
      (from) => `select * from ${from} as t order by is_repeat, stage_order`,
      context,
    ),
    readPublished(manifest, 'horizon', (from) => `select * from ${from} as t`, context),
    readPublished(manifest, 'people', rfmSql, context),
    readPublished(manifest, 'people', abstainedSql, context),
  ]);
  const [kept] = horizon;
  return {
    backtest: backtest.map((row) => ({
      is_repeat: row.is_repeat === true,
      lifecycle_stage: String(row.lifecycle_stage),
      people: Number(row.people),
      bought: Number(row.bought),
      bought_share: row.bought_share === null ? null : Number(row.bought_share),
      is_below_earlier_stage: row.is_below_earlier_stage === null ? null : row.is_below_earlier_stage === true,
      as_of_date: String(row.as_of_date),
    })),
    horizon: kept
      ? {
          horizon_days: Number(kept.horizon_days),
          horizon_basis: String(kept.horizon_basis),
          as_of_date: String(kept.as_of_date),
        }
      : null,
    abstained: abstained.map((row) => ({
      score: String(row.score),
      reason: String(row.reason),
      people: Number(row.people),
    })),
    rfm: rfm.map((row) => ({
      rfm_segment: String(row.rfm_segment),
      people: Number(row.people),
      spend_amount: row.spend_amount === null ? null : Number(row.spend_amount),
    })),
  };
}

function rfmSql(from: string): string {
  return [
    'select rfm_segment, count(*) as people, cast(sum(spend_amount) as varchar) as spend_amount',
    `from ${from} as t`,
    'where rfm_segment is not null',
    'group by rfm_segment',
    'order by people desc, rfm_segment',
  ].join('\n');
}

const SCORES = ['rfm', 'value', 'churn'];

function abstainedSql(from: string): string {
  const one = (score: string): string =>
    `select '${score}' as score, ${score}_abstain_reason as reason, count(*) as people from ${from} as t where ${score}_abstain_reason is not null group by ${score}_abstain_reason`;
  return `select * from (${SCORES.map(one).join(' union all ')}) as reasons order by score, people desc, reason`;
}
