export interface Standardised {
  /** Row-major, one value for each varying column: mean 0, deviation 1. */
  design: Float64Array;
  means: Float64Array;
  deviations: Float64Array;
  /** Which of the columns vary; the others are left out. */
  varying: readonly number[];
}

/** Deviation below this share of the largest absolute value is rounding, not variance. */
const LEAST_SHARE = 1e-9;

/** Centre, scale and transpose; two passes, so that a large mean does not swallow a small variance. */
export function standardise(columns: readonly Float64Array[], weights?: Float64Array): Standardised {
  const rows = columns[0]?.length ?? 0;
  const moments = columns.map((column) => momentsOf(column, weights));
  const varying = [...moments.keys()].filter((index) => {
    const { deviation, largest } = moments[index] as Moments;
    return deviation > LEAST_SHARE * largest;
  });
  const width = varying.length;
  const design = new Float64Array(rows * width);
  varying.forEach((column, place) => {
    const values = columns[column] as Float64Array;
    const { mean, deviation } = moments[column] as Moments;
    for (let row = 0; row < rows; row++) design[row * width + place] = ((values[row] as number) - mean) / deviation;
  });
  return {
    design,
    means: Float64Array.from(varying, (column) => (moments[column] as Moments).mean),
    deviations: Float64Array.from(varying, (column) => (moments[column] as Moments).deviation),
    varying,
  };
}

interface Moments {
  mean: number;
  deviation: number;
  largest: number;
}

function momentsOf(column: Float64Array, weights?: Float64Array): Moments {
  let [total, sum, largest] = [0, 0, 0];
  for (let row = 0; row < column.length; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    const value = column[row] as number;
    total += weight;
    sum += weight * value;
    largest = Math.max(largest, Math.abs(value));
  }
  const mean = sum / total;
  let squares = 0;
  for (let row = 0; row < column.length; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    squares += weight * ((column[row] as number) - mean) ** 2;
  }
  return { mean, deviation: Math.sqrt(squares / total), largest };
}
