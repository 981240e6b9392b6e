import { type ExpectedPerson, lastDay } from './expected-people';

export interface Threshold {
  atRisk: number | null;
  lapsed: number | null;
}

/** One day of a Kaplan-Meier curve. */
export interface CurveDay {
  atRisk: number;
  ended: number;
  survival: number;
  chance: number | null;
}

const CLASSES = ['1', '2', '3-5', '6+'] as const;
export type PurchaseClass = (typeof CLASSES)[number];

export function classOf(purchaseDays: number): PurchaseClass {
  if (purchaseDays <= 2) return purchaseDays === 1 ? '1' : '2';
  return purchaseDays <= 5 ? '3-5' : '6+';
}

export interface Spell {
  purchaseClass: PurchaseClass;
  days: number;
  ended: boolean;
}

export function spellsOf(people: Iterable<ExpectedPerson>, asOf: number): Spell[] {
  return [...people].flatMap(({ days }) =>
    days.map((day, index) => ({
      purchaseClass: classOf(index + 1),
      days: (days[index + 1] ?? asOf) - day,
      ended: index + 1 < days.length,
    })),
  );
}

/** Textbook Kaplan-Meier: at each day the ended spells over those that lasted at least that long. */
export function curve(spells: readonly Spell[], horizon: number, history: number): CurveDay[] {
  const ended = new Array<number>(history + 1).fill(0);
  const all = new Array<number>(history + 1).fill(0);
  for (const spell of spells) {
    all[spell.days] = (all[spell.days] ?? 0) + 1;
    if (spell.ended) ended[spell.days] = (ended[spell.days] ?? 0) + 1;
  }
  let atRisk = spells.length;
  let survival = 1;
  const days = ended.map((count, day) => {
    survival *= atRisk === 0 ? 1 : 1 - count / atRisk;
    const found = { atRisk, ended: count, survival, chance: null as number | null };
    atRisk -= all[day] ?? 0;
    return found;
  });
  for (const [day, now] of days.entries()) {
    const later = days[day + horizon];
    if (later && now.atRisk >= 30 && now.survival > 0) now.chance = 1 - later.survival / now.survival;
  }
  return days;
}

/** Days of silence from which the return chance is below the two shares of the fresh one. */
export function thresholds(
  spells: readonly Spell[],
  horizon: number,
  history: number,
): Record<PurchaseClass, Threshold> {
  const isFixed = spells.filter(({ ended }) => ended).length < 100 || history < 2 * horizon;
  const one = (purchaseClass: PurchaseClass): Threshold => {
    if (isFixed) return { atRisk: 90, lapsed: 180 };
    const own = spells.filter((spell) => spell.purchaseClass === purchaseClass);
    const days = curve(own.filter(({ ended }) => ended).length < 100 ? spells : own, horizon, history);
    const fresh = days[0]?.chance ?? null;
    const first = (share: number): number | null => {
      // The product rounds to 1e-6 before it decides; so does the oracle.
      const day = days.findIndex(({ chance }) => chance !== null && fresh !== null && six(chance) < share * six(fresh));
      return day < 0 ? null : day;
    };
    return { atRisk: first(0.6), lapsed: first(0.3) };
  };
  return Object.fromEntries(CLASSES.map((name) => [name, one(name)])) as Record<PurchaseClass, Threshold>;
}

function six(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** The shortest horizon that fits twice into the history and within which 60 % of repeat customers have bought again. */
export function horizonOf(spells: readonly Spell[], history: number): number {
  const repeat = curve(
    spells.filter(({ purchaseClass }) => purchaseClass !== '1'),
    0,
    history,
  );
  const found = [28, 56, 91, 182, 365].filter(
    (days) => 2 * days <= history && 1 - (repeat[days]?.survival ?? 1) >= 0.6,
  );
  return found[0] ?? 91;
}

export interface ExpectedStage {
  stage: 'new' | 'reactivated' | 'active' | 'at_risk' | 'lapsed';
  atRiskFrom: number | null;
  lapsedFrom: number | null;
}

const NEW_DAYS = 30;

/** A person's stage from own purchase days and the thresholds, in the order of the words: new, reactivated, lapsed, at risk. */
export function stageOf(person: ExpectedPerson, asOf: number, limits: Record<PurchaseClass, Threshold>): ExpectedStage {
  const { days } = person;
  const last = lastDay(person);
  const limit = limits[classOf(days.length)];
  const rhythm = days.length < 4 ? null : Math.ceil((2 * (last - (days[0] as number))) / (days.length - 1));
  const silences = [limit.atRisk, rhythm].filter((value): value is number => value !== null);
  const atRiskFrom = silences.length === 0 ? null : last + Math.min(...silences);
  const lapsedFrom = limit.lapsed === null ? null : last + limit.lapsed;
  const dates = { atRiskFrom, lapsedFrom };
  if (days.length === 1 && asOf - last <= NEW_DAYS) return { stage: 'new', ...dates };
  if (days.length > 1 && asOf - last <= NEW_DAYS) {
    const silence = last - (days.at(-2) as number);
    const limitThen = limits[classOf(days.length - 1)].lapsed;
    // A silence no longer than what is still "new" is nothing to come back from.
    if (limitThen !== null && silence >= limitThen && silence > NEW_DAYS) return { stage: 'reactivated', ...dates };
  }
  if (lapsedFrom !== null && lapsedFrom <= asOf) return { stage: 'lapsed', ...dates };
  return { stage: atRiskFrom !== null && atRiskFrom <= asOf ? 'at_risk' : 'active', ...dates };
}
