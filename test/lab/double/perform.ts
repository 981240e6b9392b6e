import type { TrinoColumn, TrinoResult } from '../trino-client';
import { refuseForHive } from './ddl-parser';
import type { Outcome } from './executions';
import { notInDouble } from './failures';
import { columnInfo, resultCsv, resultText } from './results';
import type { Run } from './runner';
import { s3Place } from './s3-store';
import { spoil } from './statement-faults';
import type { Statement } from './statements';
import { createTable, createView, drop, insert, targetOf } from './tables';
import { unload } from './unload';

/** Does what a statement asks for, and leaves its result objects. @throws StatementFailure */
export async function perform(run: Run): Promise<Outcome> {
  const { statement } = run.execution;
  refuseForHive(statement.sql, isOfView(run, statement));
  const outcome = await performKind(run, statement);
  await writeResult(run, outcome);
  return outcome;
}

function isOfView(run: Run, statement: Statement): boolean {
  if (!('name' in statement) || !statement.name) return false;
  const { database, table } = targetOf(run, statement.name);
  return run.parts.glue.find(database, table)?.table.TableType === 'VIRTUAL_VIEW';
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
    case 'utility':
      return utility(run, statement);
    case 'insert':
      return insert(run, statement);
    case 'select':
      return select(run, statement.sql);
  }
}

async function select(run: Run, sql: string): Promise<Outcome> {
  await spoil(run, sql);
  return outcomeOf(await run.query(sql, { numbersAsText: true }, { line: 1, column: 1 }));
}

async function utility(run: Run, { sql, isKnown }: Extract<Statement, { kind: 'utility' }>): Promise<Outcome> {
  if (!isKnown) throw notInDouble(sql.split(/\s+/, 3).join(' '));
  return outcomeOf(await run.query(sql.replaceAll('`', '"'), { numbersAsText: true }));
}

function outcomeOf({ columns, rows, updateCount }: TrinoResult): Outcome {
  return {
    columns: columns.map(columnInfo),
    rows: rows.map((row) => row.map((value, index) => resultText(value, (columns[index] as TrinoColumn).signature))),
    ...(updateCount !== undefined && { updateCount }),
  };
}

/** SELECT leaves a CSV with a row of names, everything else its rows as text, or nothing; beside it, always, metadata. */
async function writeResult({ execution, parts }: Run, { columns, rows }: Outcome): Promise<void> {
  const place = s3Place(execution.outputLocation);
  if (!place) return;
  const { kind } = execution.statement;
  const text =
    kind === 'select'
      ? resultCsv([columns.map(({ Name }) => Name), ...rows])
      : rows.map((row) => row.join('\t')).join('\n');
  const hasBody = !['ctas', 'unload', 'insert'].includes(kind);
  await Promise.all([
    ...(hasBody ? [parts.store.put(place, text)] : []),
    parts.store.put({ ...place, key: `${place.key}.metadata` }, execution.id),
  ]);
}
