import { addDays } from '../../core/dates';
import type { Manifest } from '../../core/snapshots/manifest';
import type { Predictions, Receipt, TonightGroup } from '../../pipeline/read-predictions';
import { bar, count, peopleText, percent } from '../format';
import { type Paper, section, table, wrapped } from './paper';
import { fact } from './people';
import { reasonText } from './reasons';

const BAR_WIDTH = 30;
const TIERS = [
  ['low', 'green'],
  ['medium', 'yellow'],
  ['high', 'red'],
] as const;

/** What people are told tonight: which model scores and why, who is expected to buy, how many stand in each tier. */
export function predictionsSection(paper: Paper, manifest: Manifest, { tonight }: Predictions): string[] {
  const days = Number(manifest.parameters.horizon?.values.horizon_days ?? 0);
  const title = scoredOf(tonight).length > 0 ? `Predictions, to ${addDays(manifest.run_date, days)}` : 'Predictions';
  return section(paper, title, [
    ...buyerLines(paper, manifest, ofPopulation(tonight, 'buyers'), days),
    ...prospectLines(paper, manifest, ofPopulation(tonight, 'prospects'), days),
  ]);
}

const ofPopulation = (tonight: readonly TonightGroup[], population: string): TonightGroup[] =>
  tonight.filter((row) => row.population === population);

const scoredOf = (groups: readonly TonightGroup[]): TonightGroup[] =>
  groups.filter(({ expected_buyers }) => expected_buyers !== null);

function buyerLines(paper: Paper, manifest: Manifest, groups: readonly TonightGroup[], days: number): string[] {
  const scored = scoredOf(groups);
  const { name, reason } = manifest.score_model;
  if (scored.length === 0) return [`  none: ${reasonText(reason)}`];
  const people = sum(scored, (row) => row.people);
  const expected = sum(scored, (row) => row.expected_buyers ?? 0);
  const tiers = TIERS.map(([tier, color]) => {
    const size = sum(
      scored.filter((row) => row.churn_tier === tier),
      (row) => row.people,
    );
    return [
      `${tier} churn risk`,
      count(size),
      percent(size / people),
      paper.colors[color](bar(size / people, BAR_WIDTH)),
    ];
  });
  const worth = fact(manifest, 'people', 'worth_contacting');
  return [
    ...wrapped(
      paper,
      `of ${peopleText(people)} with a purchase ${count(expected)} are expected to buy within ${days} days; ${count(likelyOf(scored))} are called likely`,
    ),
    ...(worth > 0 ? [`  ${peopleText(worth)} worth contacting by the costs in tidemark.yml`] : []),
    `  scored by ${name ?? '–'}: ${reasonText(reason)}`,
    ...table(paper, ['', 'people', 'share', ''], tiers, [1, 2]),
  ];
}

/** Registered people without a purchase, where there are any. */
function prospectLines(paper: Paper, manifest: Manifest, groups: readonly TonightGroup[], days: number): string[] {
  const scored = scoredOf(groups);
  const people = sum(groups, (row) => row.people);
  const isActivityMapped = 'events' in manifest.sources || 'campaign_events' in manifest.sources;
  const reason = reasonText(
    isActivityMapped ? (manifest.prospect_model?.reason ?? 'no_model') : 'prospect_without_activity',
  );
  if (people === 0) return [];
  if (scored.length === 0) return wrapped(paper, `no first orders foretold of ${peopleText(people)}: ${reason}`);
  const expected = sum(scored, (row) => row.expected_buyers ?? 0);
  return [
    ...wrapped(
      paper,
      `of ${peopleText(sum(scored, (row) => row.people))} without a purchase ${count(expected)} are expected to buy for the first time within ${days} days; ${count(likelyOf(scored))} are called likely`,
    ),
    `  scored by ${manifest.prospect_model?.name ?? '–'}: ${reason}`,
  ];
}

const likelyOf = (groups: readonly TonightGroup[]): number =>
  sum(
    groups.filter((row) => row.purchase_likelihood === 'likely'),
    (row) => row.people,
  );

const sum = <T>(rows: readonly T[], value: (row: T) => number): number =>
  rows.reduce((total, row) => total + value(row), 0);

/** What fell due tonight: told then, happened since. */
export function maturedSection(paper: Paper, manifest: Manifest, { receipts }: Predictions): string[] {
  const matured = receipts.filter(
    (row) => row.kind === 'live' && row.matured_date === manifest.run_date && row.grouped_by === 'all',
  );
  const newest = receipts.filter((row) => row.grouped_by === 'all').at(-1);
  // Once a promise of the shop's own nights has fallen due it says more than any back-test.
  const isAllBacktest = receipts.every((row) => row.kind === 'backtest');
  const lines = isAllBacktest && newest ? [`back-test: ${dueLine(newest)}`] : matured.map(dueLine);
  return section(
    paper,
    'Were earlier predictions right?',
    lines.flatMap((line) => wrapped(paper, line)),
  );
}

function dueLine(row: Receipt): string {
  const who = row.population === 'buyers' ? peopleText(row.people) : `${peopleText(row.people)} who had not bought yet`;
  const verdict = row.is_within_band
    ? 'within what chance explains'
    : `beyond what chance explains (${count(row.band_low)} to ${count(row.band_high)})`;
  return `on ${row.told_date} ${count(row.expected_buyers)} of ${who} were expected to buy within ${row.horizon_days} days; ${count(row.actual_buyers)} did, ${verdict}`;
}
