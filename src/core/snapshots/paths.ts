/** Where everything of a run lies below the root (contract section 4). Keys, never absolute paths. */

export const POINTER_KEY = 'current.json';

export const manifestKey = (runId: string): string => `manifests/${runId}.json`;
export const planKey = (runId: string): string => `runs/${runId}/plan.json`;
/** Names the attempt of a model that counts; written once. */
export const modelNoteKey = (runId: string, node: string): string => `runs/${runId}/${node}.json`;
export const attemptKey = (runId: string, node: string, attempt: number): string =>
  `runs/${runId}/attempts/${node}-${attempt}.json`;

/** A node's table name: the model's, with its date where that is not the run date. */
export const tableOf = (node: string): string => node.replace('@', '__');

export const attemptPrefix = (node: string, runId: string, attempt: number): string =>
  `tables/${tableOf(node)}/v1/${runId}/${attempt}/`;
