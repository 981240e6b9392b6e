import type { FitWindow } from '../../../src/core/scores/fit-windows';
import { judgeFit } from '../../../src/core/scores/judge-fit';
import { PurchaseFits } from '../../../src/core/scores/recipe';
import { seededRandom } from '../../../src/core/statistics/random';
import { sigmoid } from '../../../src/core/statistics/special';

const ROWS = 3000;

/** People of whom one feature tells a little, and the level of the window everything else. */
function window(level: number, random: () => number): FitWindow {
  const column = (of: () => number): Float64Array => Float64Array.from({ length: ROWS }, of);
  const signal = column(() => 1.7 * (2 * random() - 1));
  const labels = Uint8Array.from(signal, (each) => (random() < sigmoid(level + 0.35 * each) ? 1 : 0));
  const noise = column(() => Math.floor(random() * 300));
  return {
    rows: ROWS,
    hash: Float64Array.from({ length: ROWS }, (_, row) => row),
    labels,
    positives: labels.reduce((sum, each) => sum + each, 0),
    counts: {
      repeats: new Float64Array(ROWS),
      span: new Float64Array(ROWS),
      age: noise,
      weight: new Float64Array(ROWS).fill(1),
    },
    recency: noise,
    value: new Float64Array(ROWS).fill(Number.NaN),
    features: new Map([['signal', signal]]),
  };
}

test('a score is set against the baselines at the level of the window; how far the level moved is told apart', () => {
  const random = seededRandom(8);
  // The newest window before the one judged was a low one; the older one was as the judged one is.
  const [judged, newest, older] = [0.2, -0.3, 0.2].map((level) => window(level, random)) as [
    FitWindow,
    FitWindow,
    FitWindow,
  ];
  const { decision, candidates, baselines } = judgeFit({ judged, training: [newest, older] }, new PurchaseFits(), 91);
  const logistic = candidates.find(({ name }) => name === 'logistic');
  if (!logistic || 'abstain' in logistic) throw new Error('no logistic model');
  // As they stand the rule loses less, for the rule's level is nearer.
  expect(logistic.everybody.logLoss).toBeGreaterThan(baselines.global_rate?.everybody.logLoss ?? 1);
  expect(logistic.everybody.calibrationInTheLarge).toBeLessThan(-0.08);
  expect(logistic.gainOver.global_rate.low).toBeGreaterThan(0);
  expect(decision.model).toBe('logistic');
});
