import { pollModels } from '../src/pipeline/build-models';
import { modelsEvent } from './_events';
import { handlerOf } from './_runtime';

export const handler = handlerOf('poll-model', modelsEvent, async (event, runtime) => {
  const { definitions, execution, run, models, redrives } = event;
  return pollModels({ run_id: run.run_id, models, redrives }, await runtime.context(definitions, execution));
});
