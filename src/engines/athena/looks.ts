import { type AthenaClient, type ColumnInfo, GetQueryResultsCommand } from '@aws-sdk/client-athena';
import type { SourceColumn } from '../../core/sources/relation';
import { identifier } from '../../core/sql/literals';
import type { QueryEngine, QueryHandle } from '../../ports/query-engine';
import { runToEnd } from '../../ports/run-to-end';
import { mapAwsError } from './errors';
import { sourceType } from './source-types';

/** Columns of a relation with their types; no row is read. */
export async function describeRelation(
  engine: QueryEngine,
  athena: AthenaClient,
  relation: string,
): Promise<SourceColumn[]> {
  const sql = `select * from ${relation} as described limit 0`;
  const { handle } = await runToEnd(engine, { sql });
  const found = await columnInfo(athena, handle);
  const arrays = found.filter(({ Type }) => Type === 'array').map(({ Name }) => Name as string);
  const elements = arrays.length > 0 ? await arrayTypes(engine, relation, arrays) : {};
  return found.map(({ Name, Type }) => {
    const name = Name as string;
    return { name, type: sourceType(elements[name] ?? Type ?? '') };
  });
}

async function columnInfo(athena: AthenaClient, { id }: QueryHandle): Promise<ColumnInfo[]> {
  try {
    const answer = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1 }));
    return answer.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  } catch (error) {
    throw mapAwsError(error, { action: 'athena:GetQueryResults' });
  }
}

/** A result says of an array no more than that it is one; the engine itself knows what is in it, without a row. */
async function arrayTypes(
  engine: QueryEngine,
  relation: string,
  columns: readonly string[],
): Promise<Record<string, string>> {
  const types = columns.map((name) => `typeof(arbitrary(${identifier(name)})) as ${identifier(name)}`);
  const described = `(select * from ${relation} as described limit 0)`;
  const sql = `select ${types.join(', ')} from ${described} as described`;
  const { handle } = await runToEnd(engine, { sql });
  const [row] = await engine.rows(handle);
  return Object.fromEntries(columns.map((name) => [name, String(row?.[name])]));
}
