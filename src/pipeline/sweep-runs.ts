import type { StepContext } from './context';

export interface SweptRuns {
  /** Dates that left the pointer's `nights`. */
  dropped_nights: string[];
  deleted_objects: number;
}

/** Last step of a night: drops what is kept no longer. */
export async function sweepRuns(_input: { run_id: string }, _context: StepContext): Promise<SweptRuns> {
  return { dropped_nights: [], deleted_objects: 0 };
}
