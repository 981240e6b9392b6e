import type { DuckDBConnection } from '@duckdb/node-api';
import type { SourceContractError } from '../../core/errors';
import type { SourceColumn } from '../../ports/catalog';
import { interrupted } from './errors';
import type { Reading } from './readers';
import { problem, type SourceFiles } from './source-files';
import { identifier } from './sql-text';

/** Rows of a text source looked at to say what its values look like; fewer where there are more than 100 columns. */
const SAMPLE_ROWS = 10_000;
const SAMPLE_VALUES = 1_000_000;
const LEAST_ROWS = 100;
const BATCH_COLUMNS = 500;

/** Narrowest first. A sample only: a later value may look otherwise. */
const LOOKS = [
  { looks: 'boolean', pattern: '(?i)true|false' },
  { looks: 'integer', pattern: '[+-]?[0-9]+' },
  { looks: 'decimal', pattern: '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)' },
  { looks: 'double', pattern: '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?' },
] as const;

/**
 * Finds what the values of text formats look like, some columns at a time: one query over thousands of columns would
 * hold a vector for each, and take hours to plan with tests of each.
 * @throws SourceContractError for a source without rows; EngineError `interrupted` once `isStopped` says so
 */
export async function sample(
  connection: DuckDBConnection,
  source: string,
  found: SourceFiles,
  reading: Reading,
  isStopped: () => boolean,
): Promise<SourceColumn[]> {
  const text = found.kind === 'parquet' ? [] : reading.columns.filter((column) => column.type === 'text');
  const rows = Math.max(LEAST_ROWS, Math.min(SAMPLE_ROWS, Math.floor(SAMPLE_VALUES / Math.max(1, text.length))));
  const looksOf = new Map<SourceColumn, SourceColumn['looks']>();
  // Without a text column there is nothing to judge but whether a row is there.
  for (let first = 0; first === 0 || first < text.length; first += BATCH_COLUMNS) {
    const batch = text.slice(first, first + BATCH_COLUMNS);
    const judged = await judge(connection, reading.relation, batch, text.length > 0 ? rows : 1);
    if (isStopped()) throw interrupted();
    if (judged.length === 0) throw noRows(source, found);
    for (const { place, looks } of judged) looksOf.set(batch[place - 1] as SourceColumn, looks);
  }
  return reading.columns.map((column) => {
    const looks = looksOf.get(column);
    return looks ? { ...column, looks } : column;
  });
}

/** The look of each column by its place, from 1; the columns of a row become one list, so that the query stays small. */
async function judge(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly SourceColumn[],
  rows: number,
): Promise<{ place: number; looks: SourceColumn['looks'] }[]> {
  const values = columns.map((column) => identifier(column.name)).join(', ') || 'null';
  const tests = LOOKS.map(({ looks, pattern }) => `bool_and(regexp_full_match(text, '${pattern}')) as ${looks}`);
  const sql = [
    `select place, ${tests.join(', ')}`,
    "from (select place, nullif(trim(cast(text as varchar)), '') as text",
    'from (select unnest(texts) as text, generate_subscripts(texts, 1) as place',
    `from (select [${values}] as texts from ${relation} as source_relation limit ${rows}) as lists) as listed) as texts`,
    'group by place',
  ].join('\n');
  const found = (await connection.runAndReadAll(sql)).getRowObjects();
  return found.map((row) => ({
    place: Number(row.place),
    looks: LOOKS.find(({ looks }) => row[looks] === true)?.looks,
  }));
}

function noRows(source: string, found: SourceFiles): SourceContractError {
  return problem(
    'source_empty',
    source,
    'there are columns but no rows',
    'export the data again, or leave the source out of tidemark.yml',
    found.files[0]?.path,
  );
}
