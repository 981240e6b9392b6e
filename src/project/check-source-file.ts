import type { ColumnMapping, SourceFile } from '../core/project-file';
import { type SourceColumnContract, type SourceName, sourceColumns, WINDOWED_SOURCES } from '../core/sources/contract';
import { tokenize } from '../core/sql/tokens';
import type { YamlPath } from './read-yaml';
import { timeZoneProblem } from './time-zones';

export type Report = (code: string, at: YamlPath, found: string, remedy: string) => void;

export function checkZone(zone: string | undefined, at: YamlPath, alternative: string, report: Report): void {
  const problem = zone === undefined ? undefined : timeZoneProblem(zone);
  if (problem) report('unknown_time_zone', at, problem.found, problem.remedy + alternative);
}

/** Checks what a schema cannot say of one source: where it lies, its partition, its zone, its mappings. */
export function checkSource(
  name: SourceName,
  source: SourceFile,
  isMapped: (name: SourceName) => boolean,
  report: Report,
): void {
  const at = ['sources', name];
  checkWhereItLies(name, source, report);
  checkPartition(name, source, isMapped, report);
  if (source.times_in !== 'shop') checkZone(source.times_in, [...at, 'times_in'], '; or write shop', report);
  checkSql(source.where, `where of ${name}`, [...at, 'where'], report);
  if (name === 'refunds' && !source.columns.order_id && !source.columns.customer_id) {
    report(
      'missing_key',
      [...at, 'columns', 'order_id'],
      'refunds map neither order_id nor customer_id',
      'map one of them, so that a refund finds its customer',
    );
  }
  for (const [column, mapping] of Object.entries(source.columns)) {
    const contract = sourceColumns(name)[column];
    if (contract) checkMapping(`${name}.${column}`, column, mapping, contract, [...at, 'columns', column], report);
  }
}

/** A setting without effect would let its owner believe that nights cost less than they do. */
function checkPartition(
  name: SourceName,
  { partition }: SourceFile,
  isMapped: (name: SourceName) => boolean,
  report: Report,
): void {
  if (!partition) return;
  const isWindowed = (WINDOWED_SOURCES as readonly SourceName[]).includes(name);
  if (isWindowed && (name !== 'order_lines' || isMapped('orders'))) return;
  report(
    'partition_not_used',
    ['sources', name, 'partition'],
    isWindowed
      ? 'order_lines has a partition, but orders are made from the lines here, and lines of one order may lie in any partition, so all are read every night'
      : `${name} has a partition, but nothing of it is kept by month, so all of it is read every night`,
    isWindowed
      ? 'take `partition` out, or map the source orders'
      : `take \`partition\` out; ${WINDOWED_SOURCES.join(', ')} may have one`,
  );
}

function checkWhereItLies(name: SourceName, source: SourceFile, report: Report): void {
  const at = ['sources', name];
  if (source.from === undefined && source.query === undefined) {
    report(
      'source_without_place',
      at,
      `${name} has neither from nor query`,
      'add from: with a file, folder, glob or list',
    );
  } else if (source.from !== undefined && source.query !== undefined) {
    report(
      'source_with_two_places',
      [...at, 'query'],
      `${name} has both from and query`,
      'keep one; what the query reads stands under inputs',
    );
  }
  if (source.query !== undefined && Object.keys(source.inputs ?? {}).length === 0) {
    report(
      'query_without_inputs',
      [...at, 'query'],
      `the query of ${name} has no inputs`,
      'add inputs: with a name and a file for each relation it reads',
    );
  }
  if (source.query === undefined && source.inputs !== undefined) {
    report(
      'inputs_without_query',
      [...at, 'inputs'],
      `${name} has inputs but no query`,
      'remove inputs, or add query: with a file that reads them',
    );
  }
  for (const [path, location] of locationsOf(source)) {
    if (location.includes('\0') || location.trim() === '')
      report('invalid_value', [...at, ...path], 'a place is no path', 'write a file, folder or glob');
  }
}

function locationsOf(source: SourceFile): [YamlPath, string][] {
  const places: [YamlPath, string[]][] = source.from === undefined ? [] : [[['from'], [source.from].flat()]];
  for (const [name, input] of Object.entries(source.inputs ?? {})) {
    places.push([['inputs', name], [typeof input === 'object' && !Array.isArray(input) ? input.from : input].flat()]);
  }
  return places.flatMap(([path, all]) => all.map((one): [YamlPath, string] => [path, one]));
}

/** Columns that hold ids of customers: hashed alike, so that they still find each other. */
const isCustomerId = (column: string): boolean => column === 'customer_id' || column.endsWith('_customer_id');

function checkMapping(
  name: string,
  column: string,
  mapping: ColumnMapping,
  contract: SourceColumnContract,
  at: YamlPath,
  report: Report,
): void {
  if (typeof mapping === 'string') return;
  if ('sql' in mapping) {
    checkSql(mapping.sql, name, [...at, 'sql'], report);
    return;
  }
  if (mapping.hash !== undefined && !isCustomerId(column)) {
    report(
      'hash_not_allowed',
      [...at, 'hash'],
      `${name} asks for hash`,
      'remove it: only customer ids are hashed here',
    );
  }
  if (mapping.values !== undefined && contract.values === undefined) {
    report(
      'values_not_allowed',
      [...at, 'values'],
      `${name} has values, but holds no fixed set of them`,
      'remove values, or write { sql: "case ..." }',
    );
  }
}

/** Catches what could not stand inside a larger query; names and types are checked where the source's columns are known. */
function checkSql(sql: string | undefined, what: string, at: YamlPath, report: Report): void {
  if (sql === undefined) return;
  const tokens = tokenize(sql);
  if (!Array.isArray(tokens)) {
    report('sql_unreadable', at, `${what} holds ${tokens.found}`, tokens.remedy);
  } else if (tokens.length === 0 || tokens.some((token) => token.kind === 'comment' || token.kind === 'placeholder')) {
    report(
      'sql_unreadable',
      at,
      `${what} is ${tokens.length === 0 ? 'empty' : 'no plain expression'}`,
      'write one expression over the columns, without comments and double braces',
    );
  }
}
