import type { TrinoResult } from '../trino-client';
import { StatementFailure } from './errors';
import type { Outcome } from './executions';
import { notEmpty, USER } from './failures';
import { viewInput } from './glue-view';
import { hiveType } from './hive-types';
import { columnInfo, resultCsv, resultText } from './results';
import type { Run } from './runner';
import { s3Place } from './s3-store';
import { identifier, textLiteral } from './sql-text';
import { spoil } from './statement-faults';
import type { Properties, Statement, TableName } from './statements';
import { unload } from './unload';

/** Does what a statement asks for. @throws StatementFailure */
export async function perform(run: Run): Promise<Outcome> {
  const { statement } = run.execution;
  const outcome = await performKind(run, statement);
  const place = s3Place(run.execution.outputLocation);
  if (place && statement.kind !== 'ctas' && statement.kind !== 'unload') {
    const isSelect = statement.kind === 'select';
    const names = isSelect ? [outcome.columns.map(({ Name }) => Name)] : [];
    await run.parts.store.put(place, resultCsv([...names, ...outcome.rows]));
  }
  if (place) await run.parts.store.put({ ...place, key: `${place.key}.metadata` }, run.execution.id);
  return outcome;
}

function performKind(run: Run, statement: Statement): Promise<Outcome> {
  switch (statement.kind) {
    case 'unload':
      return unload(run, statement);
    case 'ctas':
      return createTable(run, statement);
    case 'createView':
      return createView(run, statement);
    case 'drop':
      return drop(run, statement);
    default:
      return select(run, statement.sql);
  }
}

function outcomeOf({ columns, rows, updateCount }: TrinoResult): Outcome {
  const signatures = columns.map(({ signature }) => signature);
  return {
    columns: columns.map(columnInfo),
    rows: rows.map((row) => row.map((value, index) => resultText(value, signatures[index] as never))),
    ...(updateCount !== undefined && { updateCount }),
  };
}

async function select(run: Run, sql: string): Promise<Outcome> {
  await spoil(run, sql);
  return outcomeOf(await run.query(sql, { numbersAsText: true }, { line: 1, column: 1 }));
}

const NOTHING: Outcome = { columns: [], rows: [] };

function qualified(run: Run, name: TableName): { database: string; table: string; sql: string } {
  const database = name.database ?? run.execution.context.database ?? 'default';
  return { database, table: name.table, sql: `${identifier(database)}.${identifier(name.table)}` };
}

async function createView(run: Run, statement: Extract<Statement, { kind: 'createView' }>): Promise<Outcome> {
  const { glue } = run.parts;
  const { database, table, sql } = qualified(run, statement.name);
  await spoil(run, statement.select);
  await run.query(statement.sql, {}, { line: 1, column: 1 });
  const columns = (await run.parts.engine.run(`select * from ${sql} where false`)).columns;
  const input = viewInput(table, run.execution.context.database ?? database, statement.select, columns);
  if (!glue.hasDatabase(database)) return NOTHING;
  if (glue.find(database, table)) glue.updateTable(database, input);
  else glue.createTable(database, input);
  return NOTHING;
}

async function drop(run: Run, { name, sql }: Extract<Statement, { kind: 'drop' }>): Promise<Outcome> {
  const { database, table } = qualified(run, name);
  await run.query(sql, {}, { line: 1, column: 1 });
  if (run.parts.glue.find(database, table)) run.parts.glue.deleteTable(database, table);
  return NOTHING;
}

/** Athena's table properties by the engine's names. */
const TABLE_PROPERTIES: Readonly<Record<string, string>> = {
  format: 'format',
  external_location: 'external_location',
  partitioned_by: 'partitioned_by',
  bucketed_by: 'bucketed_by',
  bucket_count: 'bucket_count',
};

async function createTable(run: Run, statement: Extract<Statement, { kind: 'ctas' }>): Promise<Outcome> {
  const { execution, parts } = run;
  const { database, table, sql } = qualified(run, statement.name);
  const { properties } = statement;
  if (execution.workgroup.enforced && properties.external_location) throw enforcedLocation();
  const location = String(properties.external_location ?? `${execution.outputLocation}/`);
  const place = s3Place(location);
  if (place && (await parts.store.keys(place, 1)).length > 0) throw notEmpty(location);
  parts.implied.written(execution, location);
  await spoil(run, statement.select, place);
  const withLocation = { format: 'PARQUET', ...properties, external_location: location };
  const head = `create table ${sql} with (${tableProperties(withLocation)}) as\n`;
  const result = await run.query(`${head}${statement.select}`, writeSession(properties), movedUp(statement.start));
  await register(run, database, table, withLocation);
  return { ...NOTHING, ...(result.updateCount !== undefined && { updateCount: result.updateCount }) };
}

/** The engine counts lines from a head that the double has put before the caller's text. */
function movedUp({ line, column }: { line: number; column: number }): { line: number; column: number } {
  return { line: line - 1, column };
}

function tableProperties(properties: Properties): string {
  return Object.entries(properties)
    .filter(([name]) => TABLE_PROPERTIES[name])
    .map(([name, value]) => {
      const array = Array.isArray(value) ? `array[${value.map(textLiteral).join(', ')}]` : undefined;
      return `${TABLE_PROPERTIES[name]} = ${array ?? (/^\d+$/.test(String(value)) ? value : textLiteral(String(value)))}`;
    })
    .join(', ');
}

function writeSession(_properties: Properties): Record<string, never> {
  return {};
}

async function register(run: Run, database: string, table: string, properties: Properties): Promise<void> {
  const { glue, engine } = run.parts;
  if (!glue.hasDatabase(database)) return;
  const { columns } = await engine.run(`select * from ${identifier(database)}.${identifier(table)} where false`);
  const keys = ([properties.partitioned_by ?? []] as string[][]).flat();
  const hive = columns.map(({ name, type }) => ({ Name: name, Type: hiveType(type) }));
  glue.createTable(database, {
    Name: table,
    TableType: 'EXTERNAL_TABLE',
    StorageDescriptor: {
      Columns: hive.filter(({ Name }) => !keys.includes(Name)),
      Location: String(properties.external_location),
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
    PartitionKeys: hive.filter(({ Name }) => keys.includes(Name)),
  });
}

function enforcedLocation(): StatementFailure {
  return new StatementFailure(
    "The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena " +
      'Workgroup that enforces a centralized output location for all queries. Please remove the ' +
      "'external_location' property and resubmit the query.",
    { category: USER, type: 1200, retryable: false },
  );
}
