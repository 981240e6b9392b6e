import { addDays } from '../../src/core/dates';
import { fitLogisticCandidate, logOddsOf, MBG_LOGIT } from '../../src/core/scores/candidates';
import type { Interval } from '../../src/core/statistics/bootstrap';
import { interceptShift } from '../../src/core/statistics/calibration';
import type { PurchaseCounts } from '../../src/core/statistics/counts';
import { fitPurchases } from '../../src/core/statistics/purchase-fit';
import type { PurchaseParameters } from '../../src/core/statistics/purchase-likelihood';
import { probabilityOfPurchase } from '../../src/core/statistics/purchase-scores';
import { logit, sigmoid } from '../../src/core/statistics/special';
import { expectedOrders } from '../../test/support/formulas/purchase-scores';
import { type Comparison, compare, meanGain } from './comparison';
import type { Replication } from './judge';
import type { Snapshot } from './shop';
import { splitByCohort } from './split-by-cohort';

/** Number of the quarter or month in which a person bought first. */
type Cohort = (firstDay: string) => number;
const COHORTS: Readonly<Record<string, Cohort>> = {
  quarter: (day) => 4 * Number(day.slice(0, 4)) + Math.floor((Number(day.slice(5, 7)) - 1) / 3),
  month: (day) => 12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7)) - 1,
};
/** People below which a cohort is fitted together with all. */
const MIN_COHORT = 200;

interface CohortFit {
  parameters: ReadonlyMap<number, PurchaseParameters>;
  pooled: PurchaseParameters;
}

const mbgOf = (counts: PurchaseCounts): PurchaseParameters | undefined => {
  const fit = fitPurchases(counts, { kind: 'mbg', prior: 'weak' });
  return 'fitted' in fit ? fit.fitted.parameters : undefined;
};

const cohortsOf = ({ asOf, counts }: Snapshot, cohort: Cohort): number[] =>
  Array.from(counts.age, (age) => cohort(addDays(asOf, -age)));

/** Everybody in one cohort: the fit of all. */
const POOLED: Cohort = () => 0;

function fitByCohort(window: Snapshot, cohort: Cohort): CohortFit | undefined {
  const pooled = mbgOf(window.counts);
  if (!pooled) return undefined;
  const parameters = new Map<number, PurchaseParameters>();
  if (cohort === POOLED) return { parameters, pooled };
  for (const [key, counts] of splitByCohort(window.counts, cohortsOf(window, cohort))) {
    const people = counts.weight.reduce((sum, each) => sum + each, 0);
    const own = people >= MIN_COHORT ? mbgOf(counts) : undefined;
    if (own) parameters.set(key, own);
  }
  return { parameters, pooled };
}

/** ln of the odds of a purchase by the fit of the own cohort. */
function oddsByCohort({ parameters, pooled }: CohortFit, window: Snapshot, cohort: Cohort, horizon: number) {
  const keys = cohortsOf(window, cohort);
  return Float64Array.from({ length: window.rows }, (_, row) =>
    logit(probabilityOfPurchase(parameters.get(keys[row] as number) ?? pooled, historyOf(window, row), horizon)),
  );
}

const historyOf = ({ counts: { repeats, span, age } }: Snapshot, row: number) => ({
  repeats: repeats[row] as number,
  span: span[row] as number,
  age: age[row] as number,
});

/** P(purchase) by the purchase model alone, fitted on the day itself, at the level that the newest earlier window taught. */
function aloneByCohort(training: Snapshot, test: Snapshot, cohort: Cohort, horizon: number): Float64Array | undefined {
  const fit = fitByCohort(test, cohort);
  if (!fit) return undefined;
  const found = interceptShift(oddsByCohort(fit, training, cohort, horizon), training.positives);
  const shift = 'shift' in found ? found.shift : 0;
  return oddsByCohort(fit, test, cohort, horizon).map((odds) => sigmoid(odds + shift));
}

/** P(purchase) by the logistic model that has the log-odds among its features, fitted on the earlier window. */
function featureByCohort(
  training: Snapshot,
  test: Snapshot,
  cohort: Cohort,
  horizon: number,
): Float64Array | undefined {
  const fit = fitByCohort(training, cohort);
  if (!fit) return undefined;
  const withOdds = (window: Snapshot): Snapshot => {
    const odds = oddsByCohort(fit, window, cohort, horizon);
    return { ...window, features: new Map([...window.features, [MBG_LOGIT, odds]]) };
  };
  const found = fitLogisticCandidate([withOdds(training)], undefined, horizon);
  return 'abstain' in found ? undefined : logOddsOf(found.model, withOdds(test), horizon).map(sigmoid);
}

const PLACES = { alone: aloneByCohort, 'as a feature': featureByCohort } as const;

/** The purchase model fitted for each cohort of first purchases against the one of all, on one window out of time. */
export function compareCohorts(
  title: string,
  training: Snapshot,
  test: Snapshot,
  horizon: number,
  replication: Replication,
): Comparison[] {
  return Object.entries(COHORTS).flatMap(([name, cohort]) => {
    const cohorts = fitByCohort(test, cohort)?.parameters.size ?? 0;
    if (cohorts < 2) return [];
    return Object.entries(PLACES).flatMap(([place, scoreOf]) => {
      const [first, second] = [POOLED, cohort].map((each) => scoreOf(training, test, each, horizon));
      if (!first || !second) return [];
      return [compare(`${title}, ${cohorts} cohorts by ${name}, ${place}`, [{ test, first, second }], replication)];
    });
  });
}

/** Purchase days to come: what two fits expect of everybody together, and how far off they are of each, against what came. */
export interface OrdersComparison {
  name: string;
  /** Expected over happened, of all people together. */
  ofHappened: [number, number];
  /** Mean distance of expected and happened. */
  distance: [number, number];
  gain: Interval;
}

/** Expected purchase days by the fit of all against those by the fits of the cohorts. */
export function compareExpectedOrders(
  title: string,
  test: Snapshot,
  horizon: number,
  replication: Replication,
): OrdersComparison[] {
  return Object.entries(COHORTS).flatMap(([name, cohort]) => {
    const [pooled, own] = [fitByCohort(test, POOLED), fitByCohort(test, cohort)];
    if (!pooled || !own || own.parameters.size < 2) return [];
    const [first, second] = [ordersByCohort(pooled, test, POOLED, horizon), ordersByCohort(own, test, cohort, horizon)];
    const happened = test.laterDays;
    const sum = (values: Float64Array): number => values.reduce((total, each) => total + each, 0);
    const off = (values: Float64Array): Float64Array =>
      values.map((each, row) => Math.abs(each - (happened[row] ?? 0)));
    const [one, other] = [off(first), off(second)];
    return [
      {
        name: `${title}, ${own.parameters.size} cohorts by ${name}`,
        ofHappened: [sum(first) / sum(happened), sum(second) / sum(happened)],
        distance: [sum(one) / test.rows, sum(other) / test.rows],
        gain: meanGain([{ test, first: one, second: other }], replication),
      },
    ];
  });
}

function ordersByCohort({ parameters, pooled }: CohortFit, window: Snapshot, cohort: Cohort, horizon: number) {
  const keys = cohortsOf(window, cohort);
  return Float64Array.from({ length: window.rows }, (_, row) =>
    expectedOrders(parameters.get(keys[row] as number) ?? pooled, historyOf(window, row), horizon),
  );
}
