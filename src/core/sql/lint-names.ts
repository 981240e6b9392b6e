import { QUERY_FUNCTIONS } from './functions';

/**
 * What the product's own SQL may call: what fragments of a project may, and what needs more care than a fragment takes.
 * Every one is native on both engines or a macro of src/engines/duckdb/prelude.sql.
 */
export const MODEL_FUNCTIONS: ReadonlySet<string> = new Set([
  ...QUERY_FUNCTIONS,
  ...['cast', 'try_cast', 'ln', 'exp', 'log10', 'tanh', 'cbrt', 'is_nan', 'is_finite', 'regr_slope', 'day_of_month'],
  ...['at_timezone', 'sha256', 'to_utf8', 'to_hex', 'from_base', 'concat_ws'],
]);

/** Functions and words that mean different things, or nothing, on one of the engines. */
export const FORBIDDEN_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'now'].map((name) => [
      name,
      "a run is a function of its date, not of the clock: write {{ param('run_date') }}",
    ]),
  ),
  ...Object.fromEntries(
    ['random', 'rand', 'uuid', 'shuffle', 'tablesample'].map((name) => [
      name,
      'the same inputs must give the same rows: take the digits of a hash of the id',
    ]),
  ),
  ...Object.fromEntries(
    ['approx_percentile', 'approx_distinct', 'approx_most_frequent', 'approx_quantile'].map((name) => [
      name,
      'its result depends on the run and the engine: count exactly, by grouped counts',
    ]),
  ),
  percentile_cont: 'Trino has none: take the first value whose running count reaches the share',
  median: 'Trino has none: take the first value whose running count reaches the half',
  ntile: 'rows with equal values get different tiles on every run: score by cut points',
  try: 'what raises an error differs between the engines: guard the value',
  date_format: 'the codes differ: cast the date to varchar',
  truncate: 'its name and rounding differ: write floor or ceil',
  trunc: 'its name and rounding differ: write floor or ceil',
  listagg: 'its syntax differs: write array_join(array_agg(x order by y), ...)',
  map: 'maps differ: write rows',
  map_agg: 'maps differ: write rows',
  histogram: 'maps differ: write rows',
  transform: 'lambdas differ: write a join',
  reduce: 'lambdas differ: write a join',
  match_recognize: 'DuckDB has none',
  qualify: 'Trino has none: filter in the next step',
  exclude: 'Trino has none: name the columns',
  pivot: 'Trino has none: write max(case ...)',
  unpivot: 'Trino has none: cross join the names',
  ignore: 'ignore nulls stands in different places: write max(case ...) over (...)',
  ilike: 'Trino has none: compare lower(...)',
  fetch: 'its ties differ: rank with a total order',
};

/** Forbidden wherever they stand; the others of the list are right as names of columns and relations. */
export const FORBIDDEN_KEYWORDS: ReadonlySet<string> = new Set([
  ...['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'tablesample', 'qualify'],
  ...['exclude', 'pivot', 'unpivot', 'ignore', 'ilike', 'fetch', 'match_recognize'],
]);

/** Windows that look at other rows by their place: their order decides the result. */
export const RANKING_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'lag', 'lead', 'first_value', 'last_value'],
  'nth_value',
]);

/** Aggregates that take one value by the greatest or smallest of another: rows that share it are a draw. */
export const BY_ANOTHER: ReadonlySet<string> = new Set(['max_by', 'min_by']);

/** Aggregates that are macros on DuckDB, which take no FILTER, DISTINCT or ORDER BY. */
export const MACRO_AGGREGATES: ReadonlySet<string> = new Set(['count_if', 'max_by', 'min_by']);
