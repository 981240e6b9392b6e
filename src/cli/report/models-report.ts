import { FIT_WARNINGS } from '../../core/scores/fit-warnings';
import type { Manifest } from '../../core/snapshots/manifest';
import type { NightDetails } from '../../pipeline/read-night';
import type { Predictions } from '../../pipeline/read-predictions';
import { abstainedSection } from '../summary/care';
import type { Paper } from '../summary/paper';
import { section, wrapped } from '../summary/paper';
import { predictionsSection } from '../summary/predictions';
import { judgementSections } from './judgement';
import { groupSections, overTimeSection, toldNights } from './outcomes';

export interface ModelsReportInput {
  shop: string;
  manifest: Manifest;
  details: NightDetails;
  predictions: Predictions;
}

/** How right the predictions were, what scores and why, and what is not said: `tidemark report models`. */
export function modelsReport({ shop, manifest, details, predictions }: ModelsReportInput, paper: Paper): string {
  const nights = toldNights(predictions.receipts);
  return [
    paper.colors.bold(`${shop}, night of ${manifest.run_date}: how right are the predictions?`),
    ...fitLine(manifest),
    ...predictionsSection(paper, manifest, predictions),
    ...(nights.length > 0 ? overTimeSection(paper, nights) : nothingDue(paper)),
    ...groupSections(paper, nights),
    ...judgementSections(paper, predictions.parameters),
    ...abstainedSection(paper, manifest, details),
    ...warnings(paper, manifest),
    ...section(paper, 'How to read this', wrapped(paper, HOW_TO_READ)),
  ].join('\n');
}

/** Which fit the night used, made that night or taken over. */
function fitLine({ parameters }: Manifest): string[] {
  const fit = parameters.score_parameters;
  return fit ? [`fit ${fit.id}, as of ${fit.as_of_date}`] : [];
}

const HOW_TO_READ =
  'told: the sum of the chances people were given. of told: bought over told, 100 % is right. band: whether chance alone explains the difference. top lift: how much more often the tenth with the greatest chance bought than everybody. ECE: mean distance of told and bought shares over the tenths, 0 is right. docs/models.md has the formulas.';

function nothingDue(paper: Paper): string[] {
  return section(paper, 'Told and happened', [
    '  nothing yet: what a night tells is judged once its horizon has passed, by a night on that very day',
  ]);
}

function warnings(paper: Paper, manifest: Manifest): string[] {
  const own = manifest.warnings.filter(({ code }) => code === 'receipt_outside_band' || FIT_WARNINGS.has(code));
  return section(
    paper,
    'Warnings',
    own.flatMap(({ message }) => wrapped(paper, message, '  ! ', '    ')),
  );
}
