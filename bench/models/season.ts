import { addDays } from '../../src/core/dates';
import { type KnownAt, PurchaseFits, prepare, probabilitiesOf } from '../../src/core/scores/recipe';
import { SEASON_DAYS, WINDOW_STEP } from '../../src/core/scores/training-dates';
import { CANDIDATES } from '../../src/core/statistics/gate';
import { type Asked, type Comparison, compare } from './comparison';
import type { Replication } from './judge';
import type { BenchShop, Snapshot } from './shop';

/** What last year's window may do: be learned from, tell the level, or both, as the product has it. */
const USES = {
  'learned from': { isLearned: true, isLevel: false },
  'tells the level': { isLearned: false, isLevel: true },
  both: { isLearned: true, isLevel: true },
} as const;

/** Without last year's same season against with it, over several dates of one shop. */
export async function compareSeason(
  shop: BenchShop,
  dates: readonly string[],
  horizon: number,
  replication: Replication,
): Promise<Comparison[]> {
  const windows: { test: Snapshot; training: Snapshot[]; season: Snapshot }[] = [];
  for (const asOf of dates) {
    const at = (days: number): Promise<Snapshot> => shop.snapshot(addDays(asOf, -days), horizon);
    const [test, newest, older, season] = [
      await at(0),
      await at(horizon),
      await at(horizon + WINDOW_STEP),
      await at(SEASON_DAYS),
    ];
    windows.push({ test, training: [newest, older], season });
  }
  return CANDIDATES.flatMap((name) =>
    Object.entries(USES).flatMap(([use, { isLearned, isLevel }]) => {
      // The purchase model learns from its own day alone.
      if (name === 'mbg' && isLearned) return [];
      const asked = windows.flatMap(({ test, training, season }): Asked[] => {
        const fits = new PurchaseFits();
        const scoreOf = (learned: boolean, level: boolean): Float64Array | undefined => {
          const known: KnownAt = {
            now: test,
            matured: [...training, ...(learned ? [season] : [])],
            levels: [...training.slice(0, 1), ...(level ? [season] : [])],
          };
          const prepared = prepare(name, known, fits, horizon);
          return 'abstain' in prepared ? undefined : probabilitiesOf(prepared, test, horizon);
        };
        const [first, second] = [scoreOf(false, false), scoreOf(isLearned, isLevel)];
        return first && second ? [{ test, first, second }] : [];
      });
      return asked.length > 0 ? [compare(`${shop.example} ${horizon} d, ${name}, ${use}`, asked, replication)] : [];
    }),
  );
}
