import { EngineError } from '../errors';

/** Where everything of a run lies below the root (contract section 4). Keys, never absolute paths. */

export const POINTER_KEY = 'current.json';

/** Names the definitions that nights on AWS begin with. */
export const DEFINITIONS_POINTER_KEY = 'definitions/current.json';
export const definitionsKey = (hash: string): string => `definitions/${hash}.json`;

export const manifestKey = (runId: string): string => `manifests/${runId}.json`;
export const planKey = (runId: string): string => `runs/${runId}/plan.json`;
/** What the gate before publishing found. */
export const gateKey = (runId: string): string => `runs/${runId}/gate.json`;
/** Names the attempt of a model that counts; written once. */
export const modelNoteKey = (runId: string, node: string): string => `runs/${runId}/${node}.json`;
export const attemptKey = (runId: string, node: string, attempt: number): string =>
  `runs/${runId}/attempts/${node}-${attempt}.json`;

/** What an execution of the state machine came to. */
export const executionKey = (runId: string, execution: string): string => `runs/${runId}/executions/${execution}.json`;
/** Names a query that an execution started; all that can be known from the key alone. */
export const queryKey = (runId: string, execution: string, node: string, query: string): string =>
  `runs/${runId}/queries/${execution}/${node}/${query}.json`;

/** A node's table name: the model's, with its date where that is not the run date. */
export const tableOf = (node: string): string => node.replace('@', '__');

export const attemptPrefix = (node: string, runId: string, attempt: number): string =>
  `tables/${tableOf(node)}/v1/${runId}/${attempt}/`;

/** Says that a run goes, and when that was said. */
export const sweepMarkKey = (runId: string): string => `sweeps/${runId}.json`;

/** Of a local store: holds its lock, spilled data and half-written objects; no key reaches into it. */
export const PRIVATE_FOLDER = '.tidemark';

/** @throws EngineError key_invalid for a key that could leave the root or that S3 and folders read differently. */
export function checkKey(key: string): void {
  const parts = key.split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
  const bad = parts.some((part) => part === '' || part === '.' || part === '..') || /[\\\u0000-\u001f]/.test(key);
  if (!bad && parts[0] !== PRIVATE_FOLDER) return;
  throw new EngineError({
    code: 'key_invalid',
    found: 'this is not a key of the store',
    remedy: "use names joined by '/', without '..', backslashes or control characters",
    place: { key },
  });
}

/** @throws EngineError key_invalid for what is no key followed by '/'. */
export function checkPrefix(prefix: string): void {
  if (!prefix.endsWith('/')) {
    throw new EngineError({
      code: 'key_invalid',
      found: 'a prefix must end in /',
      remedy: 'report it',
      place: { key: prefix },
    });
  }
  checkKey(prefix.slice(0, -1));
}
