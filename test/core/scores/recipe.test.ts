import type { FitWindow } from '../../../src/core/scores/fit-windows';
import { type PreparedCandidate, PurchaseFits, prepare } from '../../../src/core/scores/recipe';
import { simulatedWindow } from './simulated-window';

const HORIZON = 28;
const CUSTOMERS = 800;
const windowOf = (alpha: number, a: number, seed: number): FitWindow =>
  simulatedWindow({ kind: 'mbg', r: 1.2, alpha, a, b: 3 }, { seed, customers: CUSTOMERS, horizon: HORIZON });

/** A slow time: every third of those who would have bought did not. */
function slowed(window: FitWindow): FitWindow {
  let buyers = 0;
  const labels = window.labels.map((label) => (label === 1 && ++buyers % 3 === 0 ? 0 : label));
  return { ...window, labels, positives: labels.reduce((sum, each) => sum + each, 0) };
}

/** Tonight, a slow time before it, and a year ago; each has people of other habits, so that each fit is another. */
const NOW = windowOf(40, 0.6, 1);
const NEWEST = slowed(windowOf(90, 3, 2));
const LAST_YEAR = windowOf(60, 1, 3);

const FITS = new PurchaseFits();

function prepared(levels: readonly FitWindow[]): PreparedCandidate {
  const candidate = prepare('mbg', { now: NOW, matured: levels, levels }, FITS, HORIZON);
  if ('abstain' in candidate) throw new Error(candidate.abstain);
  return candidate;
}

/** Buyers that a purchase model promises in a window, by the formulas of docs/models.md, its odds times exp(shift). */
function promised({ model, shift }: PreparedCandidate, { counts, rows }: FitWindow): number {
  const { r, alpha, a, b } = model.purchases ?? { r: 0, alpha: 0, a: 0, b: 0 };
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const [x, span, age] = [counts.repeats[row], counts.span[row], counts.age[row]] as [number, number, number];
    const alive = 1 / (1 + (a / (b + x)) * ((alpha + age) / (alpha + span)) ** (r + x));
    const p = alive * (1 - ((alpha + age) / (alpha + age + HORIZON)) ** (r + x));
    const odds = (p / (1 - p)) * Math.exp(shift);
    sum += odds / (1 + odds);
  }
  return sum;
}

test('the purchase model of tonight promises as many as bought in the newest window, not the one fitted then', () => {
  const candidate = prepared([NEWEST]);
  expect(Math.abs(candidate.shift)).toBeGreaterThan(0.2);
  expect(promised(candidate, NEWEST)).toBeCloseTo(NEWEST.positives, 5);
  const then = {
    ...candidate,
    model: { ...candidate.model, purchases: FITS.fitted(NEWEST)?.parameters },
  };
  expect(Math.abs(promised(then, NEWEST) - NEWEST.positives)).toBeGreaterThan(5);
});

test("with last year's season both together come out right, and neither alone", () => {
  const candidate = prepared([NEWEST, LAST_YEAR]);
  const [newest, lastYear] = [promised(candidate, NEWEST), promised(candidate, LAST_YEAR)];
  expect(newest + lastYear).toBeCloseTo(NEWEST.positives + LAST_YEAR.positives, 5);
  expect(Math.abs(newest - NEWEST.positives)).toBeGreaterThan(5);
});

test('twenty buyers and twenty others tell a level; nineteen of either tell none', () => {
  const withBuyers = (buyers: number): FitWindow => ({
    ...NEWEST,
    labels: NEWEST.labels.map((_, row) => Number(row < buyers)),
    positives: buyers,
  });
  const shifts = [19, 20, CUSTOMERS - 20, CUSTOMERS - 19].map((buyers) => prepared([withBuyers(buyers)]).shift);
  expect(shifts.map((shift) => Math.sign(shift))).toEqual([0, -1, 1, 0]);
  expect(prepared([]).shift).toBe(0);
});
