import Table from 'cli-table3';
import type { Interval } from '../../src/core/statistics/bootstrap';
import { BASELINES } from '../../src/core/statistics/gate';
import { type Judgement, judge } from '../../src/core/statistics/metrics';
import { groupScores } from '../../src/core/statistics/score-groups';
import type { FitCost, Seconds } from './fit-cost';
import { difference, type Judged, type JudgedScore, MEASURES, type Replication } from './judge';
import { SPLITS } from './splits';

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
const interval = ({ estimate, low, high }: Interval): string => `${signed(estimate)} [${signed(low)}, ${signed(high)}]`;
const shown = (value: number | undefined, digits = 4): string => (value === undefined ? '' : value.toFixed(digits));

function tableOf(head: string[]): Table.Table {
  return new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
  });
}

function cells({
  auc,
  averagePrecision,
  brier,
  logLoss,
  ece,
  calibrationInTheLarge,
  topDecileLift,
}: Judgement): string[] {
  return [auc, averagePrecision, brier, logLoss, ece, calibrationInTheLarge]
    .map((each) => shown(each))
    .concat(shown(topDecileLift, 2));
}

/** What the gate let score; where nothing scores, the candidate with the least log-loss stands for ours in comparisons. */
export function oursOf({ scores, gate }: Judged): JudgedScore {
  const candidates = scores.filter(({ name }) => ['mbg', 'logistic', 'logistic_with_mbg'].includes(name));
  const chosen = candidates.find(({ name }) => name === gate.model);
  return chosen ?? ([...candidates].sort((a, b) => a.judgement.logLoss - b.judgement.logLoss)[0] as JudgedScore);
}

/** Every score of one split, each set against ours by the paired bootstrap. */
export function printSplit(judged: Judged, boosted: Float64Array | undefined, replication: Replication): void {
  const { windows, scores, abstained, gate } = judged;
  const { split, test } = windows;
  const ours = oursOf(judged);
  const head = [
    '',
    'AUC',
    'AP',
    'Brier',
    'log-loss',
    'ECE',
    'bias',
    'lift',
    'AUC: ours − this',
    'log-loss: this − ours',
  ];
  const table = tableOf(head);
  const all = [...scores];
  if (boosted)
    all.push({
      name: 'boosted trees',
      probability: boosted,
      judgement: judge(groupScores({ probability: boosted, labels: test.labels })),
    });
  for (const { name, probability, judgement } of all) {
    const isOurs = name === ours.name;
    table.push([
      isOurs && gate.model ? `${name} (scores)` : name,
      ...cells(judgement),
      isOurs ? '' : interval(difference(MEASURES.auc, ours.probability, probability, windows, replication)),
      isOurs ? '' : interval(difference(MEASURES.logLoss, probability, ours.probability, windows, replication)),
    ]);
  }
  const positives = ours.judgement.positives / ours.judgement.rows;
  const silent = abstained.map(({ name, abstain }) => `${name}: ${abstain}`);
  const verdicts = Object.entries(gate.verdicts).map(([name, verdict]) => `${name} ${verdict}`);
  process.stdout.write(
    `\n${split.name}: as of ${test.asOf}, ${test.labels.length} people, ${positives.toFixed(3)} bought; fitted as of ${split.training.join(', ')}\n${table.toString()}\n` +
      `gate: ${gate.model ?? `nothing (${gate.abstain})`}; ${verdicts.join('; ')}${silent.length > 0 ? `; no fit: ${silent.join(', ')}` : ''}\n`,
  );
}

/** One line a split: ours against tuned boosting, recorded or read in, and against the best baseline. */
export function printSummary(
  all: readonly { judged: Judged; boosted: Float64Array | undefined }[],
  replication: Replication,
): void {
  if (all.length === 0) return;
  const table = tableOf([
    '',
    'scores',
    'AUC',
    'boosted AUC',
    'difference',
    'Brier',
    'boosted',
    'ECE',
    'boosted',
    'best baseline',
    'its AUC',
  ]);
  for (const { judged, boosted } of all) {
    const ours = oursOf(judged);
    const { split, test } = judged.windows;
    const recorded = SPLITS.find(({ name }) => name === split.name)?.boosted;
    const measured = boosted && judge(groupScores({ probability: boosted, labels: test.labels }));
    const yard = measured ?? recorded;
    const against = boosted
      ? interval(difference(MEASURES.auc, ours.probability, boosted, judged.windows, replication))
      : yard?.auc === undefined
        ? ''
        : signed((ours.judgement.auc as number) - yard.auc);
    const baselines = judged.scores.filter(
      ({ name }) => (BASELINES as readonly string[]).includes(name) || name === 'gap_ratio',
    );
    const best = baselines.sort((a, b) => (b.judgement.auc as number) - (a.judgement.auc as number))[0] as JudgedScore;
    table.push([
      split.name,
      judged.gate.model ?? `nothing: ${judged.gate.abstain}`,
      shown(ours.judgement.auc),
      shown(yard?.auc),
      against,
      shown(ours.judgement.brier),
      shown(yard?.brier),
      shown(ours.judgement.ece, 3),
      shown(yard?.ece, 3),
      best.name,
      shown(best.judgement.auc),
    ]);
  }
  process.stdout.write(`\nOurs and tuned boosted trees on the same rows\n${table.toString()}\n`);
}

const seconds = ({ wall, cpu }: Seconds): string => `${wall.toFixed(1)} s (${cpu.toFixed(1)} s of processor time)`;

export function printFitCost({ rows, features, logistic, passes, purchases, value, peak_mb }: FitCost): void {
  process.stdout.write(`
Fits of ${rows.toLocaleString('en-GB')} made-up rows, peak ${peak_mb} MB
  logistic of ${features} features, ${passes} passes: ${seconds(logistic)}
  MBG: ${seconds(purchases)}
  Gamma-Gamma: ${seconds(value)}
`);
}
