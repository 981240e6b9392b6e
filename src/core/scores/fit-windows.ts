import type { PurchaseCounts, SpendCounts } from '../statistics/counts';

/** Columns of one table as read from its files, by name; null is NaN. All of one length. */
export interface ColumnTable {
  rows: number;
  columns: ReadonlyMap<string, Float64Array>;
}

/** Numbers of `as_of_window` in training_rows. */
export const WINDOW = { fit: 0, judged: 1, training: [2, 3], season: 4 } as const;

/** Customers as of one date, in the order of their hashes, and what they did in the H days after it. */
export interface FitWindow {
  rows: number;
  /** The same number for the same customer in every window. */
  hash: Float64Array;
  /** 1 for a purchase within H; all 0 in the fit window, whose outcomes nobody knows. */
  labels: Uint8Array;
  positives: number;
  /** Without a row where nobody has bought yet. */
  counts: PurchaseCounts;
  recency: Float64Array;
  /** Mean net value of the purchase days after the first; NaN without one or where money says nothing of the customer. */
  value: Float64Array;
  /** By name, in the order of the model's columns. */
  features: ReadonlyMap<string, Float64Array>;
}

export interface FitWindows {
  fit: FitWindow;
  judged: FitWindow;
  /** Newest first; those without a customer are left out. */
  training: FitWindow[];
  season: FitWindow | undefined;
}

/** Columns that every window needs beside the features. */
export const FIT_COLUMNS = [
  'as_of_window',
  'customer_hash',
  'has_bought',
  'repeat_count',
  'span_days',
  'age_days',
  'recency_days',
  'order_value',
] as const;

/** Columns of people without a purchase beside the features. */
export const PROSPECT_COLUMNS = ['as_of_window', 'customer_hash', 'has_bought', 'recency_days'] as const;

/**
 * Sorts the rows of training_rows, or of prospect_rows, into windows.
 *
 * @throws RangeError for a column that is not there.
 */
export function fitWindows(table: ColumnTable, features: readonly string[]): FitWindows {
  const column = (name: string): Float64Array => {
    const found = table.columns.get(name);
    if (!found) throw new RangeError(`no column ${name}`);
    return found;
  };
  const [window, hash, bought] = [column('as_of_window'), column('customer_hash'), column('has_bought')];
  const haveBought = table.columns.has('repeat_count');
  const rowsOf = (number: number): Uint32Array => {
    const rows: number[] = [];
    for (let row = 0; row < window.length; row++) if (window[row] === number) rows.push(row);
    return Uint32Array.from(rows).sort((left, right) => (hash[left] as number) - (hash[right] as number));
  };
  const read = (number: number): FitWindow => {
    const rows = rowsOf(number);
    // In loops: the iterators of typed arrays cost ten times as much.
    const pick = (name: string): Float64Array => {
      const values = column(name);
      const picked = new Float64Array(rows.length);
      for (let place = 0; place < rows.length; place++) picked[place] = values[rows[place] as number] as number;
      return picked;
    };
    const labels = Uint8Array.from(rows, (row) => (bought[row] === 1 ? 1 : 0));
    return {
      rows: rows.length,
      hash: pick('customer_hash'),
      labels,
      positives: labels.reduce((sum, each) => sum + each, 0),
      counts: haveBought ? countsOf(pick, rows.length) : NO_PURCHASES,
      recency: pick('recency_days'),
      value: haveBought ? pick('order_value') : new Float64Array(),
      features: new Map(features.map((name) => [name, pick(name)])),
    };
  };
  const season = read(WINDOW.season);
  return {
    fit: read(WINDOW.fit),
    judged: read(WINDOW.judged),
    training: WINDOW.training.map(read).filter((each) => each.rows > 0),
    season: season.rows > 0 ? season : undefined,
  };
}

const NO_PURCHASES: PurchaseCounts = {
  repeats: new Float64Array(),
  span: new Float64Array(),
  age: new Float64Array(),
  weight: new Float64Array(),
};

const countsOf = (pick: (name: string) => Float64Array, rows: number): PurchaseCounts => ({
  repeats: pick('repeat_count'),
  span: pick('span_days'),
  age: pick('age_days'),
  weight: new Float64Array(rows).fill(1),
});

/** What Gamma-Gamma is fitted on: people with two purchase days or more, by the mean of those after the first. */
export function spendOf({ counts, value, rows }: FitWindow): SpendCounts {
  const repeaters = [...Array(rows).keys()].filter(
    (row) => (counts.repeats[row] as number) > 0 && (value[row] as number) > 0,
  );
  return {
    repeats: Float64Array.from(repeaters, (row) => counts.repeats[row] as number),
    mean: Float64Array.from(repeaters, (row) => value[row] as number),
    weight: new Float64Array(repeaters.length).fill(1),
  };
}
