import { invalid } from './errors';
import type { Execution, Executions } from './executions';
import { perform } from './perform';
import { type Parts, runStatement } from './runner';
import { type StartInput, Starting } from './starting';
import type { Operation } from './wire';
import type { Workgroups } from './workgroups';

const MOST_ROWS = 1000;

/** Athena's operations. */
export function athenaOperations(
  parts: Parts,
  executions: Executions,
  workgroups: Workgroups,
): Record<string, Operation> {
  const starting = new Starting(parts.engine, parts.store, workgroups, executions);
  return {
    StartQueryExecution: async (input: StartInput) => {
      const { execution, isNew } = await starting.start(input);
      if (isNew) {
        const running = runStatement(execution, parts, perform);
        parts.background.add(running);
        void running.then(() => parts.background.delete(running));
      }
      return { QueryExecutionId: execution.id };
    },
    GetQueryExecution: ({ QueryExecutionId }: { QueryExecutionId: string }) => ({
      QueryExecution: executions.get(QueryExecutionId).describe(),
    }),
    BatchGetQueryExecution: ({ QueryExecutionIds }: { QueryExecutionIds: string[] }) => ({
      QueryExecutions: QueryExecutionIds.flatMap((id) => executions.find(id)?.describe() ?? []),
      UnprocessedQueryExecutionIds: QueryExecutionIds.filter((id) => !executions.find(id)).map((QueryExecutionId) => ({
        QueryExecutionId,
        ErrorCode: 'INVALID_INPUT',
        ErrorMessage: `QueryExecution ${QueryExecutionId} was not found`,
      })),
    }),
    StopQueryExecution: ({ QueryExecutionId }: { QueryExecutionId: string }) => executions.get(QueryExecutionId).stop(),
    GetQueryResults: (input: { QueryExecutionId: string; MaxResults?: number; NextToken?: string }) => {
      const execution = executions.get(input.QueryExecutionId);
      const answer = resultPage(execution, input);
      parts.implied.fetched(execution);
      return answer;
    },
    GetWorkGroup: ({ WorkGroup }: { WorkGroup: string }) => ({ WorkGroup: workgroups.describe(WorkGroup) }),
    GetDataCatalog: ({ Name }: { Name: string }) => {
      if (Name.toLowerCase() !== 'awsdatacatalog') throw invalid(`Data Catalog ${Name} was not found.`);
      return { DataCatalog: { Name, Type: 'GLUE', Parameters: {} } };
    },
  };
}

/** In Athena's order: the page's size, the state of the statement, the token. */
function resultPage(
  execution: Execution,
  { MaxResults = MOST_ROWS, NextToken }: { MaxResults?: number; NextToken?: string },
): Record<string, unknown> {
  if (MaxResults > MOST_ROWS) throw invalid(`MaxResults is more than maximum allowed length ${MOST_ROWS}`);
  const { outcome, state, statement } = execution;
  if (!execution.isOver)
    throw invalid(`Query has not yet finished. Current state: ${state}`, 'INVALID_QUERY_EXECUTION_STATE');
  if (!outcome || state !== 'SUCCEEDED')
    throw invalid(`Query did not finish successfully. Final query state: ${state}`, 'INVALID_QUERY_EXECUTION_STATE');
  const from = Number(NextToken ?? 0);
  if (!Number.isInteger(from)) throw invalid(`Malformed nextPageToken ${NextToken}`);
  const names = statement.kind === 'select' ? [outcome.columns.map(({ Name }) => Name)] : [];
  const all = [...names, ...outcome.rows];
  const rows = all.slice(from, from + MaxResults);
  const next = from + rows.length;
  return {
    UpdateCount: outcome.updateCount ?? 0,
    ResultSet: {
      ResultSetMetadata: { ColumnInfo: outcome.columns },
      // NULL has no VarCharValue.
      Rows: rows.map((row) => ({ Data: row.map((value) => (value === undefined ? {} : { VarCharValue: value })) })),
    },
    ...(next < all.length && { NextToken: String(next) }),
  };
}
