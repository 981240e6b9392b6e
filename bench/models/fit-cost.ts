import { execFileSync } from 'node:child_process';
import { fitLogistic } from '../../src/core/statistics/logistic';
import { fitValue } from '../../src/core/statistics/order-value';
import { fitPurchases } from '../../src/core/statistics/purchase-fit';
import { seededRandom } from '../../src/core/statistics/random';
import { sigmoid } from '../../src/core/statistics/special';

export interface Seconds {
  wall: number;
  cpu: number;
}

/** Seconds of each fit on as many made-up rows, and the peak memory of the process, in MB. */
export interface FitCost {
  rows: number;
  features: number;
  logistic: Seconds;
  passes: number;
  purchases: Seconds;
  value: Seconds;
  peak_mb: number;
}

const FEATURES = 25;

/** Runs the fits in a process of their own, so that memory is theirs alone. */
export function measureFit(rows: number): FitCost {
  const args = ['--import', 'tsx', __filename, String(rows)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as FitCost;
}

function timed<T>(work: () => T): [T, Seconds] {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const result = work();
  const used = process.cpuUsage(cpu);
  return [result, { wall: (performance.now() - began) / 1000, cpu: (used.user + used.system) / 1e6 }];
}

/** Features that share a common part, as recency, frequency and windows do, and labels that depend on them. */
function madeUpFeatures(rows: number, random: () => number) {
  const columns = Array.from({ length: FEATURES }, () => new Float64Array(rows));
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const common = random() + random() + random();
    let odds = -2;
    columns.forEach((column, index) => {
      const value = common * (index % 5) * 0.3 + Math.log1p(-3 * Math.log(1 - random()));
      column[row] = value;
      odds += value * ((index % 7) - 3) * 0.15;
    });
    labels[row] = random() < sigmoid(odds) ? 1 : 0;
  }
  return {
    names: columns.map((_, index) => `feature_${index}`),
    columns,
    labels,
    weights: new Float64Array(rows).fill(0.5),
  };
}

/** Whole days, as SQL delivers them; half of the customers bought once. */
function madeUpCounts(rows: number, random: () => number) {
  const column = (): Float64Array => new Float64Array(rows);
  const counts = { repeats: column(), span: column(), age: column(), weight: column().fill(1) };
  const mean = column();
  for (let row = 0; row < rows; row++) {
    const age = Math.floor(random() * 1000);
    const repeats = random() < 0.5 || age === 0 ? 0 : Math.min(age, 1 + Math.floor(-3 * Math.log(1 - random())));
    counts.age[row] = age;
    counts.repeats[row] = repeats;
    counts.span[row] = repeats === 0 ? 0 : Math.max(repeats, Math.ceil(random() * age));
    mean[row] = repeats === 0 ? Number.NaN : 5 + Math.floor(-4000 * Math.log(1 - random())) / 100;
  }
  return { counts, spend: { repeats: counts.repeats, mean, weight: counts.weight } };
}

function main(rows: number): void {
  const random = seededRandom(6);
  const data = madeUpFeatures(rows, random);
  const [logistic, logisticSeconds] = timed(() => fitLogistic(data, { ridge: 1 }));
  const { counts, spend } = madeUpCounts(rows, random);
  const [purchases, purchaseSeconds] = timed(() => fitPurchases(counts, { kind: 'mbg', prior: 'weak' }));
  const [value, valueSeconds] = timed(() => fitValue(spend));
  for (const fit of [logistic, purchases, value]) if ('abstain' in fit) throw new Error(fit.abstain);
  const cost: FitCost = {
    rows,
    features: FEATURES,
    logistic: logisticSeconds,
    passes: 'fitted' in logistic ? logistic.fitted.passes : 0,
    purchases: purchaseSeconds,
    value: valueSeconds,
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(JSON.stringify(cost));
}

if (require.main === module) main(Number(process.argv[2]));
