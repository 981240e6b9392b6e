import { plannedNodes, planRun } from './plan-run';
import { pollModel } from './poll-model';
import { publishSnapshot } from './publish-snapshot';
import { startModel } from './start-model';

/** How many models may be under way at once. */
export const WIDTH = 5;

/**
 * A night, as data: what every runner walks in this order. `models` stands for a loop over the models of the plan, each
 * started once those it reads are done, then polled until done.
 */
export const STEPS = [
  { name: 'plan-run', kind: 'plan', run: planRun },
  { name: 'build-models', kind: 'models', nodes: plannedNodes, start: startModel, poll: pollModel, width: WIDTH },
  { name: 'publish-snapshot', kind: 'publish', run: publishSnapshot },
] as const;

export type Step = (typeof STEPS)[number];
