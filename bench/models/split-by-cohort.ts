import { compressCounts, type PurchaseCounts } from '../../src/core/statistics/counts';

/** The counts of each acquisition cohort (a whole number for each row: a year, a quarter), by rising cohort. */
export function splitByCohort(counts: PurchaseCounts, cohort: ArrayLike<number>): Map<number, PurchaseCounts> {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < counts.repeats.length; row++) {
    const key = cohort[row] as number;
    const rows = rowsOf.get(key);
    if (rows) rows.push(row);
    else rowsOf.set(key, [row]);
  }
  const pick = (column: Float64Array, rows: number[]): Float64Array =>
    Float64Array.from(rows, (row) => column[row] as number);
  return new Map(
    [...rowsOf]
      .sort(([left], [right]) => left - right)
      .map(([key, rows]) => [
        key,
        compressCounts({
          repeats: pick(counts.repeats, rows),
          span: pick(counts.span, rows),
          age: pick(counts.age, rows),
          weight: pick(counts.weight, rows),
        }),
      ]),
  );
}
