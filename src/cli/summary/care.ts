import { describeFinding } from '../../core/snapshots/gate';
import type { Manifest } from '../../core/snapshots/manifest';
import type { NightDetails } from '../../pipeline/read-night';
import { count, peopleText } from '../format';
import { type Paper, section, table, wrapped } from './paper';
import { fact } from './people';
import { reasonText } from './reasons';

/** Facts that count rows left out, by model and name; others are found by how their names begin or end. */
const DROPPED: Readonly<Record<string, string>> = {
  'stg_orders.rows_after_run_date': 'orders after the run date',
  'stg_orders.identical_rows': 'orders: the same row once more',
  'stg_orders.older_versions': 'orders: older version of an order',
  'stg_orders.test_orders': 'test orders',
  'stg_orders.orders_without_customer_id': 'orders without a customer id',
  'stg_orders.orders_of_placeholder_ids': 'orders of an id in not_customers',
  'stg_orders.orders_of_unmapped_status': 'orders whose status has no mapping',
  'stg_orders.orders_without_amount': 'orders without an amount',
  'stg_order_lines.rows_after_run_date': 'order lines after the run date',
  'stg_order_lines.repeated_lines': 'order lines: the same line_id once more',
  'stg_orders.orders_without_date': 'orders without a day',
  'internal_people.purchases_of_internal_people': 'purchases of people of the shop itself (is_internal)',
  'stg_customers.internal_customers': 'customer rows of the shop itself (is_internal)',
};

const DROPPED_NAME = /^(older_|self_|identical_|repeated_)|_(without_customer_id|after_run_date)$/;

/** Every kind of row that counts in nothing, with how many there are. */
function droppedRows(manifest: Manifest): { what: string; rows: number }[] {
  const found = Object.entries(manifest.facts).flatMap(([model, facts]) =>
    Object.entries(facts).flatMap(([name, value]) => {
      const what =
        DROPPED[`${model}.${name}`] ??
        (model.startsWith('stg_') && DROPPED_NAME.test(name) ? name.replaceAll('_', ' ') : undefined);
      return what && Number(value) > 0 ? [{ what, rows: Number(value) }] : [];
    }),
  );
  return [...found, ...unusedReturns(manifest)];
}

const UNCOUNTED_RETURNS: Readonly<Record<string, string>> = {
  uncounted_return_lines: 'returning order lines',
  uncounted_negative_documents: 'orders with a negative amount',
  uncounted_returned_orders: 'orders with status returned',
};

const RETURN_SOURCES: Readonly<Record<string, string>> = {
  refunds: 'refunds are mapped',
  lines: 'order lines tell the returns',
  documents: 'negative amounts tell the returns',
  none: 'no amounts are mapped',
};

/** One source of returns counts; the same returns in another are left out. */
function unusedReturns(manifest: Manifest): { what: string; rows: number }[] {
  const because = RETURN_SOURCES[String(manifest.facts.return_source?.return_source)] ?? 'another source counts';
  return Object.entries(UNCOUNTED_RETURNS).flatMap(([name, what]) => {
    const rows = fact(manifest, 'return_source', name);
    return rows > 0 ? [{ what: `${what} as returns, because ${because}`, rows }] : [];
  });
}

export function droppedSection(paper: Paper, manifest: Manifest): string[] {
  const rows = droppedRows(manifest).map(({ what, rows }) => [count(rows), what]);
  return section(paper, 'Left out, and counted', rows.length > 0 ? table(paper, ['rows', 'why'], rows, [0]) : []);
}

const SCORES: Readonly<Record<string, string>> = {
  rfm: 'no RFM segment',
  value: 'no money columns',
  churn: 'no churn risk',
};

/** Scores that say nothing rather than guess. */
export function abstainedSection(paper: Paper, manifest: Manifest, details: NightDetails): string[] {
  const people = fact(manifest, 'people', 'people');
  const lines = details.abstained.map(({ score, reason, people: size }) => {
    const whom = size === people ? 'anybody' : peopleText(size);
    return `  ${SCORES[score] ?? score} for ${whom}: ${reasonText(reason)}`;
  });
  const open = fact(manifest, 'people', 'curve_open');
  if (open > 0)
    lines.push(`  ${count(open)} people never become at risk or lapsed: the return curve does not fall that far`);
  const fixed = fact(manifest, 'people', 'fixed_days');
  if (fixed > 0)
    lines.push(`  ${count(fixed)} people are staged by fixed days: the history is too short for return curves`);
  return section(paper, 'Not said, and why', lines);
}

/** What stays put until the next quarter, and how to keep the horizon for good. */
export function frozenSection(paper: Paper, manifest: Manifest, details: NightDetails): string[] {
  const lines: string[] = [];
  const { horizon } = details;
  if (horizon) {
    const basis = {
      configured: 'as configured',
      estimated: `estimated as of ${horizon.as_of_date}`,
      default: 'the default',
    }[horizon.horizon_basis];
    const pin =
      horizon.horizon_basis === 'configured'
        ? ''
        : `; to pin it: predictions: { horizon_days: ${horizon.horizon_days} }`;
    lines.push(`  horizon        ${horizon.horizon_days} days, ${basis ?? horizon.horizon_basis}${pin}`);
  }
  for (const [name, label] of [
    ['rfm_cuts', 'RFM cuts'],
    ['return_curves', 'return curves'],
  ] as const) {
    const made = manifest.parameters[name];
    if (!made) continue;
    const kept = made.provisional
      ? ', provisional: made anew each night until 100 people had bought'
      : made.inherited
        ? ', kept from an earlier night'
        : ', kept until the next quarter';
    lines.push(`  ${label.padEnd(15)}as of ${made.as_of_date}${kept}`);
  }
  const moved = fact(manifest, 'rfm_moves', 'moved_people');
  if (moved > 0) lines.push(`  ${count(moved)} people have another score tonight only because the cuts are new`);
  return section(paper, 'Fixed as of', lines);
}

/** What moved further than usual, and why it is published all the same; nothing on quiet nights. */
export function gateSection(paper: Paper, { gate }: Manifest): string[] {
  if (!gate) return [];
  const accepted = gate.findings.map((finding) => `accepted: ${describeFinding(finding)}`);
  const known = gate.reported.map((finding) => {
    const why = finding.because === 'renewed' ? 'cut points, curves or fits are new' : 'new or edited';
    return `${why}: ${describeFinding(finding)}`;
  });
  const lines = [...accepted, ...known].flatMap((text) => wrapped(paper, text, '  ', '    '));
  return section(paper, 'Moved further than the gate allows', lines);
}

export function warningsSection(paper: Paper, manifest: Manifest): string[] {
  const mark = paper.colors.yellow('! ');
  const lines = manifest.warnings.flatMap(({ message }) => {
    const [first = '', ...rest] = wrapped(paper, message, '    ', '    ');
    return [`  ${mark}${first.trimStart()}`, ...rest];
  });
  return section(paper, 'Warnings', lines);
}
