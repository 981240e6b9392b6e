import type { Interval } from '../statistics/bootstrap';
import { nudgeFromOne } from '../statistics/expected-orders';
import type { LogisticTerm } from '../statistics/logistic';
import type { Judgement } from '../statistics/metrics';
import type { Decided } from './decide-scoring';
import type { ChurnFit } from './fit-churn';
import type { FitWindow, FitWindows } from './fit-windows';
import type { JudgedFit } from './judge-fit';
import { tenDigits } from './recipe';

/** One number or word of a fit: what score_parameters holds. */
export interface FitParameter {
  /** A candidate, a baseline, `value` (Gamma-Gamma), `windows`, or `score`: what holds whichever model scores. */
  model: string;
  part: string;
  name: string;
  value: number | null;
  text: string | null;
}

type Named = Record<string, number | undefined>;

/** Finite numbers rounded to ten significant digits; what is undefined or infinite has no row. */
function numbers(model: string, part: string, values: Named): FitParameter[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const rounded = tenDigits(value);
    return rounded === undefined || !Number.isFinite(rounded)
      ? []
      : [{ model, part, name, value: rounded, text: null }];
  });
}

function words(model: string, part: string, values: Record<string, string | undefined>): FitParameter[] {
  return Object.entries(values).flatMap(([name, text]) =>
    text === undefined ? [] : [{ model, part, name, value: null, text }],
  );
}

/** All of a fit as rows: parameters of what scores, what was measured, verdicts and reasons. */
export function fitParameters(
  fit: ChurnFit,
  windows: FitWindows,
  families: ReadonlyMap<string, string>,
): FitParameter[] {
  return [
    ...decidedParameters(fit, windows, families),
    ...purchaseParameters(fit),
    ...numbers('windows', 'fit', { customers: windows.fit.rows }),
  ];
}

/** What scores a population, and how it was judged, as rows. */
export function decidedParameters(
  fit: Decided,
  windows: FitWindows,
  families: ReadonlyMap<string, string>,
): FitParameter[] {
  return [
    ...scoringParameters(fit, families),
    ...(fit.judged ? judgements(fit.judged) : []),
    ...windowNumbers('judged', windows.judged),
    ...windows.training.flatMap((window, index) => windowNumbers(`training_${index + 1}`, window)),
    ...(windows.season ? windowNumbers('season', windows.season) : []),
    ...words('score', 'warning', Object.fromEntries(fit.warnings.map((code) => [code, code]))),
  ];
}

function scoringParameters(
  { scoring, judged, reason }: Decided,
  families: ReadonlyMap<string, string>,
): FitParameter[] {
  const decision = words('score', 'decision', { model: scoring?.model.name ?? 'none', reason });
  if (!scoring) return decision;
  const { logistic, purchases } = scoring.model;
  const terms = logistic?.terms ?? [];
  const cuts = judged?.cuts;
  return [
    ...decision,
    ...numbers('score', 'level', { shift: scoring.shift, intercept: logistic?.intercept }),
    ...(purchases ? numbers('score', 'purchases', asNumbers(purchases)) : []),
    ...terms.flatMap(({ name, coefficient, mean, deviation }) => [
      ...numbers('score', 'coefficient', { [name]: coefficient }),
      ...numbers('score', 'mean', { [name]: mean }),
      ...numbers('score', 'deviation', { [name]: deviation }),
    ]),
    ...slopes(terms, families),
    ...numbers('score', 'cut', {
      likely_from: cuts?.likely.cut,
      likely_people: cuts?.likely.likely,
      likely_precision: cuts?.likely.precision,
      likely_recall: cuts?.likely.recall,
      medium_from: cuts?.mediumFrom,
      high_from: cuts?.highFrom,
    }),
  ];
}

/**
 * The same terms as SQL adds them up: slope · value summed by family, less the family's sum at the means of the training
 * rows. What a family adds to the log-odds is so told against the average customer.
 */
function slopes(terms: readonly LogisticTerm[], families: ReadonlyMap<string, string>): FitParameter[] {
  const centres = new Map<string, number>();
  for (const { name, coefficient, mean, deviation } of terms) {
    const family = families.get(name) as string;
    centres.set(family, (centres.get(family) ?? 0) + (coefficient * mean) / deviation);
  }
  return [
    ...terms.map(({ name, coefficient, deviation }) => exact('slope', name, coefficient / deviation)),
    ...[...centres].map(([family, centre]) => exact('centre', family, centre)),
  ];
}

/** Derived from rounded parameters, so that it need not be rounded again. */
const exact = (part: string, name: string, value: number): FitParameter => ({
  model: 'score',
  part,
  name,
  value,
  text: null,
});

const asNumbers = ({ r, alpha, a, b }: { r: number; alpha: number; a: number; b: number }): Named => ({
  r,
  alpha,
  a,
  b,
});

function purchaseParameters({
  purchases,
  purchasesAbstain,
  value,
  valueAbstain,
  seriesLimit,
}: ChurnFit): FitParameter[] {
  const { r, alpha, a, b } = purchases?.parameters ?? {};
  return [
    ...numbers('orders', 'parameter', { r, alpha, a: a === undefined ? undefined : nudgeFromOne(a), b }),
    ...numbers('orders', 'fit', {
      log_likelihood: purchases?.logLikelihood,
      customers: purchases?.customers,
      series_limit: purchases ? seriesLimit : undefined,
    }),
    ...words('orders', 'abstain', { reason: purchasesAbstain }),
    ...numbers('value', 'parameter', { p: value?.parameters.p, q: value?.parameters.q, v: value?.parameters.v }),
    ...numbers('value', 'fit', {
      log_likelihood: value?.logLikelihood,
      customers: value?.customers,
      correlation: value?.correlation,
    }),
    ...words('value', 'abstain', { reason: valueAbstain }),
  ];
}

function judgements({ candidates, baselines, decision }: JudgedFit): FitParameter[] {
  return [
    ...candidates.flatMap((candidate) => [
      ...words(candidate.name, 'verdict', { verdict: decision.verdicts[candidate.name] }),
      ...('abstain' in candidate
        ? []
        : [
            ...measures(candidate.name, candidate),
            ...Object.entries(candidate.gainOver).flatMap(([baseline, gain]) =>
              numbers(candidate.name, `gain_over_${baseline}`, intervalOf(gain)),
            ),
          ]),
    ]),
    ...Object.entries(baselines).flatMap(([name, judgement]) => measures(name, judgement)),
  ];
}

const intervalOf = ({ estimate, low, high }: Interval): Named => ({ estimate, low, high });

function measures(model: string, judged: { everybody: Judgement; active: Judgement | undefined }): FitParameter[] {
  const named = (judgement: Judgement): Named => ({
    rows: judgement.rows,
    positives: judgement.positives,
    auc: judgement.auc,
    average_precision: judgement.averagePrecision,
    brier: judgement.brier,
    log_loss: judgement.logLoss,
    ece: judgement.ece,
    calibration_in_the_large: judgement.calibrationInTheLarge,
    top_decile_lift: judgement.topDecileLift,
  });
  return [
    ...numbers(model, 'judged', named(judged.everybody)),
    ...(judged.active ? numbers(model, 'judged_active', named(judged.active)) : []),
  ];
}

function windowNumbers(name: string, { rows, positives }: FitWindow): FitParameter[] {
  return numbers('windows', name, { customers: rows, bought: positives });
}
