import { z } from 'zod';
import { parseNightInput } from '../src/core/night';
import { awaitSources } from '../src/pipeline/await-sources';
import { currentDefinitions } from '../src/pipeline/definitions-bundle';
import { definitions, execution, night } from './_events';
import { handlerOf } from './_runtime';

const event = z.object({ definitions: definitions.nullable(), execution, night });

/** The first step: its first call believes the input only as far as it is one, and pins the definitions of the night. */
export const handler = handlerOf('await-sources', event, async ({ definitions: pinned, execution, night }, runtime) => {
  const input = pinned === null ? parseNightInput(night) : night;
  const hash = pinned ?? (await currentDefinitions(runtime.ports.store));
  const context = await runtime.context(hash, execution);
  return { definitions: hash, night: await awaitSources(input, context) };
});
