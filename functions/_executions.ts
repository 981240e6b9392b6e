import { ExecutionAlreadyExists, paginateListExecutions, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { NightInput } from '../src/core/night';
import { mapAwsError } from '../src/engines/athena/errors';
import { environmentOf } from './_runtime';

let client: SFNClient | undefined;

export interface StateMachine {
  client: SFNClient;
  stateMachineArn: string;
}

/** The machine whose executions are nights. @throws DefinitionError environment_incomplete */
export function stateMachine(): StateMachine {
  const { STATE_MACHINE_ARN } = environmentOf(z.object({ STATE_MACHINE_ARN: z.string().min(1) }));
  client ??= new SFNClient({});
  return { client, stateMachineArn: STATE_MACHINE_ARN };
}

/** @returns false where an execution of that name exists already: the start was delivered twice, or somebody was faster. */
export async function startExecution(
  { client, stateMachineArn }: StateMachine,
  name: string,
  input: NightInput,
): Promise<boolean> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw mapAwsError(error, { action: 'states:StartExecution' });
  }
}

/** Names of the executions of the last 90 days. */
export async function listExecutions({ client, stateMachineArn }: StateMachine): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { executions } of paginateListExecutions({ client }, { stateMachineArn, maxResults: 1000 }))
      names.push(...(executions ?? []).flatMap(({ name }) => name ?? []));
  } catch (error) {
    throw mapAwsError(error, { action: 'states:ListExecutions' });
  }
  return names;
}
