import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StatementType,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { EngineError } from '../../core/errors';
import type { QueryEngine, QueryHandle, QueryState, Row, Statement } from '../../ports/query-engine';
import { mapAwsError } from './errors';
import { mapQueryFailure, mapStartError, tooLong } from './query-errors';
import { readPages } from './result-pages';
import type { AthenaSettings, AwsClients } from './settings';
import type { Where } from './where';
import { inspectWorkgroup } from './workgroup';
import { resultsOf, rootOf, tableAt, tablesRead, unloadText, writtenBy } from './write';

/** Athena's catalog of a Glue account, under the name that it has in every account. */
const CATALOG = 'AwsDataCatalog';

/** Of UTF-8, the whole text of a statement; Athena raises it for nobody. */
const MOST_BYTES = 262_144;

/** Pauses between two looks at one query: most are done in seconds, some take half an hour. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2000;
const PAUSE_GROWTH = 1.5;

/** What this process knows of a query; whatever is missing is asked of Athena. */
interface Query {
  /** Undefined where it writes nothing, or where nobody has looked yet. */
  writeTo?: string | undefined;
  type?: StatementType | undefined;
  ended?: QueryState;
  pause: number;
  /** Not before this time of `performance.now()`, unless it is asked at once. */
  nextLook: number;
}

/** Athena, under the settings' workgroup and with the rights of who runs this. Handles are good in every process. */
export function openAthenaEngine(settings: AthenaSettings, clients: AwsClients): QueryEngine {
  return new AthenaEngine(settings, clients);
}

class AthenaEngine implements QueryEngine {
  readonly name = 'athena';
  private readonly queries = new Map<string, Query>();
  private readonly started = new Set<string>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly settings: AthenaSettings,
    private readonly clients: AwsClients,
  ) {}

  inspect(): Promise<EngineError[]> {
    return inspectWorkgroup(this.clients.athena, this.settings);
  }

  async start(statement: Statement): Promise<QueryHandle> {
    if (this.closing) throw closed();
    const { writeTo } = statement;
    const sql = withoutSemicolon(statement.sql);
    const text = writeTo === undefined ? sql : unloadText(sql, writeTo, this.settings);
    const where = this.where('athena:StartQueryExecution', writeTo);
    const bytes = Buffer.byteLength(text);
    if (bytes > MOST_BYTES) throw tooLong(bytes, where);
    const id = await this.send(text, this.requestToken(statement.token, text), where);
    if (!this.queries.has(id)) this.queries.set(id, { writeTo, pause: SHORTEST_PAUSE, nextLook: 0 });
    this.started.add(id);
    if (this.closing) {
      await this.stop({ id });
      throw closed();
    }
    return { id };
  }

  async poll(handle: QueryHandle, waitMilliseconds: number): Promise<QueryState> {
    const query = this.remembered(handle.id);
    const deadline = performance.now() + waitMilliseconds;
    for (;;) {
      if (query.ended) return query.ended;
      const now = performance.now();
      if (waitMilliseconds > 0 && now < query.nextLook) {
        if (now >= deadline) return { status: 'running' };
        await sleep(Math.ceil(Math.min(query.nextLook, deadline) - now));
        continue;
      }
      const state = await this.look(handle.id, query);
      if (state.status !== 'running' || performance.now() >= deadline) return state;
    }
  }

  async rows(handle: QueryHandle): Promise<Row[]> {
    const query = this.remembered(handle.id);
    if (!query.ended || query.type === undefined) await this.look(handle.id, query);
    if (query.ended?.status === 'failed') throw query.ended.error;
    if (query.ended?.status !== 'succeeded' || query.writeTo !== undefined) {
      throw new EngineError({
        code: 'no_rows',
        found: 'the statement has no rows to read',
        remedy: 'report it: rows are read once a reading statement has succeeded',
      });
    }
    try {
      return await readPages(this.clients.athena, handle.id, query.type);
    } catch (error) {
      throw mapAwsError(error, this.where('athena:GetQueryResults'));
    }
  }

  async stop(handle: QueryHandle): Promise<void> {
    const query = this.remembered(handle.id);
    if (query.ended) return;
    try {
      await this.clients.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: handle.id }));
    } catch (error) {
      // It may have ended meanwhile, and nothing is wrong then.
      const state = await this.look(handle.id, query).catch(() => undefined);
      if (state === undefined || state.status === 'running') {
        throw mapAwsError(error, this.where('athena:StopQueryExecution', query.writeTo));
      }
    }
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    // Whatever cannot be stopped runs to its end; nobody reads what it writes, and why it failed is told elsewhere.
    await Promise.allSettled([...this.started].map((id) => this.stop({ id })));
    for (const client of Object.values(this.clients)) client.destroy();
  }

  private async send(text: string, token: string, where: Where): Promise<string> {
    try {
      const { QueryExecutionId } = await this.clients.athena.send(
        new StartQueryExecutionCommand({
          QueryString: text,
          WorkGroup: this.settings.workgroup,
          QueryExecutionContext: { Catalog: CATALOG, Database: this.settings.database },
          // A workgroup that enforces a place of its own puts it there instead.
          ResultConfiguration: { OutputLocation: resultsOf(this.settings) },
          ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
          ClientRequestToken: token,
        }),
      );
      return QueryExecutionId as string;
    } catch (error) {
      throw mapStartError(error, where);
    }
  }

  /** Athena compares neither the workgroup nor all of the rest on a repeated token: all of it is in the token. */
  private requestToken(token: string | undefined, text: string): string {
    if (token === undefined) return randomUUID();
    const { workgroup, database } = this.settings;
    return createHash('sha256')
      .update(JSON.stringify([token, workgroup, CATALOG, database, resultsOf(this.settings), text]))
      .digest('hex');
  }

  private async look(id: string, query: Query): Promise<QueryState> {
    let execution: QueryExecution;
    try {
      const answer = await this.clients.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      execution = answer.QueryExecution ?? {};
    } catch (error) {
      throw mapAwsError(error, this.where('athena:GetQueryExecution', query.writeTo));
    }
    query.writeTo ??= writtenBy(execution.Query ?? '', this.settings);
    query.type = execution.StatementType;
    const state = this.stateOf(id, execution, query.writeTo);
    if (state.status !== 'running') {
      query.ended = state;
      this.started.delete(id);
    }
    // Full pauses of several queries at once would come in step: each is drawn from its upper half.
    query.nextLook = performance.now() + query.pause * (0.5 + Math.random() / 2);
    query.pause = Math.min(query.pause * PAUSE_GROWTH, LONGEST_PAUSE);
    return state;
  }

  private stateOf(id: string, execution: QueryExecution, writeTo: string | undefined): QueryState {
    const { Status, Statistics } = execution;
    switch (Status?.State) {
      case 'SUCCEEDED':
        return {
          status: 'succeeded',
          statistics: {
            bytesScanned: Statistics?.DataScannedInBytes ?? 0,
            milliseconds: Statistics?.TotalExecutionTimeInMillis ?? 0,
          },
        };
      case 'FAILED':
      case 'CANCELLED': {
        const { workgroup } = this.settings;
        const reads = tablesRead(execution.Query ?? '');
        const where = { ...this.where(undefined, writeTo), reads, query: id, workgroup, root: rootOf(this.settings) };
        return { status: 'failed', error: mapQueryFailure(Status, where) };
      }
      default:
        // QUEUED after RUNNING is Athena's own new try of a query, not its end.
        return { status: 'running' };
    }
  }

  private where(action: string | undefined, writeTo?: string): Where {
    const { workgroup, bucket } = this.settings;
    return { action, workgroup, bucket, table: writeTo === undefined ? undefined : tableAt(writeTo) };
  }

  private remembered(id: string): Query {
    const known = this.queries.get(id);
    if (known) return known;
    const query = { pause: SHORTEST_PAUSE, nextLook: 0 };
    this.queries.set(id, query);
    return query;
  }
}

/** Athena takes one, Trino does not. */
function withoutSemicolon(sql: string): string {
  const text = sql.trimEnd();
  return text.endsWith(';') ? text.slice(0, -1).trimEnd() : text;
}

function closed(): EngineError {
  return new EngineError({ code: 'engine_closed', found: 'the engine was closed', remedy: 'open it again' });
}
