import type { Manifest } from '../../core/snapshots/manifest';
import type { NightDetails } from '../../pipeline/read-night';
import { amount, bar, count, peopleText, percent, plural } from '../format';
import { type Paper, section, table } from './paper';

const BAR_WIDTH = 30;

export function fact(manifest: Manifest, model: string, name: string): number {
  return Number(manifest.facts[model]?.[name] ?? 0);
}

/** How many people there are, and how much of the shop they stand for. */
export function customersSection(paper: Paper, manifest: Manifest, currency: string): string[] {
  const [people, buyers, oneTime] = ['people', 'buyers', 'one_time_buyers'].map((name) =>
    fact(manifest, 'people', name),
  ) as [number, number, number];
  const once = buyers > 0 ? `, ${count(oneTime)} of them on one day only (${percent(oneTime / buyers)})` : '';
  const lines = [`  ${peopleText(people)}; ${count(buyers)} have bought${once}`];
  if (buyers === 0)
    lines.push(`  ${paper.colors.yellow('! ')}nobody had bought by ${manifest.run_date}: is the run date right?`);
  const spend = manifest.facts.people?.spend_amount;
  if (spend !== null && spend !== undefined)
    lines.push(`  ${currency} ${amount(Number(spend))} net spend, returns taken off`);
  return section(paper, 'Customers', [...lines, ...identified(manifest, currency)]);
}

function identified(manifest: Manifest, currency: string): string[] {
  const orders = manifest.facts.stg_orders;
  const known = fact(manifest, 'stg_orders', 'purchases');
  const all = known + fact(manifest, 'stg_orders', 'unidentified_orders');
  if (!orders || all === 0) return [];
  // Of orders that are read in part, only those that were read can be counted here.
  const from = manifest.sources.orders?.window?.from;
  const since = from === undefined ? '' : ` since ${from}`;
  const lines = [`  ${percent(known / all)} of ${plural(all, 'purchase')}${since} carry a customer id`];
  const knownAmount = fact(manifest, 'stg_orders', 'purchase_amount');
  const allAmount = knownAmount + fact(manifest, 'stg_orders', 'unidentified_purchase_amount');
  if (orders.purchase_amount !== null && allAmount > 0) {
    lines[0] += `, ${percent(knownAmount / allAmount)} of ${currency} ${amount(allAmount)} revenue`;
  }
  return lines;
}

const STAGES = [
  ['new', 'green'],
  ['reactivated', 'green'],
  ['active', 'green'],
  ['at_risk', 'yellow'],
  ['lapsed', 'red'],
  ['prospect', 'dim'],
] as const;

/** Stages as a picture: shares of all people. */
export function lifecycleSection(paper: Paper, manifest: Manifest): string[] {
  const people = fact(manifest, 'people', 'people');
  if (people === 0) return [];
  const rows = STAGES.map(([stage, color]) => {
    const size = fact(manifest, 'people', `stage_${stage}`);
    return [stage, count(size), percent(size / people), paper.colors[color](bar(size / people, BAR_WIDTH))];
  });
  return section(paper, 'Lifecycle stages', table(paper, ['stage', 'people', 'share', ''], rows, [1, 2]));
}

/** RFM segments, most people first, with what share of spend they hold. */
export function rfmSection(paper: Paper, details: NightDetails, currency: string): string[] {
  const people = details.rfm.reduce((sum, row) => sum + row.people, 0);
  const spend = details.rfm.reduce((sum, row) => sum + (row.spend_amount ?? 0), 0);
  const hasSpend = details.rfm.some((row) => row.spend_amount !== null) && spend > 0;
  const rows = details.rfm.map((row) => [
    row.rfm_segment,
    count(row.people),
    percent(row.people / people),
    ...(hasSpend ? [percent((row.spend_amount ?? 0) / spend)] : []),
    paper.colors.cyan(bar(row.people / people, BAR_WIDTH)),
  ]);
  const head = ['segment', 'people', 'share', ...(hasSpend ? [`of ${currency} spend`] : []), ''];
  return section(paper, 'RFM segments', rows.length > 0 ? table(paper, head, rows, hasSpend ? [1, 2, 3] : [1, 2]) : []);
}

/** The segments people wrote, with who came and went since base. */
export function audiencesSection(paper: Paper, manifest: Manifest): string[] {
  const rows = manifest.audiences.map((audience) => [
    audience.id,
    count(audience.member_count),
    audience.entered_count > 0 ? paper.colors.green(`+${count(audience.entered_count)}`) : '·',
    audience.left_count > 0 ? paper.colors.red(`−${count(audience.left_count)}`) : '·',
    audience.name,
  ]);
  const since = manifest.base
    ? ` (entered and left since ${manifest.base.run_date})`
    : ' (first night: everybody entered)';
  const title = `Segments${manifest.audiences.length > 0 ? since : ''}`;
  if (rows.length === 0) return section(paper, title, ['  none yet']);
  return section(paper, title, table(paper, ['segment', 'members', 'entered', 'left', ''], rows, [1, 2, 3]));
}

/** How the stages of one horizon ago turned out: the reason to believe tonight's. */
export function backtestSection(paper: Paper, details: NightDetails): string[] {
  const [first] = details.backtest;
  if (!first || !details.horizon) return [];
  const stages = STAGES.map(([stage]) => stage as string).filter((stage) =>
    details.backtest.some((row) => row.lifecycle_stage === stage),
  );
  const cells = (stage: string, isRepeat: boolean): string[] => {
    const row = details.backtest.find((each) => each.lifecycle_stage === stage && each.is_repeat === isRepeat);
    if (!row) return ['', '', ''];
    const verdict =
      row.is_below_earlier_stage === false ? paper.colors.yellow('✗ not less') : row.is_below_earlier_stage ? '✓' : '';
    return [count(row.people), row.bought_share === null ? '–' : percent(row.bought_share), verdict];
  };
  const rows = stages.map((stage) => [stage, ...cells(stage, false), ...cells(stage, true)]);
  const head = ['stage then', 'one-time', 'bought', '', 'repeat', 'bought', ''];
  const title = `Do the stages hold? People by stage on ${first.as_of_date}, and who bought in the ${details.horizon.horizon_days} days after`;
  return section(paper, title, table(paper, head, rows, [1, 2, 4, 5]));
}
