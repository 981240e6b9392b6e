import { sweepRuns } from '../src/pipeline/sweep-runs';
import { runEvent } from './_events';
import { handlerOf } from './_runtime';

export const handler = handlerOf('sweep-runs', runEvent, async ({ definitions, execution, run }, runtime) =>
  sweepRuns({ run_id: run.run_id }, await runtime.context(definitions, execution)),
);
