import { WIDTH } from '../core/waiting';
import { awaitSources } from './await-sources';
import { guardSnapshot } from './guard-snapshot';
import { planRun } from './plan-run';
import { pollModel } from './poll-model';
import { publishSnapshot } from './publish-snapshot';
import { startModel } from './start-model';
import { sweepRuns } from './sweep-runs';

/**
 * A night, as data: what every runner walks in this order. Inputs and outputs of all are plain JSON with no more than names,
 * keys and numbers; the first input is a NightInput. By kind:
 *
 * - `wait` is called again with its own result after `wait_seconds`, until its `state` is `done`.
 * - `plan` takes what the step before gave and names the run; where that is published already, `models` and `commit` are
 *   passed over.
 * - `models` stands for a loop over the models of the plan: each is started once those it reads are done, then polled with
 *   its own result until `state` is `done`.
 * - `commit` takes `{ run_id, accept }`.
 * - `tidy` takes `{ run_id }`; its failure is told and fails nothing: the night is published.
 *
 * Only a TransientEngineError is worth a further call of the same step; each may be called again at any time.
 */
export const STEPS = [
  { name: 'await-sources', kind: 'wait', run: awaitSources },
  { name: 'plan-run', kind: 'plan', run: planRun },
  { name: 'build-models', kind: 'models', start: startModel, poll: pollModel, width: WIDTH },
  { name: 'guard-snapshot', kind: 'commit', run: guardSnapshot },
  { name: 'publish-snapshot', kind: 'commit', run: publishSnapshot },
  { name: 'sweep-runs', kind: 'tidy', run: sweepRuns },
] as const;

export type Step = (typeof STEPS)[number];
export type StepKind = Step['kind'];
