import { sha256 } from '../core/run';
import { attemptKey, attemptPrefix, queryKey, tableOf } from '../core/snapshots/paths';
import { textLiteral } from '../core/sql/literals';
import type { QueryHandle } from '../ports/query-engine';
import type { StepContext } from './context';
import { demandFiles } from './demand-files';
import { fittedSql } from './fit-model';
import { json, readModelNote } from './notes';
import { plannedNode } from './planned-nodes';
import { modelSql, readRelations } from './relations';
import { sourceSql } from './source-select';

/** A model under way: plain JSON, so that a state machine can carry it from state to state. */
export type ModelProgress =
  | {
      state: 'writing' | 'checking';
      run_id: string;
      node: string;
      attempt: number;
      handle: QueryHandle;
      /** When this query was started, in milliseconds since the epoch. */
      started: number;
      /** How often the write was started in this walk; attempts of earlier, killed walks do not count. */
      tries: number;
      write_seconds?: number;
      bytes_scanned: number;
      /** What writes of this walk scanned that are done again. */
      repeated_bytes_scanned?: readonly number[] | undefined;
    }
  /** Its query met a passing fault: it is to be started anew, on a new attempt, as the try of this number. */
  | {
      state: 'again';
      run_id: string;
      node: string;
      tries: number;
      repeated_bytes_scanned?: readonly number[] | undefined;
    }
  | { state: 'done'; run_id: string; node: string };

export interface StartInput {
  run_id: string;
  /** Name of a model of the plan. */
  node: string;
  /** Counts the starts of one walk; 1 for the first. */
  tries?: number | undefined;
  repeated_bytes_scanned?: readonly number[] | undefined;
}

/**
 * Starts the write query of a model on a fresh, never reused prefix. A model whose attempt already counts in this run is
 * done: that is how a killed night goes on where it stopped.
 */
export async function startModel(input: StartInput, context: StepContext): Promise<ModelProgress> {
  const { engine, store, clock, catalog } = context.ports;
  const { plan, node } = await plannedNode(input, context);
  const named = { run_id: plan.run_id, node: node.id };
  const note = await readModelNote(store, plan.run_id, node.id);
  if (note) {
    await demandFiles(store, note.prefix, note.files);
    await catalog.register(tableOf(node.id), plan.run_id, note.attempt, { prefix: note.prefix });
    return { state: 'done', ...named };
  }
  const { attempt, claim } = await claimAttempt(plan.run_id, node.id, context);
  const relations = await readRelations(plan, node.after, context);
  const { fitted } = node.model.sidecar;
  const sql = fitted
    ? await fittedSql(fitted, relations, context)
    : modelSql(node.model, node.asOf, relations, context, (name) => sourceSql(name, relations.sources, context, plan));
  await store.put(`runs/${plan.run_id}/sql/${node.id}-${attempt}.sql`, withoutSalt(sql, context.hashSalt));
  const writeTo = attemptPrefix(node.id, plan.run_id, attempt);
  const handle = await engine.start({
    sql,
    writeTo,
    clusterBy: node.model.sidecar.clustered_by,
    token: sha256(`${writeTo}\n${claim}\n${sql}`),
  });
  await noteQuery(plan.run_id, node.id, handle, context);
  const { tries = 1, repeated_bytes_scanned } = input;
  const under_way = { attempt, handle, started: clock.now(), tries, bytes_scanned: 0 };
  return { state: 'writing', ...named, ...under_way, ...(repeated_bytes_scanned && { repeated_bytes_scanned }) };
}

/** Leaves a mark by which somebody else can stop the queries of an execution that is no more. */
export async function noteQuery(
  runId: string,
  node: string,
  handle: QueryHandle,
  { execution, ports }: StepContext,
): Promise<void> {
  if (execution === undefined) return;
  await ports.store.put(queryKey(runId, execution, node, handle.id), json({ node, execution, query: handle.id }));
}

/**
 * The first number nobody has used: claimed by a write that only one caller can win. Files without a claim are what
 * somebody left who deleted the notes of a run.
 *
 * @returns `claim` differs between two claims of one number: where a place was emptied, the numbers begin anew, and an
 *   engine that remembers the tokens of before would answer with queries whose files are gone.
 */
async function claimAttempt(
  runId: string,
  node: string,
  context: StepContext,
): Promise<{ attempt: number; claim: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const note = json({ node, attempt, started_at: new Date(context.ports.clock.now()).toISOString() });
    const claim = await context.ports.store.put(attemptKey(runId, node, attempt), note, { ifNoneMatch: '*' });
    const leftovers = await context.ports.store.list(attemptPrefix(node, runId, attempt));
    if (claim !== undefined && leftovers.length === 0) return { attempt, claim };
  }
}

/** The text is kept for people to read; the salt is a secret. */
function withoutSalt(sql: string, salt: string | undefined): string {
  return salt ? sql.replaceAll(textLiteral(salt), "'<TIDEMARK_HASH_SALT>'") : sql;
}
