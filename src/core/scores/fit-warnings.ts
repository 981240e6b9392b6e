import type { Warning } from '../snapshots/manifest';
import { REASONS } from './reasons';

const ABOUT: Readonly<Record<string, string>> = {
  season_unseen:
    'the coming season has never been seen by the predictions, as the orders do not go back a year before the fit: what a season moves, they cannot know',
  dropout_not_identified:
    'the orders do not show whether customers ever leave for good, so there are no expected orders; the chance of a purchase does not depend on it',
  rate_not_identified:
    'everybody seems to buy at one rate, so there are no expected orders; the chance of a purchase does not depend on it',
  feature_leaks:
    'a feature tells buyers from others without error, which is a leak and no prediction: look at the mapping of the sources; the models that learn from features score nobody',
  value_depends_on_frequency:
    'how much an order brings depends on how often somebody buys, which the model of order values rules out: there are no expected values',
};

const NOBODY_SCORED = 'nobody_scored';

/** What the reader can do, where it is not told by the reason. */
const HELP: Readonly<Record<string, string>> = {
  history_too_short: '; wait for about two horizons of orders, or set a shorter predictions.horizon_days',
};

/** Codes of all that a fit may warn of. */
export const FIT_WARNINGS: ReadonlySet<string> = new Set([...Object.keys(ABOUT), NOBODY_SCORED]);

/** What the week's fit says, told every night it is in force, inherited or not. */
export function fitWarnings(values: Readonly<Record<string, string>> | undefined): Warning[] {
  if (!values) return [];
  const { score_model, score_reason = 'no_model', fit_warnings = '' } = values;
  const abstains: Warning[] =
    score_model === 'none'
      ? [
          {
            code: NOBODY_SCORED,
            message: `nobody has a churn risk: ${REASONS[score_reason] ?? score_reason}${HELP[score_reason] ?? ''}`,
          },
        ]
      : [];
  const told = fit_warnings.split(',').flatMap((code) => {
    const message = ABOUT[code];
    return message ? [{ code, message }] : [];
  });
  return [...abstains, ...told];
}
