import type { Interval } from '../../src/core/statistics/bootstrap';
import type { Judgement } from '../../src/core/statistics/metrics';
import type { OrdersComparison } from './cohorts';
import type { Comparison } from './comparison';
import type { FitCost, Seconds } from './fit-cost';
import { difference, type Judged, type JudgedScore, judgeRows, MEASURES, type Replication } from './judge';
import type { LevelComparison } from './level';

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
const interval = ({ estimate, low, high }: Interval): string => `${signed(estimate)} [${signed(low)}, ${signed(high)}]`;
const shown = (value: number | undefined, digits = 4): string => (value === undefined ? '' : value.toFixed(digits));

/** Markdown, as docs/benchmarks.md keeps it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function measures(of: Judgement): string[] {
  const digits = [of.auc, of.averagePrecision, of.brier, of.logLoss, of.ece].map((each) => shown(each));
  return [...digits, signed(of.calibrationInTheLarge), shown(of.topDecileLift, 2)];
}

/** What the gate let score; where nothing scores, the candidate with the least log-loss stands for ours in comparisons. */
function oursOf({ scores, gate }: Judged): JudgedScore {
  const candidates = scores.filter(({ isCandidate }) => isCandidate);
  const least = [...candidates].sort((a, b) => a.judgement.logLoss - b.judgement.logLoss)[0] as JudgedScore;
  return candidates.find(({ name }) => name === gate.model) ?? least;
}

const HEAD = ['', 'AUC', 'AP', 'Brier', 'log-loss', 'ECE', 'bias', 'lift', 'AUC: ours − this', 'log-loss: this − ours'];

/** Every score of one split, each set against ours by the paired bootstrap. */
export function printSplit(judged: Judged, boosted: Float64Array | undefined, replication: Replication): void {
  const { windows, scores, gate } = judged;
  const { split, test } = windows;
  const ours = oursOf(judged);
  const trees = boosted && { name: 'boosted trees', probability: boosted, judgement: judgeRows(boosted, test.labels) };
  const rows = [...scores, ...(trees ? [trees] : [])].map(({ name, probability, judgement }) => {
    if (name === ours.name) return [gate.model ? `**${name}**` : name, ...measures(judgement), '', ''];
    const auc = difference(MEASURES.auc, ours.probability, probability, windows, replication);
    const loss = difference(MEASURES.logLoss, probability, ours.probability, windows, replication);
    return [name, ...measures(judgement), interval(auc), interval(loss)];
  });
  const share = test.positives / test.rows;
  const verdicts = Object.entries(gate.verdicts).map(([name, verdict]) => `${name}: ${verdict}`);
  process.stdout.write(
    `\n### ${split.name}\n\n${test.rows} people as of ${test.asOf}, ${(100 * share).toFixed(1)} % bought; fitted as of ${split.training.join(', ')}. ` +
      `Gate: ${gate.model ?? `nothing scores (${gate.abstain})`} (${verdicts.join('; ')}).\n\n${table(HEAD, rows)}\n`,
  );
}

const SUMMARY_HEAD = [
  ...['', 'scores', 'AUC', 'trees', 'difference', 'Brier', 'trees', 'difference', 'ECE', 'trees', 'difference'],
  ...['best baseline', 'its AUC'],
];

/** One line a split: ours against tuned boosted trees, recorded or read in, and against the baseline that ranks best. */
export function printSummary(
  all: readonly { judged: Judged; boosted: Float64Array | undefined }[],
  replication: Replication,
): void {
  if (all.length === 0) return;
  const rows = all.map(({ judged, boosted }) => {
    const ours = oursOf(judged);
    const { split, test } = judged.windows;
    const trees = boosted ? judgeRows(boosted, test.labels) : split.boosted;
    const against = (measure: 'auc' | 'brier' | 'ece', digits = 4): string[] => {
      const [own, theirs] = [ours.judgement[measure], trees?.[measure]];
      const plain = own === undefined || theirs === undefined ? '' : signed(own - theirs);
      const apart = boosted && difference(MEASURES[measure], ours.probability, boosted, judged.windows, replication);
      return [shown(own, digits), shown(theirs, digits), apart ? interval(apart) : plain];
    };
    const best = judged.scores
      .filter(({ isCandidate }) => !isCandidate)
      .sort((a, b) => (b.judgement.auc as number) - (a.judgement.auc as number))[0] as JudgedScore;
    return [
      split.name,
      judged.gate.model ?? `nothing: ${judged.gate.abstain}`,
      ...against('auc'),
      ...against('brier'),
      ...against('ece', 3),
      best.name,
      shown(best.judgement.auc),
    ];
  });
  process.stdout.write(`\n### Ours and tuned boosted trees on the same rows\n\n${table(SUMMARY_HEAD, rows)}\n`);
}

const seconds = ({ wall, cpu }: Seconds): string => `${wall.toFixed(1)} s (${cpu.toFixed(1)} s of processor time)`;

export function printFitCost({ rows, features, logistic, passes, purchases, value, peak_mb }: FitCost): void {
  process.stdout.write(`
### Fits of ${rows.toLocaleString('en-GB')} made-up rows, peak ${peak_mb} MB

- logistic of ${features} features, ${passes} passes: ${seconds(logistic)}
- MBG: ${seconds(purchases)}
- Gamma-Gamma: ${seconds(value)}
`);
}

const way = ([first, second]: [number, number]): string => `${first.toFixed(4)} → ${second.toFixed(4)}`;

const COMPARED = ['', 'dates', 'rows', 'AUC', 'log-loss', 'gain', 'Brier', 'gain', 'ECE'];

/** One way → another, and how much less the other lost, with the interval over people. */
export function printComparisons(title: string, compared: readonly Comparison[]): void {
  const rows = compared.map((one) => [
    ...[one.name, String(one.dates), String(one.rows), way(one.auc)],
    ...[way(one.logLoss), interval(one.logLossGain), way(one.brier), interval(one.brierGain), way(one.ece)],
  ]);
  process.stdout.write(`\n### ${title}\n\n${table(COMPARED, rows)}\n`);
}

/** Purchase days expected by one way → another, of all people together and of each. */
export function printOrders(title: string, compared: readonly OrdersComparison[]): void {
  const rows = compared.map((one) => [one.name, way(one.ofHappened), way(one.distance), interval(one.gain)]);
  process.stdout.write(`\n### ${title}\n\n${table(['', 'of happened', 'mean distance', 'gain'], rows)}\n`);
}

/** Of each shop and candidate what other levels gain over the product's, and the mean calibration error by each. */
export function printLevels(title: string, compared: readonly LevelComparison[]): void {
  const names = [...new Set(compared.map(({ name }) => name))];
  const choices = [...new Set(compared.map(({ choice }) => choice))];
  const lines = (cell: (one: LevelComparison) => string, own: (one: LevelComparison) => string[]): string[][] =>
    names.map((name) => {
      const of = compared.filter((one) => one.name === name);
      const cells = choices
        .map((choice) => of.find((one) => one.choice === choice))
        .map((one) => (one ? cell(one) : ''));
      return [name, ...own(of.at(-1) as LevelComparison), ...cells];
    });
  const gains = lines(
    ({ logLossGain, better, worse }) => `${interval(logLossGain)} ${better}:${worse}`,
    ({ dates, apart, logLoss }) => [`${dates} (${apart})`, shown(logLoss[0])],
  );
  const errors = lines(
    ({ brier, ece }) => `${shown(brier[1])} ${shown(ece[1])}`,
    ({ brier, ece }) => [`${shown(brier[0])} ${shown(ece[0])}`],
  );
  process.stdout.write(
    `\n### Other levels, ${title}: log-loss gained\n\n${table(['', 'dates (apart)', 'log-loss', ...choices], gains)}\n` +
      `\n### Other levels, ${title}: Brier and ECE\n\n${table(['', 'as it is', ...choices], errors)}\n`,
  );
}
