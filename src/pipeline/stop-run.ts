import { executionKey } from '../core/snapshots/paths';
import type { StepContext } from './context';
import { json } from './notes';

/** `runs/<run_id>/executions/<name>.json`: what an execution of the state machine came to. */
export interface ExecutionNote {
  execution: string;
  /** As Step Functions calls it. */
  status: 'RUNNING' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Name of the error it failed with. */
  error: string | null;
  /** sha256 of the definitions it began with, as far as whoever writes it knows. */
  definitions: string | null;
  at: string;
}

export interface StoppedRun {
  /** Null where the execution ended before it had a run. */
  run_id: string | null;
  /** Queries that were asked to stop; those that had ended already are left alone. */
  stopped: number;
}

/** Says in the notes of a run which execution walks it, so that the run of an execution can be found. */
export async function noteExecution(
  runId: string,
  note: Omit<ExecutionNote, 'at'>,
  context: StepContext,
): Promise<void> {
  const { store, clock } = context.ports;
  const at = new Date(clock.now()).toISOString();
  await store.put(executionKey(runId, note.execution), json({ ...note, at }));
}

/**
 * Clears up behind an execution that failed, timed out or was aborted: its queries under way are stopped, and the run is
 * marked. Nothing else of the run is touched: a redrive, or the next execution, goes on from its notes. Queries of another
 * execution of the same run are left alone.
 */
export async function stopRun(
  ended: { execution: string; status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; error: string | null },
  context: StepContext,
): Promise<StoppedRun> {
  const { store, engine } = context.ports;
  const { execution } = ended;
  // An execution is named after its run date, unless somebody named it by hand.
  const date = /^\d{4}-\d\d-\d\d-/.exec(execution)?.[0] ?? '';
  const keys = (await store.list(date === '' ? 'runs/' : `runs/${date}`)).map(({ key }) => key);
  const mark = keys.find((key) => key.endsWith(`/executions/${execution}.json`));
  const run_id = mark?.split('/')[1];
  if (run_id === undefined) return { run_id: null, stopped: 0 };
  const queries = keys.filter((key) => key.startsWith(`runs/${run_id}/queries/${execution}/`));
  const running = queries.filter((key) => !keys.includes(`runs/${run_id}/${key.split('/').at(-2)}.json`));
  for (const key of running) await engine.stop({ id: (key.split('/').at(-1) as string).replace(/\.json$/, '') });
  await noteExecution(run_id, { ...ended, definitions: null }, context);
  return { run_id, stopped: running.length };
}
