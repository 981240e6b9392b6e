import { failRun } from '../src/pipeline/build-models';
import { failedEvent } from './_events';
import { handlerOf } from './_runtime';

export const handler = handlerOf('fail-run', failedEvent, ({ run, models, redrives }, runtime) =>
  failRun({ run_id: run.run_id, models, redrives }, runtime.ports.clock.now()),
);
