import { STEPS, type Step } from '../src/pipeline/steps';

/** Files of functions/ that the machine calls, in the order of a night. */
export const MACHINE_FUNCTIONS: readonly string[] = STEPS.flatMap((step) =>
  step.kind === 'models' ? ['start-model', 'poll-model', 'fail-run'] : [step.name],
);

/** Of a whole night, unless the deployment says another. */
export const NIGHT_SECONDS = 20 * 3600;

/** Of a longer one history could have more than 20,000 events (history.ts); a redrive needs fewer than 24,999. */
export const LONGEST_NIGHT_SECONDS = 24 * 3600;

export interface MachineOptions {
  /**
   * By name: the ARN of a published version, so that a night keeps the code that it began with, and the time-out of that
   * function in seconds.
   */
  functions: Readonly<Record<string, { arn: string; timeoutSeconds: number }>>;
  /** How many models may be under way at once; the product's own width where left out. */
  width?: number;
  timeoutSeconds?: number;
}

export type State = Readonly<Record<string, unknown>> & { Type: string; Next?: string; End?: true };

/** In Amazon States Language, JSONPath. */
export interface StateMachineDefinition {
  Comment: string;
  StartAt: string;
  TimeoutSeconds: number;
  States: Record<string, State>;
}

/** How often a state is tried again: after 2, 4, 8, 16 and 32 seconds. Whatever is not named here fails at once. */
export const RETRY = {
  // Faults of Lambda itself: the function was not called, or its answer was lost. Every step may be called again.
  ErrorEquals: [
    'TransientEngineError',
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 5,
} as const;

/** A task gives up so much later than its function, so that the function's own time-out is what is told. */
const LATER_SECONDS = 10;

/** What every task of one run is told; whatever else it needs lies under these names. */
const RUN = { 'definitions.$': '$.definitions', 'run.$': '$.run', 'execution.$': '$$.Execution.Name' };

/**
 * The state machine of a night, made from the product's list of steps. Its data: `definitions`, the hash of the bundle that
 * the first step pins; `night`, what was asked for; `run`, what the plan says; `models`, what is under way.
 *
 * @throws Error for a step without a function, or a time-out that history has no room for.
 */
export function stateMachineDefinition({ functions, width, timeoutSeconds }: MachineOptions): StateMachineDefinition {
  const seconds = timeoutSeconds ?? NIGHT_SECONDS;
  if (!Number.isInteger(seconds) || seconds < 60 || seconds > LONGEST_NIGHT_SECONDS)
    throw new Error(`a night of ${seconds} seconds: take 60 to ${LONGEST_NIGHT_SECONDS}`);
  const tasks: Tasks = { task: (name, more) => task(name, functions, more), width };
  const states: Record<string, State> = {
    begin: {
      Type: 'Pass',
      Comment: 'Nothing is pinned, planned or under way.',
      Parameters: { 'night.$': '$', definitions: null, models: null },
      Next: entryOf(STEPS[0]),
    },
  };
  STEPS.forEach((step, index) => {
    const next = STEPS[index + 1];
    Object.assign(states, statesOf(step, next ? entryOf(next) : 'done', tasks));
  });
  states.done = { Type: 'Succeed' };
  return {
    Comment: 'A night of Tidemark. Made from src/pipeline/steps.ts.',
    StartAt: 'begin',
    TimeoutSeconds: seconds,
    States: states,
  };
}

interface Tasks {
  task(name: string, more: Record<string, unknown>): State;
  width: number | undefined;
}

const entryOf = (step: Step): string => (step.kind === 'models' ? 'start-model' : step.name);

function task(name: string, functions: MachineOptions['functions'], more: Record<string, unknown>): State {
  const called = functions[name];
  if (called === undefined) throw new Error(`the step ${name} has no function`);
  const TimeoutSeconds = called.timeoutSeconds + LATER_SECONDS;
  return { Type: 'Task', Resource: called.arn, TimeoutSeconds, Retry: [RETRY], ...more };
}

function statesOf(step: Step, next: string, tasks: Tasks): Record<string, State> {
  switch (step.kind) {
    case 'wait':
      return waitStates(step.name, next, tasks);
    case 'plan':
      return planStates(step.name, next, tasks);
    case 'models':
      return modelStates(next, { ...tasks, width: tasks.width ?? step.width });
    case 'commit':
      return { [step.name]: tasks.task(step.name, { Parameters: RUN, ResultPath: '$.result', Next: next }) };
    case 'tidy':
      return { [step.name]: tidyState(step.name, next, tasks) };
  }
}

/** Asked again and again with its own answer. The first answer pins the definitions. */
function waitStates(name: string, next: string, { task }: Tasks): Record<string, State> {
  const Parameters = { 'definitions.$': '$.definitions', 'night.$': '$.night', 'execution.$': '$$.Execution.Name' };
  return {
    [name]: task(name, {
      Parameters,
      ResultSelector: { 'definitions.$': '$.definitions', 'night.$': '$.night', models: null },
      Next: `${name}: done?`,
    }),
    [`${name}: done?`]: {
      Type: 'Choice',
      Choices: [{ Variable: '$.night.state', StringEquals: 'done', Next: next }],
      Default: `${name}: wait`,
    },
    [`${name}: wait`]: { Type: 'Wait', SecondsPath: '$.night.wait_seconds', Next: name },
  };
}

/** What is published already is not computed again: only tidied. */
function planStates(name: string, next: string, { task }: Tasks): Record<string, State> {
  const tidy = STEPS.find((step) => step.kind === 'tidy');
  return {
    [name]: task(name, {
      Parameters: { 'definitions.$': '$.definitions', 'night.$': '$.night', 'execution.$': '$$.Execution.Name' },
      ResultPath: '$.run',
      Next: `${name}: published?`,
    }),
    [`${name}: published?`]: {
      Type: 'Choice',
      Choices: [{ Variable: '$.run.is_published', BooleanEquals: true, Next: tidy ? tidy.name : 'done' }],
      Default: next,
    },
  };
}

/**
 * One loop for all models: start what can be started, wait, look at all that is under way. A failed model ends in the one
 * task that throws; redriven, that task lets the loop begin anew, and what is done is found by its notes.
 */
function modelStates(next: string, { task, width }: Tasks): Record<string, State> {
  const Parameters = { ...RUN, 'models.$': '$.models', 'redrives.$': '$$.Execution.RedriveCount' };
  const after = (Next: string, more = {}) => ({ Parameters: { ...Parameters, ...more }, ResultPath: '$.models', Next });
  return {
    'start-model': task('start-model', after('models: next?', { width })),
    'models: next?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.models.state', StringEquals: 'start', Next: 'start-model' },
        { Variable: '$.models.state', StringEquals: 'finished', Next: next },
        { Variable: '$.models.state', StringEquals: 'failed', Next: 'fail-run' },
      ],
      Default: 'models: wait',
    },
    'models: wait': { Type: 'Wait', SecondsPath: '$.models.wait_seconds', Next: 'poll-model' },
    'poll-model': task('poll-model', after('models: next?')),
    'fail-run': task('fail-run', after('start-model')),
  };
}

/** Its failure is told by the function's own log and error metric, and fails nothing: the night is published. */
function tidyState(name: string, next: string, { task }: Tasks): State {
  const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.left_undone', Next: next }];
  return task(name, { Parameters: RUN, ResultPath: '$.tidied', Catch, Next: next });
}
