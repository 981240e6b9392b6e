import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of Step Functions as IAM sees it. */
export interface StatesCall {
  action: string;
  resources: string[];
}

/** The two operations of Step Functions that start-night uses. */
export interface StepFunctions {
  /** For AWS_ENDPOINT_URL_SFN. */
  url: string;
  /** Executions that exist, with their input. */
  executions: ReadonlyMap<string, unknown>;
  calls: readonly StatesCall[];
  stop(): void;
}

export async function startStepFunctions(): Promise<StepFunctions> {
  const executions = new Map<string, unknown>();
  const calls: StatesCall[] = [];
  const answer = (operation: string, body: { name: string; input: string }): [status: number, body: unknown] => {
    if (operation === 'ListExecutions') return [200, { executions: [...executions.keys()].map((name) => ({ name })) }];
    if (operation !== 'StartExecution') return [400, { __type: 'UnknownOperationException' }];
    if (executions.has(body.name)) return [400, { __type: 'com.amazonaws.states#ExecutionAlreadyExists', message: '' }];
    executions.set(body.name, JSON.parse(body.input));
    return [200, { executionArn: `arn:aws:states:us-east-1:1:execution:night:${body.name}`, startDate: 1 }];
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    const body = JSON.parse(text) as { name: string; input: string; stateMachineArn: string };
    calls.push({ action: `states:${operation}`, resources: [body.stateMachineArn] });
    const [status, answered] = answer(operation, body);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answered));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, executions, calls, stop: () => server.close() };
}
