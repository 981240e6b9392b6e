import type { Executions } from './executions';
import type { FaultAction, Faults } from './faults';
import type { Arns, Recording } from './recording';
import { type Around, LostConnection, WireError } from './wire';

const SERVICES: Readonly<Record<string, string>> = { AmazonAthena: 'athena', AWSGlue: 'glue' };

interface AnyInput {
  QueryString?: string;
  QueryExecutionId?: string;
  WorkGroup?: string;
  DatabaseName?: string;
  TableName?: string;
  Name?: string;
  TableInput?: { Name: string };
  DatabaseInput?: { Name: string };
}

/** Records every call of a client and lets its fault happen before, or after, the work. */
export function aroundCalls(parts: {
  recording: Recording;
  faults: Faults;
  arns: Arns;
  executions: Executions;
}): Around {
  return async (prefix, operation, input, run) => {
    const service = SERVICES[prefix] as string;
    const action = `${service}:${operation}`;
    const { resources, subject } =
      service === 'glue' ? aboutGlue(operation, input as AnyInput, parts.arns) : aboutAthena(input as AnyInput, parts);
    parts.recording.sdk(action, resources);
    const fault = parts.faults.take(action, subject);
    await before(fault);
    const answer = await run(input);
    if (fault?.kind === 'loseResponse') throw new LostConnection();
    return answer;
  };
}

async function before(fault: FaultAction | undefined): Promise<void> {
  if (fault?.kind === 'throttle') throw new WireError('ThrottlingException', 'Rate exceeded');
  if (fault?.kind === 'refuse')
    throw new WireError(fault.type, fault.message ?? fault.type, fault.members, fault.status);
  if (fault?.kind === 'loseRequest') throw new LostConnection();
  if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
}

interface About {
  resources: string[];
  /** What a fault's `match` looks at. */
  subject: string;
}

function aboutAthena(input: AnyInput, { arns, executions }: { arns: Arns; executions: Executions }): About {
  if (input.Name) return { resources: [arns.dataCatalog(input.Name)], subject: input.Name };
  const execution = executions.find(input.QueryExecutionId ?? '');
  const workgroup = execution?.workgroup.name ?? input.WorkGroup ?? 'primary';
  return {
    resources: [arns.workgroup(workgroup)],
    subject: input.QueryString ?? execution?.statement.sql ?? workgroup,
  };
}

function aboutGlue(operation: string, input: AnyInput, arns: Arns): About {
  const database = operation.endsWith('Database') ? (input.DatabaseInput?.Name ?? input.Name) : input.DatabaseName;
  const table = input.TableName ?? input.TableInput?.Name ?? (input.DatabaseName ? input.Name : undefined);
  return { resources: arns.glue(database, table), subject: [database, table].filter(Boolean).join('.') };
}
