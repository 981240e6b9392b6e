import type { Manifest } from '../../core/snapshots/manifest';
import type { NightDetails } from '../../pipeline/read-night';
import type { Predictions } from '../../pipeline/read-predictions';
import { bytes, count, peopleText, plural, seconds, usd } from '../format';
import { abstainedSection, droppedSection, frozenSection, gateSection, warningsSection } from './care';
import { type Paper, section } from './paper';
import { audiencesSection, backtestSection, customersSection, fact, lifecycleSection, rfmSection } from './people';
import { maturedSection, predictionsSection } from './predictions';

export interface SummaryInput {
  manifest: Manifest;
  details: NightDetails;
  predictions: Predictions;
  shop: string;
  currency: string;
  /** Folder of the project and of the output as a person would type them. */
  project: string;
  out: string;
  isPublishedAlready: boolean;
  /** Whether this night is what current.json names. */
  isCurrent: boolean;
}

/** A night as a person wants to read it. */
export function summary(input: SummaryInput, paper: Paper): string {
  const { manifest, details } = input;
  return [
    ...heading(input, paper),
    ...customersSection(paper, manifest, input.currency),
    ...lifecycleSection(paper, manifest),
    ...rfmSection(paper, details, input.currency),
    ...audiencesSection(paper, manifest),
    ...predictionsSection(paper, manifest, input.predictions),
    ...maturedSection(paper, manifest, input.predictions),
    ...backtestSection(paper, details),
    ...gateSection(paper, manifest),
    ...frozenSection(paper, manifest, details),
    ...droppedSection(paper, manifest),
    ...abstainedSection(paper, manifest, details),
    ...warningsSection(paper, manifest),
    ...filesSection(input, paper),
    ...nextSection(input, paper),
  ].join('\n');
}

function heading({ manifest, shop, isPublishedAlready, isCurrent }: SummaryInput, paper: Paper): string[] {
  const title = paper.colors.bold(`${shop}, night of ${manifest.run_date}`);
  const { seconds: spent, bytes_scanned, estimate } = manifest.cost;
  const scanned = bytes_scanned > 0 ? ` that scanned ${bytes(bytes_scanned)}` : '';
  const costs = estimate ? `, estimated at ${usd(estimate.total_usd)}` : '';
  const stands = isCurrent ? '' : ' A later night stays current.';
  return isPublishedAlready
    ? [title, `Nothing changed: this night is published already as run ${manifest.run_id}.${stands}`]
    : [
        title,
        `Published as run ${manifest.run_id}, computed in ${seconds(spent)} of queries${scanned}${costs}.${stands}`,
      ];
}

const PUBLIC_FIRST = ['people', 'audiences', 'memberships', 'changes'];

function filesSection({ manifest, out, isCurrent }: SummaryInput, paper: Paper): string[] {
  const tables = PUBLIC_FIRST.flatMap((name) => manifest.tables.filter((table) => table.name === name));
  const width = Math.max(0, ...tables.map((table) => `${out}/${table.prefix}`.length)) + 2;
  return section(paper, 'Files', [
    `  ${`${out}/current.json`.padEnd(width)}${isCurrent ? 'names this night' : 'names a later night'}`,
    `  ${`${out}/manifests/${manifest.run_id}.json`.padEnd(width)}everything about it`,
    ...tables.map((table) => `  ${`${out}/${table.prefix}`.padEnd(width)}${plural(table.rows, 'row')}`),
  ]);
}

function nextSection({ manifest, details, project }: SummaryInput, paper: Paper): string[] {
  const where = project === '.' ? '' : ` --project ${project}`;
  const lines: string[] = [];
  if (manifest.audiences.length === 0)
    lines.push(`  npx tidemark new segment loyal${where}   write a first segment, then run again`);
  else lines.push(`  edit ${project === '.' ? '' : `${project}/`}segments/*.yml, then npx tidemark validate${where}`);
  const heavy = manifest.warnings.find((warning) => warning.code === 'heavy_customer');
  if (heavy) lines.push('  look at the customer id named above; a till or guest account belongs under not_customers');
  const { horizon } = details;
  if (horizon && horizon.horizon_basis !== 'configured') {
    lines.push(
      `  pin the horizon in ${project === '.' ? '' : `${project}/`}tidemark.yml so that it never moves: predictions: { horizon_days: ${horizon.horizon_days} }`,
    );
  }
  return section(paper, 'Next', lines);
}

/** One line for a night that is not the last of several. */
export function nightLine(manifest: Manifest, isPublishedAlready: boolean): string {
  const [entered, left] = manifest.audiences.reduce(
    ([plus, minus], audience) => [plus + audience.entered_count, minus + audience.left_count] as [number, number],
    [0, 0] as [number, number],
  );
  const moves =
    manifest.audiences.length > 0
      ? `, ${plural(manifest.audiences.length, 'segment')} +${count(entered)} −${count(left)}`
      : '';
  const how = isPublishedAlready ? 'published already as run' : 'published as run';
  return `${manifest.run_date}  ${peopleText(fact(manifest, 'people', 'people'))}${moves}, ${how} ${manifest.run_id}`;
}
