import { guardSnapshot } from '../src/pipeline/guard-snapshot';
import { runEvent } from './_events';
import { handlerOf } from './_runtime';

export const handler = handlerOf('guard-snapshot', runEvent, async ({ definitions, execution, run }, runtime) => {
  const { run_id, accept } = run;
  return guardSnapshot({ run_id, accept }, await runtime.context(definitions, execution));
});
