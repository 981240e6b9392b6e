import type { StepContext } from './context';

export interface GuardInput {
  run_id: string;
  /** Publishes also what the gate would hold back. */
  accept?: boolean | undefined;
}

export interface GuardedSnapshot {
  run_id: string;
  outcome: 'open' | 'accepted';
}

/** The gate before publishing: whether what was computed may become visible. */
export async function guardSnapshot({ run_id }: GuardInput, _context: StepContext): Promise<GuardedSnapshot> {
  return { run_id, outcome: 'open' };
}
