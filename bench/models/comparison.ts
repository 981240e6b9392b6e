import type { Interval } from '../../src/core/statistics/bootstrap';
import { lossesOf } from '../../src/core/statistics/paired-mean';
import { seededRandom } from '../../src/core/statistics/random';
import { judgeRows, type Replication } from './judge';
import type { Snapshot } from './shop';

/** One way against another on the same people: what each lost on average, and how far apart they are. */
export interface Comparison {
  name: string;
  /** How many dates it was asked on, and people counted once a date. */
  dates: number;
  rows: number;
  logLoss: [number, number];
  brier: [number, number];
  ece: [number, number];
  auc: [number, number];
  /** Loss of the first minus that of the second, mean over people: above 0 the second is better. */
  logLossGain: Interval;
  brierGain: Interval;
}

export interface Asked {
  test: Snapshot;
  first: Float64Array;
  second: Float64Array;
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
const squares = (probability: Float64Array, labels: Uint8Array): Float64Array =>
  probability.map((p, row) => (p - (labels[row] as number)) ** 2);

/** Mean loss of the first minus that of the second over all rows; the interval draws people, each with all of their dates. */
export function meanGain(losses: readonly Asked[], { replicates, seed }: Replication): Interval {
  const people = new Map<string, [number, number]>();
  for (const { test, first, second } of losses) {
    test.customers.forEach((id, row) => {
      const [sum, rows] = people.get(id) ?? [0, 0];
      people.set(id, [sum + (first[row] as number) - (second[row] as number), rows + 1]);
    });
  }
  const each = [...people.values()];
  const random = seededRandom(seed);
  const ratio = (draw: () => [number, number]): number => {
    let [sum, rows] = [0, 0];
    for (let one = 0; one < each.length; one++) {
      const [difference, times] = draw();
      sum += difference;
      rows += times;
    }
    return sum / rows;
  };
  let place = 0;
  const estimate = ratio(() => each[place++] as [number, number]);
  const drawn = Array.from({ length: replicates }, () =>
    ratio(() => each[Math.floor(random() * each.length)] as [number, number]),
  ).sort((a, b) => a - b);
  const at = (share: number): number => drawn[Math.round(share * (drawn.length - 1))] as number;
  return { estimate, low: at(0.025), high: at(0.975) };
}

export function compare(name: string, asked: readonly Asked[], replication: Replication): Comparison {
  const judged = asked.map(({ test, first, second }) =>
    [first, second].map((probability) => judgeRows(probability, test.labels)),
  );
  const pair = (of: (one: ReturnType<typeof judgeRows>) => number): [number, number] => [
    mean(judged.map(([one]) => of(one as ReturnType<typeof judgeRows>))),
    mean(judged.map(([, other]) => of(other as ReturnType<typeof judgeRows>))),
  ];
  const lossesBy = (lossOf: typeof lossesOf): Asked[] =>
    asked.map(({ test, first, second }) => ({
      test,
      first: lossOf(first, test.labels),
      second: lossOf(second, test.labels),
    }));
  return {
    name,
    dates: asked.length,
    rows: asked.reduce((sum, { test }) => sum + test.rows, 0),
    logLoss: pair((one) => one.logLoss),
    brier: pair((one) => one.brier),
    ece: pair((one) => one.ece),
    auc: pair((one) => one.auc ?? Number.NaN),
    logLossGain: meanGain(lossesBy(lossesOf), replication),
    brierGain: meanGain(lossesBy(squares), replication),
  };
}
