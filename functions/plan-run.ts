import { z } from 'zod';
import { planRun } from '../src/pipeline/plan-run';
import { noteExecution } from '../src/pipeline/stop-run';
import { definitions, execution, night } from './_events';
import { handlerOf } from './_runtime';

const event = z.object({ definitions, execution, night });

export const handler = handlerOf('plan-run', event, async ({ definitions, execution, night }, runtime) => {
  const context = await runtime.context(definitions, execution);
  const { run_id, run_date, is_published } = await planRun(night, context);
  if (!is_published) await noteExecution(run_id, { execution, definitions, status: 'RUNNING', error: null }, context);
  return { run_id, run_date, is_published, accept: night.accept ?? false };
});
