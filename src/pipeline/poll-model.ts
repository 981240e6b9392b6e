import { EngineError, SourceContractError, TransientEngineError } from '../core/errors';
import { type CheckOutcome, judgeChecks } from '../core/models/check-results';
import { checkQuery } from '../core/models/checks';
import type { ModelNode } from '../core/models/graph';
import { type RunPlan, sha256 } from '../core/run';
import { attemptPrefix, modelNoteKey, tableOf } from '../core/snapshots/paths';
import type { QueryStatistics, Row } from '../ports/query-engine';
import type { StepContext } from './context';
import { explainTimes } from './explain-times';
import { json, type ModelNote, readSourceNotes } from './notes';
import { plannedNode } from './planned-nodes';
import { readValues, withParameters } from './relations';
import { type ModelProgress, noteQuery } from './start-model';

/** How often the write of a model is started in one walk, where it meets passing faults. */
export const MOST_ATTEMPTS = 3;

type UnderWay = Extract<ModelProgress, { handle: unknown }>;

/**
 * Looks how a model goes, and takes it one state further: after its write the check query, after its checks the note that
 * makes the attempt count; after a passing fault `again`.
 *
 * @throws what the query or a check failed with; a TransientEngineError only where the look itself met a passing fault.
 */
export async function pollModel(
  progress: ModelProgress,
  context: StepContext,
  waitMilliseconds = 0,
): Promise<ModelProgress> {
  if (progress.state === 'done' || progress.state === 'again') return progress;
  const state = await context.ports.engine.poll(progress.handle, waitMilliseconds);
  if (state.status === 'running') return progress;
  if (state.status === 'failed') {
    if (!(state.error instanceof TransientEngineError)) throw state.error;
    if (progress.tries >= MOST_ATTEMPTS) throw usedUp(state.error, progress.tries);
    return again(progress);
  }
  const { plan, node } = await plannedNode(progress, context);
  const { bytesScanned, milliseconds } = state.statistics;
  if (progress.state === 'checking') return accept(plan, node, progress, state.statistics, context);
  const written = { ...progress, bytes_scanned: bytesScanned, write_seconds: milliseconds / 1000 };
  return startCheck(plan, node, written, context);
}

/** What failed is not billed, but the write is whose check failed. */
function again(progress: UnderWay): ModelProgress {
  const { run_id, node, tries, state, bytes_scanned, repeated_bytes_scanned = [] } = progress;
  const repeated = [...repeated_bytes_scanned, ...(state === 'checking' ? [bytes_scanned] : [])];
  const next = { state: 'again' as const, run_id, node, tries: tries + 1 };
  return repeated.length > 0 ? { ...next, repeated_bytes_scanned: repeated } : next;
}

/** Another look at a query that has ended helps nobody: what it met is no passing fault any more. */
function usedUp({ code, place, found, remedy }: TransientEngineError, tries: number): EngineError {
  return new EngineError({ code, ...(place && { place }), found: `${found}, in each of ${tries} attempts`, remedy });
}

async function startCheck(
  plan: RunPlan,
  node: ModelNode,
  progress: UnderWay,
  context: StepContext,
): Promise<ModelProgress> {
  const { catalog, engine } = context.ports;
  const table = tableOf(node.id);
  const part = { prefix: attemptPrefix(node.id, plan.run_id, progress.attempt) };
  await catalog.register(table, plan.run_id, progress.attempt, part);
  const { values } = await readValues(plan, node.after, context);
  const query = checkQuery(node.model.sidecar, catalog.relation(table, node.model.sidecar.columns, [part]));
  const sql = withParameters(query, node.model, node.asOf, values, context);
  const handle = await engine.start({ sql, token: sha256(`check ${part.prefix}\n${progress.handle.id}\n${sql}`) });
  await noteQuery(plan.run_id, node.id, handle, context);
  return { ...progress, state: 'checking', handle, started: context.ports.clock.now() };
}

async function accept(
  plan: RunPlan,
  node: ModelNode,
  progress: UnderWay,
  check: QueryStatistics,
  context: StepContext,
): Promise<ModelProgress> {
  const { engine, store, catalog } = context.ports;
  const [row] = await engine.rows(progress.handle);
  if (!row)
    throw new EngineError({
      code: 'check_without_row',
      place: { table: node.id },
      found: 'the check query gave no row',
      remedy: 'this is a defect of Tidemark; please report it',
    });
  const outcome = await judge(plan, node, row, context);
  const prefix = attemptPrefix(node.id, plan.run_id, progress.attempt);
  const note: ModelNote = {
    node: node.id,
    model: node.model.name,
    attempt: progress.attempt,
    prefix,
    ...outcome,
    files: await catalog.files({ prefix }, outcome.rows),
    seconds: progress.write_seconds ?? 0,
    check_seconds: check.milliseconds / 1000,
    bytes_scanned: progress.bytes_scanned,
    check_bytes_scanned: check.bytesScanned,
    ...(progress.repeated_bytes_scanned && { repeated_bytes_scanned: progress.repeated_bytes_scanned }),
  };
  // Somebody else's attempt may have been accepted meanwhile; the first one counts, and this one is never read.
  await store.put(modelNoteKey(plan.run_id, node.id), json(note), { ifNoneMatch: '*' });
  return { state: 'done', run_id: plan.run_id, node: node.id };
}

async function judge(plan: RunPlan, node: ModelNode, row: Row, context: StepContext): Promise<CheckOutcome> {
  try {
    return judgeChecks(node.model, row);
  } catch (error) {
    if (!(error instanceof SourceContractError)) throw error;
    throw await explainTimes(error, await readSourceNotes(context.ports.store, plan.run_id), context);
  }
}
