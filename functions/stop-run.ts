import { z } from 'zod';
import { currentDefinitions } from '../src/pipeline/definitions-bundle';
import { stopRun } from '../src/pipeline/stop-run';
import { execution } from './_events';
import { handlerOf } from './_runtime';

/** What EventBridge tells of an execution that failed, timed out or was aborted. */
const event = z.looseObject({
  detail: z.looseObject({
    name: execution,
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    error: z.string().nullish(),
  }),
});

export const handler = handlerOf('stop-run', event, async ({ detail }, runtime) => {
  const context = await runtime.context(await currentDefinitions(runtime.ports.store));
  const { name, status, error } = detail;
  return stopRun({ execution: name, status, error: error ?? null }, context);
});
