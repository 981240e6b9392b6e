/** How many models may be under way at once, unless a deployment says another. */
export const WIDTH = 5;

/** Of the time that the youngest query has run: it is noticed at most so much later than it ended. */
const SHARE_OF_QUERY = 1 / 4;
/** Seconds; a query of hours is still looked at this often. */
const LONGEST_FOR_QUERY = 300;
/** Of the time since models were first started in this walk: whatever runs, this alone bounds how often anybody looks. */
const SHARE_OF_WALK = 1 / 120;

/**
 * How long to wait before the next look at queries under way, in whole seconds: longer the longer they take, and never
 * less than a share of what the walk has taken already. So a walk of T seconds has fewer than 120 + 120 ln(T / 120)
 * looks, and a state machine's history has an end.
 *
 * @param query milliseconds since the youngest query was started.
 * @param walk milliseconds since the first was.
 */
export function waitSeconds(query: number, walk: number): number {
  const forQuery = Math.min(LONGEST_FOR_QUERY, Math.round((query / 1000) * SHARE_OF_QUERY));
  return Math.max(1, forQuery, Math.ceil((walk / 1000) * SHARE_OF_WALK));
}
