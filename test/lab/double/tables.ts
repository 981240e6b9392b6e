import type { TrinoColumn } from '../trino-client';
import { invalid } from './errors';
import type { Outcome } from './executions';
import { notEmpty } from './failures';
import { viewInput } from './glue-view';
import { hiveType } from './hive-types';
import type { Run } from './runner';
import { type S3Place, s3Place } from './s3-store';
import { identifier, textLiteral } from './sql-text';
import { spoil } from './statement-faults';
import type { Ctas, Properties, Statement, TableName } from './statements';
import { movedUp, writeSession } from './writing';

/** Statements that change what the catalog holds: the engine does the work, Glue keeps the entry. */

const NOTHING: Outcome = { columns: [], rows: [] };

interface Target {
  database: string;
  table: string;
  /** As the engine names it. */
  sql: string;
}

export function targetOf(run: Run, name: TableName): Target {
  const database = name.database ?? run.execution.context.database ?? 'default';
  return { database, table: name.table, sql: `${identifier(database)}.${identifier(name.table)}` };
}

function columnsOf(run: Run, { sql }: Target): Promise<TrinoColumn[]> {
  return run.parts.engine.run(`select * from ${sql} where false`).then(({ columns }) => columns);
}

export async function createView(run: Run, statement: Extract<Statement, { kind: 'createView' }>): Promise<Outcome> {
  const { glue, implied } = run.parts;
  const target = targetOf(run, statement.name);
  const { database, table } = target;
  await spoil(run, statement.select);
  await run.query(statement.sql, {}, { line: 1, column: 1 });
  const known = glue.find(database, table);
  implied.catalog(run.execution, known ? 'UpdateTable' : 'CreateTable', database, table);
  if (!glue.hasDatabase(database)) return NOTHING;
  const schema = run.execution.context.database ?? database;
  const input = viewInput(table, schema, statement.select, await columnsOf(run, target));
  if (known) glue.updateTable(database, input);
  else glue.createTable(database, input);
  return NOTHING;
}

export async function drop(run: Run, statement: Extract<Statement, { kind: 'drop' }>): Promise<Outcome> {
  const { what, name, ifExists } = statement;
  const { database, table, sql } = targetOf(run, name);
  await run.query(`drop ${what} ${ifExists ? 'if exists ' : ''}${sql}`);
  run.parts.implied.catalog(run.execution, 'DeleteTable', database, table);
  if (run.parts.glue.find(database, table)) run.parts.glue.deleteTable(database, table);
  return NOTHING;
}

/** @throws WireError, as StartQueryExecution does, where the workgroup decides all locations. */
export function checkLocation({ properties }: Ctas, isEnforced: boolean): void {
  if (!isEnforced || !properties.external_location) return;
  throw invalid(
    "The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena " +
      "Workgroup that enforces a centralized output location for all queries. Please remove the 'external_location' " +
      'property and resubmit the query.',
  );
}

/** CREATE TABLE AS SELECT: a Hive table over an empty location, its own or one beside the results. */
export async function createTable(run: Run, statement: Ctas): Promise<Outcome> {
  const { execution, parts } = run;
  const target = targetOf(run, statement.name);
  const location = String(statement.properties.external_location ?? `${execution.outputLocation}/`);
  const place = s3Place(location) as S3Place;
  if ((await parts.store.keys(place, 1)).length > 0) throw notEmpty(location);
  parts.implied.written(execution, location);
  await spoil(run, statement.select, place);
  const properties = { format: 'PARQUET', ...statement.properties, external_location: location };
  const head = `create table ${target.sql} with (${tableProperties(properties)}) as\n`;
  const session = writeSession(parts.engine.catalog, statement.properties);
  const result = await run.query(`${head}${statement.select}`, { session }, movedUp(statement.start));
  parts.implied.catalog(execution, 'CreateTable', target.database, target.table);
  await register(run, target, properties);
  return { ...NOTHING, ...(result.updateCount !== undefined && { updateCount: result.updateCount }) };
}

/** Those that Athena and the engine call by the same name. */
const TABLE_PROPERTIES = ['format', 'external_location', 'partitioned_by', 'bucketed_by', 'bucket_count'];

function tableProperties(properties: Properties): string {
  const value = (given: string | string[]): string => {
    if (Array.isArray(given)) return `array[${given.map(textLiteral).join(', ')}]`;
    return /^\d+$/.test(given) ? given : textLiteral(given);
  };
  return TABLE_PROPERTIES.filter((name) => properties[name] !== undefined)
    .map((name) => `${name} = ${value(properties[name] as string)}`)
    .join(', ');
}

async function register(run: Run, target: Target, properties: Properties): Promise<void> {
  const { glue } = run.parts;
  if (!glue.hasDatabase(target.database)) return;
  const keys = [properties.partitioned_by ?? []].flat();
  const columns = (await columnsOf(run, target)).map(({ name, type }) => ({ Name: name, Type: hiveType(type) }));
  glue.createTable(target.database, {
    Name: target.table,
    TableType: 'EXTERNAL_TABLE',
    StorageDescriptor: {
      Columns: columns.filter(({ Name }) => !keys.includes(Name)),
      Location: String(properties.external_location),
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
    PartitionKeys: columns.filter(({ Name }) => keys.includes(Name)),
  });
  await adoptPartitions(run, target);
}

/** INSERT INTO: partitions that it makes are registered after their files exist. */
export async function insert(run: Run, statement: Statement & { name: TableName }): Promise<Outcome> {
  const target = targetOf(run, statement.name);
  const known = run.parts.glue.find(target.database, target.table);
  run.parts.implied.written(run.execution, known?.table.StorageDescriptor?.Location ?? '');
  await spoil(run, statement.sql);
  const { updateCount = 0 } = await run.query(statement.sql, {}, { line: 1, column: 1 });
  await adoptPartitions(run, target);
  return { ...NOTHING, updateCount };
}

/** Takes over what the engine has registered and Glue does not know. */
async function adoptPartitions(run: Run, { database, table }: Target): Promise<void> {
  const { glue, engine, implied } = run.parts;
  const stored = glue.find(database, table)?.table;
  const keys = (stored?.PartitionKeys ?? []).map(({ Name }) => Name);
  if (keys.length === 0) return;
  const sql = `select * from ${identifier(database)}.${identifier(`${table}$partitions`)} order by 1`;
  for (const row of (await engine.run(sql, { numbersAsText: true })).rows) {
    const Values = row.map(String);
    if (glue.findPartition(database, table, Values)) continue;
    const path = keys.map((key, index) => `${key}=${encodeURIComponent(Values[index] as string)}/`).join('');
    const Location = `${String(stored?.StorageDescriptor?.Location).replace(/\/?$/, '/')}${path}`;
    glue.createPartition(database, table, { Values, StorageDescriptor: { ...stored?.StorageDescriptor, Location } });
    implied.catalog(run.execution, 'BatchCreatePartition', database, table);
  }
}
