import type { DuckDBConnection } from '@duckdb/node-api';
import type { SourceFormat } from '../../core/project-file';
import type { SourceColumn } from '../../ports/catalog';
import { problem, type SourceFile } from './source-files';
import { identifier, literal, pathListLiteral } from './sql-text';
import { readTextLayout } from './text-layout';

/** A FROM item over a source's files and its columns, before anything was read for `looks`. */
export interface Reading {
  relation: string;
  columns: SourceColumn[];
}

/** CSV and the like, every column text. Files may order their columns differently but must have the same ones. */
export async function readCsvFiles(
  source: string,
  files: readonly SourceFile[],
  format: SourceFormat | undefined,
): Promise<Reading> {
  const groups = new Map<string, { names: string[]; sql: (paths: string[]) => string; paths: string[] }>();
  let first: string[] | undefined;
  for (const { path } of files) {
    const layout = await readTextLayout(source, path, format);
    first ??= layout.columns;
    checkSameColumns(source, files[0]?.path ?? path, first, path, layout.columns);
    const key = JSON.stringify([layout, compressionOf([path])]);
    const options = [
      'auto_detect = false',
      `delim = ${literal(layout.delimiter)}`,
      `quote = ${literal(layout.quote)}`,
      `escape = ${literal(layout.quote)}`,
      `header = ${format?.header !== false}`,
      `skip = ${format?.skip ?? 0}`,
      `nullstr = ''`,
      `columns = {${layout.columns.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')}}`,
      `compression = ${literal(compressionOf([path]))}`,
      'hive_partitioning = false',
    ];
    const group = groups.get(key) ?? {
      names: layout.columns,
      paths: [],
      sql: (paths) => `read_csv(${pathListLiteral(paths)}, ${options.join(', ')})`,
    };
    group.paths.push(path);
    groups.set(key, group);
  }
  const names = first ?? [];
  const reads = [...groups.values()].map(
    (group) => `select ${nameList(group.names, names)} from ${group.sql(group.paths)}`,
  );
  return { relation: `(${reads.join(' union all ')})`, columns: names.map((name) => ({ name, type: 'text' })) };
}

/** JSON lines, or one array of objects a file. Values are text as written, arrays text arrays, objects JSON text. */
export async function readJsonFiles(connection: DuckDBConnection, files: readonly SourceFile[]): Promise<Reading> {
  const list = pathListLiteral(files.map((file) => file.path));
  const compression = compressionOf(files.map((file) => file.path));
  const common = `union_by_name = true, hive_partitioning = false, maximum_object_size = 16777216, compression = ${literal(compression)}`;
  const described = await describe(
    connection,
    `read_json(${list}, ${common}, sample_size = ${JSON_SAMPLE_ROWS}, maximum_sample_files = 10000)`,
  );
  const columns = described.map(
    ({ name, type }): SourceColumn => ({ name, type: type.endsWith('[]') ? 'text_array' : 'text' }),
  );
  const types = columns.map(
    ({ name, type }) => `${literal(name)}: '${type === 'text_array' ? 'VARCHAR[]' : 'VARCHAR'}'`,
  );
  const read = `read_json(${list}, ${common}, columns = {${types.join(', ')}})`;
  return { relation: `(select ${nameList(columns.map((column) => column.name))} from ${read})`, columns };
}

/** Said outright: DuckDB looks for the ending before a ? in the path, which a folder's name may hold. */
function compressionOf(paths: readonly string[]): 'gzip' | 'uncompressed' | 'auto_detect' {
  const zipped = paths.filter((path) => path.toLowerCase().endsWith('.gz')).length;
  return zipped === 0 ? 'uncompressed' : zipped === paths.length ? 'gzip' : 'auto_detect';
}

/** Rows looked at for the keys of JSON objects: a key that first occurs later is not seen. */
const JSON_SAMPLE_ROWS = 200_000;

/** Parquet with the types it has; where files differ in types the wider one counts. */
export async function readParquetFiles(
  connection: DuckDBConnection,
  source: string,
  files: readonly SourceFile[],
): Promise<Reading> {
  const list = pathListLiteral(files.map((file) => file.path));
  const options = 'union_by_name = true, hive_partitioning = false';
  const first = files[0]?.path ?? '';
  const firstNames = (
    await describe(connection, `read_parquet(${pathListLiteral([first])}, hive_partitioning = false)`)
  ).map((column) => column.name);
  for (const { path } of files.slice(1)) {
    const own = await describe(connection, `read_parquet(${pathListLiteral([path])}, hive_partitioning = false)`);
    const ownNames = own.map((column) => column.name);
    checkSameColumns(source, first, firstNames, path, ownNames);
  }
  const columns = await describeColumns(connection, `read_parquet(${list}, ${options})`);
  const names = columns.map((column) => column.name);
  return { relation: `(select ${nameList(names)} from read_parquet(${list}, ${options}))`, columns };
}

/** Columns of anything that can stand in a FROM clause, without reading its rows. */
export async function describeColumns(connection: DuckDBConnection, from: string): Promise<SourceColumn[]> {
  return (await describe(connection, from)).map(({ name, type }) => ({ name, type: columnType(type) }));
}

async function describe(connection: DuckDBConnection, from: string): Promise<{ name: string; type: string }[]> {
  const reader = await connection.runAndReadAll(`describe select * from ${from}`);
  return reader.getRowObjects().map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

function columnType(type: string): SourceColumn['type'] {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(type)) return 'integer';
  if (type.startsWith('DECIMAL')) return type.endsWith('[]') ? 'other' : 'decimal';
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'instant';
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return 'timestamp';
  const simple: Record<string, SourceColumn['type']> = {
    DOUBLE: 'double',
    FLOAT: 'double',
    BOOLEAN: 'boolean',
    DATE: 'date',
    VARCHAR: 'text',
    'VARCHAR[]': 'text_array',
  };
  return simple[type] ?? (type.startsWith('ENUM') ? 'text' : 'other');
}

function nameList(own: readonly string[], order: readonly string[] = own): string {
  // Names match whatever their capitals: the first file's spelling is the one used.
  const spelt = new Map(own.map((name) => [name.toLowerCase(), name]));
  return order
    .map((name) => {
      const mine = spelt.get(name.toLowerCase()) ?? name;
      return mine === name ? identifier(name) : `${identifier(mine)} as ${identifier(name)}`;
    })
    .join(', ');
}

function checkSameColumns(
  source: string,
  firstPath: string,
  first: readonly string[],
  path: string,
  own: readonly string[],
): void {
  const lacks = (names: readonly string[], others: readonly string[]) => {
    const known = new Set(names.map((name) => name.toLowerCase()));
    return others.filter((name) => !known.has(name.toLowerCase()));
  };
  const report = (file: string, columns: readonly string[], other: string) =>
    problem(
      'source_columns',
      source,
      `the file lacks ${columns.length === 1 ? 'the column' : 'the columns'} ${columns.slice(0, 5).join(', ')}${columns.length > 5 ? ', ...' : ''} that ${other} has`,
      'all files of one source need the same columns: export the file again, or join them with `query` and `inputs`',
      file,
    );
  const missingHere = lacks(own, first);
  if (missingHere.length > 0) throw report(path, missingHere, firstPath);
  const missingInFirst = lacks(first, own);
  if (missingInFirst.length > 0) throw report(firstPath, missingInFirst, path);
}
