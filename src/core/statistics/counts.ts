/**
 * What a purchase model knows of customers: identical histories collapsed into one row with a weight.
 * Row i stands for `weight[i]` customers. Times in one unit throughout, days in the product.
 */
export interface PurchaseCounts {
  /** x: purchase days after the first. */
  repeats: Float64Array;
  /** t_x: from the first to the last purchase day. */
  span: Float64Array;
  /** T: from the first purchase day to the as-of date. */
  age: Float64Array;
  /** How many customers share the three. */
  weight: Float64Array;
}

/** What Gamma-Gamma knows: repeaters alone, by number of repeat purchases and their mean value. */
export interface SpendCounts {
  repeats: Float64Array;
  /** Mean value of one purchase day, above 0, over those `repeats` days. */
  mean: Float64Array;
  weight: Float64Array;
}

/** What is wrong with counts that no model may see. A broken promise of the caller's query, never of a customer. */
export type CountsProblem =
  | 'lengths_differ'
  | 'not_finite'
  | 'negative'
  | 'repeats_not_whole'
  | 'span_beyond_age'
  | 'repeats_without_span'
  | 'span_without_repeats';

function problemOfRow(repeats: number, span: number, age: number, weight: number): CountsProblem | undefined {
  if (![repeats, span, age, weight].every(Number.isFinite)) return 'not_finite';
  if (repeats < 0 || span < 0 || age < 0 || weight < 0) return 'negative';
  if (!Number.isInteger(repeats)) return 'repeats_not_whole';
  if (span > age) return 'span_beyond_age';
  if (repeats > 0 && span === 0) return 'repeats_without_span';
  if (repeats === 0 && span > 0) return 'span_without_repeats';
  return undefined;
}

/** The first problem of the counts, or undefined when every row may be fitted. */
export function problemOfCounts(counts: PurchaseCounts): CountsProblem | undefined {
  const { repeats, span, age, weight } = counts;
  const rows = repeats.length;
  if (span.length !== rows || age.length !== rows || weight.length !== rows) return 'lengths_differ';
  for (let row = 0; row < rows; row++) {
    const problem = problemOfRow(
      repeats[row] as number,
      span[row] as number,
      age[row] as number,
      weight[row] as number,
    );
    if (problem) return problem;
  }
  return undefined;
}

/** Row numbers in the order of the columns, the first column first: the same for any order of the same rows. */
function ordered(columns: readonly Float64Array[]): Uint32Array {
  const rows = Uint32Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => row);
  return rows.sort((left, right) => {
    for (const column of columns) {
      const difference = (column[left] as number) - (column[right] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** The distinct rows of some columns with their weights added up, sorted; the last column is the weight. */
function collapse(columns: readonly Float64Array[]): Float64Array[] {
  const keys = columns.slice(0, -1);
  const weights = columns[columns.length - 1] as Float64Array;
  const order = ordered(columns);
  const collapsed: number[][] = columns.map(() => []);
  let previous = -1;
  for (const row of order) {
    if (previous >= 0 && keys.every((key) => key[previous] === key[row])) {
      const sums = collapsed[keys.length] as number[];
      sums[sums.length - 1] = (sums[sums.length - 1] as number) + (weights[row] as number);
    } else {
      columns.forEach((column, index) => {
        (collapsed[index] as number[]).push(column[row] as number);
      });
    }
    previous = row;
  }
  return collapsed.map((column) => Float64Array.from(column));
}

/**
 * Identical rows made one, in a fixed order: a fit on the result has the same digits whatever order the rows came in.
 * Columns must have one length.
 */
export function compressCounts(counts: PurchaseCounts): PurchaseCounts {
  const [repeats, span, age, weight] = collapse([counts.repeats, counts.span, counts.age, counts.weight]);
  return { repeats, span, age, weight } as PurchaseCounts;
}

/** The same for spend; rows without a repeat purchase or without a mean above 0 are left out, as the model demands. */
export function compressSpend(spend: SpendCounts): SpendCounts {
  const isUsable = (row: number): boolean =>
    (spend.repeats[row] as number) > 0 && (spend.mean[row] as number) > 0 && Number.isFinite(spend.mean[row]);
  const rows = [...spend.repeats.keys()].filter(isUsable);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row] as number);
  const [repeats, mean, weight] = collapse([pick(spend.repeats), pick(spend.mean), pick(spend.weight)]);
  return { repeats, mean, weight } as SpendCounts;
}

/**
 * About so many rows, evenly spread over compressed ones, which are sorted: the same kinds of histories in the same
 * proportions. The rows themselves where there are not twice as many.
 */
export function thinned<T extends PurchaseCounts | SpendCounts>(counts: T, rows: number): T {
  const every = Math.floor(counts.repeats.length / rows);
  if (every < 2) return counts;
  const columns = Object.entries(counts) as [string, Float64Array][];
  return Object.fromEntries(
    columns.map(([name, column]) => [name, column.filter((_, row) => row % every === 0)]),
  ) as unknown as T;
}

/** Σ of a column, or of its products with the weights. */
export function weightedSum(weight: Float64Array, column?: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < weight.length; row++) sum += (weight[row] as number) * (column ? (column[row] as number) : 1);
  return sum;
}
