import { z } from 'zod';
import { startModels } from '../src/pipeline/build-models';
import { modelsEvent } from './_events';
import { handlerOf } from './_runtime';

const event = modelsEvent.extend({ width: z.number().int().min(1) });

export const handler = handlerOf('start-model', event, async (input, runtime) => {
  const { definitions, execution, run, models, redrives, width } = input;
  const context = await runtime.context(definitions, execution);
  return startModels({ run_id: run.run_id, models, redrives, width }, context);
});
