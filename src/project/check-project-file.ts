import type { ProjectFile, SourceFile } from '../core/project-file';
import { SOURCE_NAMES, type SourceName } from '../core/sources/contract';
import { dayColumn } from '../core/sources/freshness';
import { checkSource, checkZone, type Report } from './check-source-file';

/** The parts of a project file that passed the schema: what stands beside a mistake is checked too. */
export type ProjectFileParts = Partial<Omit<ProjectFile, 'sources'>> & {
  sources?: Partial<Record<SourceName, SourceFile>>;
};

/** Checks what a schema cannot say: zones, figures that must agree, sources that need each other, mappings. */
export function checkProjectFile(
  parts: ProjectFileParts,
  namedSources: readonly string[] | undefined,
  report: Report,
): void {
  checkZone(parts.time_zone, ['time_zone'], '', report);
  checkFigures(parts, report);
  checkSourcesTogether(parts, namedSources, report);
  const isMapped = (name: SourceName): boolean => namedSources?.includes(name) ?? true;
  checkFreshness(parts, isMapped, report);
  for (const [name, source] of Object.entries(parts.sources ?? {}))
    checkSource(name as SourceName, source, isMapped, report);
}

/** A night must not wait for what it never reads, or for a day that nothing says. */
function checkFreshness(parts: ProjectFileParts, isMapped: (name: SourceName) => boolean, report: Report): void {
  for (const name of Object.keys(parts.freshness ?? {}) as SourceName[]) {
    const source = parts.sources?.[name];
    if (!isMapped(name)) {
      report('freshness_not_used', ['freshness', name], `${name} is not mapped`, `map it, or take it out of freshness`);
    } else if (source && dayColumn(name, source) === undefined) {
      report(
        'freshness_without_day',
        ['freshness', name],
        `nothing that is mapped says which day a row of ${name} is about`,
        `map recorded_at or updated_at of ${name}, or take it out of freshness`,
      );
    }
  }
}

function checkFigures({ rfm, lifecycle }: ProjectFileParts, report: Report): void {
  for (const [name, cuts] of Object.entries(rfm?.cuts ?? {})) {
    if (cuts?.some((cut, index) => index > 0 && cut <= (cuts[index - 1] as number))) {
      report(
        'cuts_not_ascending',
        ['rfm', 'cuts', name],
        `the cuts of ${name} do not ascend: ${cuts.join(', ')}`,
        'write four numbers, each above the one before',
      );
    }
  }
  if (!lifecycle) return;
  const { at_risk_share, lapsed_share, fixed_days } = lifecycle;
  if (lapsed_share >= at_risk_share) {
    report(
      'shares_out_of_order',
      ['lifecycle', 'lapsed_share'],
      `lapsed_share (${lapsed_share}) is not below at_risk_share (${at_risk_share})`,
      'make it smaller: lapsed comes after at risk',
    );
  }
  if (fixed_days.at_risk >= fixed_days.lapsed) {
    report(
      'days_out_of_order',
      ['lifecycle', 'fixed_days', 'lapsed'],
      `lapsed (${fixed_days.lapsed} days) is not after at_risk (${fixed_days.at_risk} days)`,
      'make it larger',
    );
  }
}

function checkSourcesTogether(parts: ProjectFileParts, named: readonly string[] | undefined, report: Report): void {
  // A missing or mistyped name was told by the schema.
  if (named === undefined || named.includes('orders')) return;
  if (named.some((name) => !(SOURCE_NAMES as readonly string[]).includes(name))) return;
  if (!named.includes('order_lines')) {
    const nothing = named.length === 0;
    report(
      'no_orders',
      ['sources'],
      nothing ? 'no source is mapped' : 'neither orders nor order_lines is mapped',
      'map orders, or order_lines with customer_id and ordered_at',
    );
    return;
  }
  for (const column of ['customer_id', 'ordered_at']) {
    if (!parts.sources?.order_lines || parts.sources.order_lines.columns[column] !== undefined) continue;
    report(
      'missing_key',
      ['sources', 'order_lines', 'columns', column],
      `sources.order_lines.columns.${column} is missing`,
      'orders are derived from the lines here: map it, or map the source orders',
    );
  }
}
