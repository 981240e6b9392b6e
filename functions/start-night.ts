import { z } from 'zod';
import { parseNightInput } from '../src/core/night';
import { executionName, nextExecutionName, nightByHand, scheduledRunDate } from '../src/core/start-night';
import { currentDefinitions } from '../src/pipeline/definitions-bundle';
import { listExecutions, startExecution, stateMachine } from './_executions';
import { handlerOf } from './_runtime';

const event = z.looseObject({ scheduled_time: z.string().optional() });

/** From the schedule `{ scheduled_time }`, by hand the input of a night: `{ run_date, accept, full, fresh }`, all optional. */
export const handler = handlerOf('start-night', event, async ({ scheduled_time, ...asked }, { ports, ...runtime }) => {
  const machine = stateMachine();
  const { definitions } = await runtime.context(await currentDefinitions(ports.store));
  const { time_zone } = definitions.project.file;
  const now = ports.clock.now();
  if (scheduled_time !== undefined) {
    const run_date = scheduledRunDate(scheduled_time, now, time_zone);
    const name = executionName(run_date, 1);
    return { execution: name, run_date, is_started: await startExecution(machine, name, { run_date }) };
  }
  const night = nightByHand(parseNightInput(asked), now, time_zone);
  const name = nextExecutionName(night.run_date, await listExecutions(machine));
  return { execution: name, run_date: night.run_date, is_started: await startExecution(machine, name, night) };
});
