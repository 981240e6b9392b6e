import { TidemarkError } from '../src/core/errors';
import { NIGHT_METRICS } from '../src/core/snapshots/night-metrics';
import { guardSnapshot } from '../src/pipeline/guard-snapshot';
import { runEvent } from './_events';
import { handlerOf } from './_runtime';

export const handler = handlerOf('guard-snapshot', runEvent, async ({ definitions, execution, run }, runtime) => {
  const { run_id, accept } = run;
  try {
    return await guardSnapshot({ run_id, accept }, await runtime.context(definitions, execution));
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'gate_closed')
      runtime.measure([{ name: NIGHT_METRICS.gateClosed, unit: 'Count', value: 1 }]);
    throw error;
  }
});
