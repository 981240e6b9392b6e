/**
 * Functions a user's fragment or query may call: those that mean the same on Trino, Athena and DuckDB (with the
 * DuckDB prelude), with the numbers of arguments for which that is so.
 */
export interface ScalarFunction {
  arguments: readonly [least: number, most: number];
  /** Which presentation a text column takes as the first argument; see fragment.ts. */
  takes?: 'text' | 'number';
  gives?: 'instant';
}

const text = (least: number, most = least): ScalarFunction => ({ arguments: [least, most], takes: 'text' });
const number = (least: number, most = least): ScalarFunction => ({ arguments: [least, most], takes: 'number' });
const other = (least: number, most = least): ScalarFunction => ({ arguments: [least, most] });

/** ln, log10 and exp are left out on purpose: at zero or beyond 700 they raise on one engine and not on the other. */
export const SCALAR_FUNCTIONS: ReadonlyMap<string, ScalarFunction> = new Map(
  Object.entries({
    abs: number(1),
    ceil: number(1),
    ceiling: number(1),
    floor: number(1),
    round: number(1, 2),
    sqrt: number(1),
    power: number(2),
    mod: number(2),
    coalesce: other(2, 20),
    nullif: other(2),
    if: other(3),
    greatest: other(2, 4),
    least: other(2, 4),
    concat: text(2, 4),
    lower: text(1),
    upper: text(1),
    trim: text(1),
    ltrim: text(1),
    rtrim: text(1),
    length: text(1),
    substr: text(2, 3),
    strpos: text(2),
    replace: text(3),
    lpad: text(3),
    rpad: text(3),
    starts_with: text(2),
    split_part: text(3),
    regexp_like: text(2),
    regexp_extract: text(2, 3),
    regexp_replace: text(3),
    json_extract_scalar: text(2),
    year: other(1),
    quarter: other(1),
    month: other(1),
    week: other(1),
    day: other(1),
    hour: other(1),
    minute: other(1),
    day_of_week: other(1),
    last_day_of_month: other(1),
    date_add: other(3),
    date_diff: other(3),
    date_trunc: other(2),
    from_unixtime: { arguments: [1, 1], takes: 'number', gives: 'instant' },
    to_unixtime: other(1),
    with_timezone: { arguments: [2, 2], gives: 'instant' },
    element_at: other(2),
    cardinality: other(1),
  } satisfies Record<string, ScalarFunction>),
);

/** Allowed in a query besides the scalar ones: aggregates, windows, table-making unnest. */
export const QUERY_FUNCTIONS: ReadonlySet<string> = new Set([
  ...SCALAR_FUNCTIONS.keys(),
  ...['count', 'count_if', 'sum', 'avg', 'min', 'max', 'min_by', 'max_by', 'bool_or', 'bool_and', 'array_agg'],
  ...['stddev_samp', 'stddev_pop', 'row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'lag', 'lead'],
  ...['first_value', 'last_value', 'nth_value', 'unnest', 'sequence', 'contains', 'array_join', 'slice', 'grouping'],
]);

/** Types a cast may name; decimal takes precision and scale. */
export const CAST_TYPES: ReadonlySet<string> = new Set([
  'varchar',
  'bigint',
  'integer',
  'double',
  'boolean',
  'date',
  'timestamp',
]);
