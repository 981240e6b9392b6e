import { addDays } from '../../src/core/dates';
import type { GivenRow } from '../support/relations';

export const RUN_DATE = '2026-03-31';

export const dayAgo = (ago: number): string => addDays(RUN_DATE, -ago);

/** What people did and when, in days before the run date. */
export interface Activity {
  visits: readonly { id: string; ago: number; visits: number; carts: number }[];
  clicks: readonly { id: string; ago: number; clicked: number; opened: number }[];
  /** Since when a_app is known to be a; null where nobody knows. */
  mergedSince: number | null;
}

/** One row for each, in the order given. */
export function activityRows({ visits, clicks, mergedSince }: Activity): Record<string, GivenRow[]> {
  return {
    activity_days: visits.map(({ id: customer_id, ago, visits: n, carts }) => ({
      customer_id,
      day: dayAgo(ago),
      visits: n,
      carts,
    })),
    campaign_days: clicks.map(({ id: customer_id, ago, clicked, opened }) => ({
      customer_id,
      day: dayAgo(ago),
      clicked,
      opened,
    })),
    stg_identities:
      mergedSince === null
        ? []
        : [{ customer_id: 'a_app', canonical_customer_id: 'a', valid_from_date: dayAgo(mergedSince) }],
  };
}
