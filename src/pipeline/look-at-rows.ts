import { SourceContractError, SourceContractErrors } from '../core/errors';
import type { SourceName } from '../core/sources/contract';
import type { StepContext } from './context';
import { explainTimes } from './explain-times';
import { findSources } from './find-sources';
import { readRows } from './query';
import { sourceSql } from './source-select';

/** Rows of each source that are read before a run; the rest is read by the run itself. */
export const FIRST_ROWS = 10_000;

/**
 * Reads the first rows of every source as a night would.
 *
 * @throws SourceContractErrors where one of them has a value that cannot be read, one error a source.
 */
export async function lookAtRows(context: StepContext): Promise<void> {
  const { definitions, ports } = context;
  const { notes } = await findSources(definitions.project, ports.catalog);
  const errors: SourceContractError[] = [];
  for (const name of Object.keys(definitions.project.file.sources) as SourceName[]) {
    const sql = [
      'select count(*) as row_count, min(type_error) as kind',
      `from (select type_error from (\n${sourceSql(name, notes, context)}\n) as source_rows limit ${FIRST_ROWS}) as first_rows`,
      'where type_error is not null',
    ].join('\n');
    const [found = {}] = await readRows(ports.engine, sql);
    const rows = Number(found.row_count ?? 0);
    if (rows > 0) errors.push(await explainTimes(unreadable(name, rows, String(found.kind)), notes, context));
  }
  if (errors.length > 0) throw new SourceContractErrors(errors);
}

function unreadable(source: SourceName, rows: number, kind: string): SourceContractError {
  const counted = rows === 1 ? '1 row has' : `${rows.toLocaleString('en-GB')} rows have`;
  return new SourceContractError({
    code: 'unreadable_values',
    place: { table: source },
    found: `${counted} a value that cannot be read, among the first ${FIRST_ROWS.toLocaleString('en-GB')}: ${kind}`,
    remedy: 'mend the values at the source, or map the column with an expression: { sql: ... }',
  });
}
