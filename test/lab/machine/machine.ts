import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateMachineDefinition } from '../../../infra/state-machine';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { bundleFunctions, FUNCTION_NAMES } from '../../support/bundle-functions';
import { newerNode } from './newer-node';

export interface Fault {
  state: string;
  /** Number of the call, from 1. */
  call: number;
  when: 'before' | 'after';
  /** Name of the error. */
  error: string;
}

export interface RunRequest {
  input: Record<string, unknown>;
  name: string;
  faults?: Fault[];
  /** The test is called in the middle of the execution: before a call of a function, or after one with this in its result. */
  pause?: ({ before: string; call: number } | { after: string; result: string }) & { work: () => Promise<void> };
  /** Goes on at the state where that execution ended, with the input recorded there. */
  redrive?: { of: Execution; count: number };
}

export interface Execution {
  status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  output?: { run: { run_id: string; is_published: boolean }; definitions: string };
  /** Name of the error, and what an operator reads as its cause. */
  error: string | null;
  cause: string | null;
  /** Names of states, in order. */
  entered: string[];
  last: { name: string; input: Record<string, unknown> };
  /** States that were tried again. */
  retried: string[];
  trace: { state: string; event: Record<string, unknown>; result?: Record<string, unknown> }[];
}

export interface Machine {
  /** Fresh containers of every function, for a place. */
  deploy(settings: AthenaSettings, environment: Record<string, string>): Promise<void>;
  run(request: RunRequest): Promise<Execution>;
  /** A function by itself. */
  call(name: string, event: unknown): Promise<Record<string, unknown>>;
  abort(name: string): Promise<void>;
  /** All that the functions have logged so far. */
  log(): string;
  stop(): void;
}

/** ARNs as a deployment would have them. */
const ARNS = Object.fromEntries(
  FUNCTION_NAMES.map((name) => [
    name,
    { arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}:1`, timeoutSeconds: 300 },
  ]),
);

/** Exactly what goes to CloudFormation, with other ARNs. */
export const DEFINITION = stateMachineDefinition({ functions: ARNS });

/** Instead of the seconds that a state waits. */
const WAIT_MILLISECONDS = 150;

/** Starts the interpreter over the bundled functions. */
export async function openMachine(): Promise<Machine> {
  const bundles = mkdtempSync(join(tmpdir(), 'machine-bundles-'));
  await bundleFunctions(bundles);
  const child = spawn(newerNode(), [join(__dirname, 'interpreter.mjs')], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += String(chunk)));
  const ask = asker(child, () => log);
  return {
    deploy: async ({ bucket, prefix, workgroup, database }, environment) => {
      const own = {
        TIDEMARK_OUT: `s3://${bucket}/${prefix}`,
        TIDEMARK_WORKGROUP: workgroup,
        TIDEMARK_DATABASE: database,
        STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:123456789012:stateMachine:night',
        POWERTOOLS_SERVICE_NAME: 'lab',
      };
      await ask('deploy', { bundles, names: FUNCTION_NAMES, environment: { ...own, ...environment } });
    },
    run: ({ input, name, faults, pause, redrive }) => {
      const context = { Execution: { Name: name, RedriveCount: redrive?.count ?? 0 } };
      const { work = async () => undefined, ...where } = pause ?? {};
      const from = { definition: DEFINITION, startAt: redrive?.of.last.name };
      const request = { ...from, input: redrive?.of.last.input ?? input, context, faults, waits: WAIT_MILLISECONDS };
      return ask<Execution>('run', { ...request, ...(pause && { pause: where }) }, work);
    },
    call: (name, event) => ask('call', { name, event }),
    abort: (name) => ask('abort', { name }),
    log: () => log,
    stop: () => {
      child.kill();
      rmSync(bundles, { recursive: true, force: true });
    },
  };
}

interface Message {
  id: number;
  result?: unknown;
  error?: { name: string; message: string };
  told?: string;
}

function asker(child: ChildProcess, log: () => string) {
  let count = 0;
  return <T>(method: string, argument: unknown, onTold: () => Promise<void> = async () => undefined): Promise<T> => {
    count += 1;
    const id = count;
    return new Promise<T>((resolve, reject) => {
      const ended = (): void =>
        reject(new Error(`the interpreter ended; the end of what it said:\n${log().slice(-2000)}`));
      const hear = (message: Message): void => {
        if (message.id !== id) return;
        if (message.told) {
          onTold().then(() => child.send({ id, method: 'continue' }), reject);
          return;
        }
        child.off('message', hear);
        child.off('exit', ended);
        if (message.error) reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
        else resolve(message.result as T);
      };
      child.on('message', hear);
      child.once('exit', ended);
      child.send({ id, method, argument });
    });
  };
}
