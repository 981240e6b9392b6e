import { addDays } from '../../src/core/dates';
import { type ChurnModel, concat, logOddsOf } from '../../src/core/scores/candidates';
import {
  type KnownAt,
  type PreparedCandidate,
  PurchaseFits,
  prepare,
  probabilitiesOf,
} from '../../src/core/scores/recipe';
import { SEASON_DAYS, WINDOW_STEP } from '../../src/core/scores/training-dates';
import { interceptShift } from '../../src/core/statistics/calibration';
import { CANDIDATES, type CandidateName } from '../../src/core/statistics/gate';
import { logLoss } from '../../src/core/statistics/metrics';
import { groupScores } from '../../src/core/statistics/score-groups';
import { sigmoid } from '../../src/core/statistics/special';
import { type Asked, type Comparison, compare } from './comparison';
import type { Replication } from './judge';
import type { BenchShop, Snapshot } from './shop';

/** Whose windows a date looks back on: those of a night that scores, or those that the gate judges candidates by. */
export const LOOKS = ['night', 'gate'] as const;
export type Look = (typeof LOOKS)[number];

/** Days before a night that no label may end in, as in a project file that does not say. */
const EMBARGO = 7;

const offsetsOf = (look: Look, horizon: number): [number, number] =>
  look === 'night' ? [EMBARGO + horizon, EMBARGO + 2 * horizon] : [horizon, horizon + WINDOW_STEP];

/** A date and the windows that a fit of that date knows. */
interface KnownDate {
  known: KnownAt & { now: Snapshot };
  /** No day of its label is one of another such date's, of this horizon. */
  isApart: boolean;
  horizon: number;
}

/** A candidate at a date, and everything that a choice of its level may look at. */
interface Levelled {
  date: KnownDate;
  prepared: PreparedCandidate;
  fits: PurchaseFits;
}

const shiftOn = (model: ChurnModel, windows: readonly Snapshot[], horizon: number): number => {
  const positives = windows.reduce((sum, window) => sum + window.positives, 0);
  const found = interceptShift(concat(windows.map((window) => logOddsOf(model, window, horizon))), positives);
  return 'shift' in found ? found.shift : 0;
};

/** Variance of a shift by who happens to buy: 1 / Σ p (1 - p) over the rows that taught it. */
function variance({ prepared, date: { known, horizon } }: Levelled): number {
  const odds = concat(known.levels.map((window) => logOddsOf(prepared.model, window, horizon)));
  const information = odds.reduce((sum, each) => {
    const p = sigmoid(each + prepared.shift);
    return sum + p * (1 - p);
  }, 0);
  return 1 / information;
}

const pooled = ({ prepared, date: { known, horizon } }: Levelled): number =>
  shiftOn(prepared.model, known.matured as Snapshot[], horizon);

/** Other shifts than the product's, which takes what the newest window, and last year's, teach of the model as it is. */
export const CHOICES: Readonly<Record<string, (of: Levelled) => number | undefined>> = {
  'asked as fitted then': ({ prepared: { model }, fits, date: { known, horizon } }) => {
    const then = model.name === 'mbg' && fits.fitted(known.levels[0]);
    return then ? shiftOn({ ...model, purchases: then.parameters }, known.levels as Snapshot[], horizon) : undefined;
  },
  none: () => 0,
  half: ({ prepared }) => prepared.shift / 2,
  'all windows': pooled,
  'between newest and all': (of) => (of.prepared.shift + pooled(of)) / 2,
  'where significant': (of) => (of.prepared.shift ** 2 > 1.96 ** 2 * variance(of) ? of.prepared.shift : 0),
  shrunk: (of) => of.prepared.shift * Math.max(0, 1 - variance(of) / of.prepared.shift ** 2 || 0),
};

/** One shop's dates: `horizons` days ahead, every WINDOW_STEP days back to where the oldest window is `earliest`. */
export interface LevelDates {
  example: string;
  horizons: readonly number[];
  earliest: string;
}

async function datesOf(shop: BenchShop, { horizons, earliest }: LevelDates, look: Look): Promise<KnownDate[]> {
  const dates: KnownDate[] = [];
  for (const horizon of horizons) {
    const taken = new Map<string, Snapshot>();
    const at = async (day: string): Promise<Snapshot> => {
      const found = taken.get(day) ?? (await shop.snapshot(day, horizon));
      taken.set(day, found);
      return found;
    };
    const [newest, oldest] = offsetsOf(look, horizon);
    let lastApart: string | undefined;
    let day = addDays(shop.lastDay, -horizon);
    for (; addDays(day, -oldest) >= earliest; day = addDays(day, -WINDOW_STEP)) {
      const training = [await at(addDays(day, -newest)), await at(addDays(day, -oldest))];
      const lastYear = addDays(day, -SEASON_DAYS);
      const isSeen = look === 'night' && horizon + EMBARGO <= SEASON_DAYS && lastYear >= earliest;
      const season = isSeen ? [await at(lastYear)] : [];
      const isApart = lastApart === undefined || addDays(day, horizon) <= lastApart;
      if (isApart) lastApart = day;
      const known = {
        now: await at(day),
        matured: [...training, ...season],
        levels: [...training.slice(0, 1), ...season],
      };
      dates.push({ known, isApart, horizon });
    }
  }
  return dates;
}

/** The product's level → another, with the dates apart on which that was better, and worse, by log-loss. */
export interface LevelComparison extends Comparison {
  choice: string;
  apart: number;
  better: number;
  worse: number;
}

/** Every candidate of every date of one shop, its level chosen in each way against the product's. */
export async function compareLevels(
  shop: BenchShop,
  dates: LevelDates,
  look: Look,
  replication: Replication,
): Promise<LevelComparison[]> {
  const known = await datesOf(shop, dates, look);
  return CANDIDATES.flatMap((name) => {
    const levelled = known.flatMap((date) => levelledAt(date, name));
    return Object.keys(CHOICES).flatMap((choice) => {
      const asked = levelled.flatMap((each) => askedOf(each, choice));
      return asked.length > 0 ? [comparisonOf(`${shop.example}, ${name}`, choice, asked, replication)] : [];
    });
  });
}

function levelledAt(date: KnownDate, name: CandidateName): Levelled[] {
  const fits = new PurchaseFits();
  const prepared = prepare(name, date.known, fits, date.horizon);
  return 'abstain' in prepared ? [] : [{ date, prepared, fits }];
}

type AskedDate = Asked & { isApart: boolean };

function askedOf(of: Levelled, choice: string): AskedDate[] {
  const { date, prepared } = of;
  const { now: test } = date.known;
  const shift = CHOICES[choice]?.(of);
  if (shift === undefined) return [];
  const [first, second] = [prepared, { ...prepared, shift }].map((each) => probabilitiesOf(each, test, date.horizon));
  return [{ test, first: first as Float64Array, second: second as Float64Array, isApart: date.isApart }];
}

function comparisonOf(
  name: string,
  choice: string,
  asked: readonly AskedDate[],
  replication: Replication,
): LevelComparison {
  const lossOf = (probability: Float64Array, { labels }: Snapshot) => logLoss(groupScores({ probability, labels }));
  const apart = asked.filter(({ isApart }) => isApart);
  const gains = apart.map(({ first, second, test }) => lossOf(first, test) - lossOf(second, test));
  return {
    ...compare(name, asked, replication),
    choice,
    apart: apart.length,
    better: gains.filter((gain) => gain > 0).length,
    worse: gains.filter((gain) => gain < 0).length,
  };
}
