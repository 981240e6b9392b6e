import { fitLogistic } from '../../../src/core/statistics/logistic';
import { seededRandom } from '../../../src/core/statistics/random';
import { sigmoid } from '../../../src/core/statistics/special';
import { standardise } from '../../../src/core/statistics/standardise';
import { type ModelDatabase, openModelDatabase } from '../../support/model-database';

const ROWS = 1500;
const RIDGE = 1;

let database: ModelDatabase;
beforeAll(async () => {
  database = await openModelDatabase();
});
afterAll(() => database.close());

/** Features that hang together, one that is another one twice over, and labels they decide by chance. */
function data() {
  const random = seededRandom(21);
  const names = ['recency', 'frequency', 'spend', 'double_recency'];
  const columns = names.map(() => new Float64Array(ROWS)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const labels = new Uint8Array(ROWS);
  const weights = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const recency = Math.log1p(Math.floor(random() * 400));
    const frequency = Math.log1p(Math.floor(random() * (8 - recency)));
    const spend = frequency + random() * 3;
    [recency, frequency, spend, 2 * recency].forEach((value, index) => {
      (columns[index] as Float64Array)[row] = value;
    });
    labels[row] = random() < sigmoid(1.5 - 0.7 * recency + 0.9 * frequency) ? 1 : 0;
    weights[row] = row % 3 === 0 ? 0.5 : 1;
  }
  return { names, columns, labels, weights };
}

/** Gauss with the largest pivot: not the decomposition of the code under test. */
function solve(matrix: number[][], vector: number[]): number[] {
  const rows = matrix.map((row, index) => [...row, vector[index] as number]);
  const at = (row: number, column: number): number => rows[row]?.[column] as number;
  for (let pivot = 0; pivot < rows.length; pivot++) {
    let best = pivot;
    for (let row = pivot; row < rows.length; row++)
      if (Math.abs(at(row, pivot)) > Math.abs(at(best, pivot))) best = row;
    [rows[pivot], rows[best]] = [rows[best] as number[], rows[pivot] as number[]];
    for (let row = 0; row < rows.length; row++) {
      const factor = row === pivot ? 0 : at(row, pivot) / at(pivot, pivot);
      rows[row] = (rows[row] as number[]).map((value, column) => value - factor * at(pivot, column));
    }
  }
  return rows.map((row, index) => (row.at(-1) as number) / (row[index] as number));
}

/** One Newton pass whose sums are one query: Σ w·p(1-p)·x_i·x_j and Σ w·(p-y)·x_i, x_0 = 1. */
async function pass(beta: readonly number[]): Promise<number[]> {
  const x = (index: number): string => (index === 0 ? '1e0' : `x${index}`);
  const odds = beta.map((value, index) => `(${value.toExponential()}) * ${x(index)}`).join(' + ');
  const sums = beta.flatMap((_, i) => [
    `sum(w * (p - y) * ${x(i)}) as g${i}`,
    ...beta.slice(0, i + 1).map((__, j) => `sum(w * p * (1e0 - p) * ${x(i)} * ${x(j)}) as h${i}_${j}`),
  ]);
  const { rows } = await database.read(
    `select ${sums.join(', ')} from (select *, 1e0 / (1e0 + exp(-(${odds}))) as p from newton_rows)`,
  );
  const of = (name: string): number => Number(rows[0]?.[name]);
  const ridge = (index: number): number => (index === 0 ? 0 : RIDGE);
  const gradient = beta.map((value, i) => of(`g${i}`) + ridge(i) * value);
  const hessian = beta.map((_, i) =>
    beta.map((__, j) => of(`h${Math.max(i, j)}_${Math.min(i, j)}`) + (i === j ? ridge(i) : 0)),
  );
  return solve(hessian, gradient);
}

test('Newton on sums of SQL ends at the same coefficients to 1e-8, collinear columns included', async () => {
  const { names, columns, labels, weights } = data();
  const fit = fitLogistic({ names, columns, labels, weights }, { ridge: RIDGE });
  if (!('fitted' in fit)) throw new Error(fit.abstain);
  const { design } = standardise(columns, weights);
  const values = Array.from({ length: ROWS }, (_, row) => {
    const own = [...design.subarray(row * names.length, (row + 1) * names.length)].map((each) => each.toExponential());
    return `(${[...own, `${labels[row]}e0`, `${weights[row]}e0`].join(', ')})`;
  });
  const columnNames = [...names.map((_, index) => `x${index + 1}`), 'y', 'w'].join(', ');
  await database.run(
    `create or replace temp table newton_rows as select * from (values ${values.join(', ')}) as t (${columnNames})`,
  );
  let beta = [0, ...names.map(() => 0)];
  for (let passes = 0; passes < 12; passes++) {
    const step = await pass(beta);
    beta = beta.map((value, index) => value - (step[index] as number));
    if (Math.max(...step.map(Math.abs)) < 1e-12) break;
  }
  const { model } = fit.fitted;
  expect(Math.abs(model.intercept - (beta[0] as number))).toBeLessThan(1e-8);
  model.terms.forEach(({ coefficient }, index) => {
    expect(Math.abs(coefficient - (beta[index + 1] as number))).toBeLessThan(1e-8);
  });
  const [recency, , , twice] = model.terms;
  expect(Math.abs((recency?.coefficient as number) - (twice?.coefficient as number))).toBeLessThan(1e-8);
});
