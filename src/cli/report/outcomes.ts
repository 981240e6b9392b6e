import type { Receipt } from '../../pipeline/read-predictions';
import { bar, count, percent, sparkline } from '../format';
import { type Paper, section, table } from '../summary/paper';

/** Told nights shown; the document of --json has all. */
const MOST_NIGHTS = 14;
const BAR_WIDTH = 20;

/** The receipts of one night and population. */
export interface ToldNight {
  all: Receipt;
  deciles: Receipt[];
  tiers: Receipt[];
  likelihoods: Receipt[];
}

/** Receipts by night and population, oldest first; of one night back-tests before what was told live. */
export function toldNights(receipts: readonly Receipt[]): ToldNight[] {
  const key = (row: Receipt): string => [row.told_date, row.kind, row.population, String(row.horizon_days)].join(' ');
  return receipts
    .filter((row) => row.grouped_by === 'all')
    .map((all) => {
      const of = (by: string): Receipt[] => receipts.filter((row) => row.grouped_by === by && key(row) === key(all));
      const deciles = of('decile').sort((left, right) => Number(left.group_name) - Number(right.group_name));
      return {
        all,
        deciles,
        tiers: inOrder(of('churn_tier'), TIERS),
        likelihoods: inOrder(of('purchase_likelihood'), LIKELIHOODS),
      };
    })
    .sort((left, right) => (key(left.all) < key(right.all) ? -1 : 1));
}

const TIERS = ['low', 'medium', 'high'];
const LIKELIHOODS = ['likely', 'unlikely', 'ineligible'];

function inOrder(rows: readonly Receipt[], names: readonly string[]): Receipt[] {
  const place = (row: Receipt): number =>
    names.includes(row.group_name) ? names.indexOf(row.group_name) : names.length;
  return [...rows].sort((left, right) => place(left) - place(right));
}

/** Mean distance of told and happened shares over the deciles, weighted by people: the expected calibration error. */
export function calibrationError(deciles: readonly Receipt[]): number | null {
  const people = deciles.reduce((sum, row) => sum + row.people, 0);
  if (people === 0) return null;
  return deciles.reduce((sum, row) => sum + Math.abs(row.actual_buyers - row.expected_buyers), 0) / people;
}

const share = (part: number, whole: number): string => (whole > 0 ? percent(part / whole) : '–');
const ofTold = (row: Receipt): string => (row.calibration === null ? '–' : `${Math.round(row.calibration * 100)} %`);

function verdict({ colors }: Paper, row: Receipt): string {
  return row.is_within_band
    ? colors.green('within')
    : colors.yellow(row.actual_buyers > row.expected_buyers ? 'above' : 'below');
}

/** One line a told night, and how calibration and lift went. */
export function overTimeSection(paper: Paper, nights: readonly ToldNight[]): string[] {
  const shown = nights.slice(-MOST_NIGHTS);
  const rows = shown.map(({ all, deciles }) => [
    all.told_date,
    all.kind,
    all.population,
    all.score_model ?? '–',
    count(all.people),
    count(all.expected_buyers),
    count(all.actual_buyers),
    ofTold(all),
    verdict(paper, all),
    deciles[0]?.lift == null ? '–' : deciles[0].lift.toFixed(2),
    calibrationError(deciles)?.toFixed(3) ?? '–',
  ]);
  if (rows.length === 0) return [];
  const head = ['told on', 'kind', 'who', 'model', 'people', 'told', 'bought', 'of told', 'band', 'top lift', 'ECE'];
  const left = nights.length > shown.length ? `, the last ${shown.length} of ${nights.length}` : '';
  return section(paper, `Told and happened: buyers within the horizon${left}`, [
    ...table(paper, head, rows, [4, 5, 6, 7, 9, 10]),
    ...trend(
      paper,
      'of told ',
      shown.map(({ all }) => all.calibration),
      (value) => `${Math.round(value * 100)} %`,
    ),
    ...trend(
      paper,
      'top lift',
      shown.map(({ deciles }) => deciles[0]?.lift ?? null),
      (value) => value.toFixed(2),
    ),
  ]);
}

function trend(
  paper: Paper,
  label: string,
  values: readonly (number | null)[],
  text: (value: number) => string,
): string[] {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return [];
  const range = `${text(Math.min(...known))} to ${text(Math.max(...known))}`;
  return [`  ${label}  ${paper.colors.cyan(sparkline(values))}  ${range}`];
}

/** The newest night by tenths of the chance to buy, and by what segments use. */
export function groupSections(paper: Paper, nights: readonly ToldNight[]): string[] {
  const newest = nights.filter(({ all }) => all.population === 'buyers').at(-1);
  if (!newest) return [];
  const { told_date, matured_date, kind } = newest.all;
  const when = `told on ${told_date}${kind === 'backtest' ? ' (back-test)' : ''}, judged on ${matured_date}`;
  return [
    ...groups(paper, `By tenths of the chance to buy, ${when}`, 'tenth', newest.deciles),
    ...groups(paper, 'By churn tier', 'tier', newest.tiers),
    ...groups(paper, 'By purchase likelihood', 'likelihood', newest.likelihoods),
  ];
}

function groups(paper: Paper, title: string, head: string, receipts: readonly Receipt[]): string[] {
  if (receipts.length === 0) return [];
  const rows = receipts.map((row) => [
    row.group_name,
    count(row.people),
    share(row.expected_buyers, row.people),
    paper.colors.dim(bar(row.expected_buyers / row.people, BAR_WIDTH)),
    share(row.actual_buyers, row.people),
    paper.colors.cyan(bar(row.actual_buyers / row.people, BAR_WIDTH)),
    verdict(paper, row),
  ]);
  return section(paper, title, table(paper, [head, 'people', 'told', '', 'bought', '', 'band'], rows, [1, 2, 4]));
}
