import { mostEvents } from '../../infra/history';
import {
  LONGEST_NIGHT_SECONDS,
  MACHINE_FUNCTIONS,
  NIGHT_SECONDS,
  type State,
  stateMachineDefinition,
} from '../../infra/state-machine';
import { STEPS } from '../../src/pipeline/steps';

const functions = Object.fromEntries(
  MACHINE_FUNCTIONS.map((name) => [
    name,
    { arn: `arn:aws:lambda:eu-central-1:123456789012:function:${name}:7`, timeoutSeconds: 300 },
  ]),
);
const definition = stateMachineDefinition({ functions });
const states = Object.entries(definition.States);
const tasks = states.filter(([, state]) => state.Type === 'Task');

/** Where a state may go. */
function nextOf(state: State): string[] {
  const {
    Next,
    Default,
    Choices = [],
    Catch = [],
  } = state as unknown as Record<string, string> & {
    Choices?: { Next: string }[];
    Catch?: { Next: string }[];
  };
  return [Next, Default, ...Choices.map((each) => each.Next), ...Catch.map((each) => each.Next)].filter(
    (name) => name !== undefined,
  );
}

test('every step of the product is in it, in its order', () => {
  const names = tasks.map(([name]) => name);
  expect(names).toEqual(MACHINE_FUNCTIONS);
  expect(names).toEqual(
    STEPS.flatMap((step) => (step.kind === 'models' ? ['start-model', 'poll-model', 'fail-run'] : [step.name])),
  );
});

test('every way leads to a state, and every state is on a way', () => {
  const reached = new Set([definition.StartAt]);
  for (const name of reached) for (const next of nextOf(definition.States[name] as State)) reached.add(next);
  expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
});

test('it is written in JSONPath alone: nothing that a local interpreter passes over in silence', () => {
  const strange: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'string' && /\{%|%\}/.test(value)) strange.push(path);
    if (value === null || typeof value !== 'object') return;
    for (const [key, item] of Object.entries(value)) {
      if (/^(QueryLanguage|Assign|Arguments|Output|Items|Condition|ItemReader|ItemBatcher|ResultWriter)$/.test(key))
        strange.push(`${path}.${key}`);
      look(item, `${path}.${key}`);
    }
  };
  look(definition, '$');
  expect(strange).toEqual([]);
});

test.each(tasks)(
  '%s calls a published version, ends in time, and is tried again only after passing faults',
  (name, state) => {
    expect(state.Resource).toMatch(/:function:[a-z-]+:\d+$/);
    expect(state.TimeoutSeconds).toBe(310);
    const { Retry } = state as unknown as { Retry: { ErrorEquals: string[] }[] };
    const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(retried).toContain('TransientEngineError');
    expect(retried.filter((error) => error !== 'TransientEngineError' && !error.startsWith('Lambda.'))).toEqual([]);
    expect([name, 'Catch' in state]).toEqual([name, name === 'sweep-runs']);
  },
);

test('nothing ends in a Fail state: a redrive would only fail again', () => {
  expect(states.filter(([, { Type }]) => Type === 'Fail')).toEqual([]);
  expect(nextOf(definition.States['sweep-runs'] as State)).toEqual(['done', 'done']);
});

test('the task that throws leads back to a new attempt', () => {
  expect(definition.States['fail-run']?.Next).toBe('start-model');
  expect(nextOf(definition.States['models: next?'] as State)).toEqual([
    'models: wait',
    'start-model',
    'guard-snapshot',
    'fail-run',
  ]);
});

test('every step is told which definitions the first one pinned', () => {
  const [first, ...later] = tasks;
  expect(first?.[1]).toMatchObject({ ResultSelector: { 'definitions.$': '$.definitions' } });
  for (const [name, { Parameters }] of later)
    expect([name, Parameters]).toMatchObject([name, { 'definitions.$': '$.definitions' }]);
});

test('width and time-out are settings', () => {
  const other = stateMachineDefinition({ functions, width: 2, timeoutSeconds: 7200 });
  expect(other.TimeoutSeconds).toBe(7200);
  expect(other.States['start-model']?.Parameters).toMatchObject({ width: 2 });
  expect(definition.States['start-model']?.Parameters).toMatchObject({ width: 5 });
  expect(() => stateMachineDefinition({ functions, timeoutSeconds: LONGEST_NIGHT_SECONDS + 1 })).toThrow('86401');
  const { 'plan-run': _, ...fewer } = functions;
  expect(() => stateMachineDefinition({ functions: fewer })).toThrow('plan-run has no function');
});

test('the history of the longest night that can be set stays below 20,000 events, whatever the models are', () => {
  const shortestLook = 300;
  expect(mostEvents(NIGHT_SECONDS, tasks.length, shortestLook)).toBeLessThan(19_000);
  expect(mostEvents(LONGEST_NIGHT_SECONDS, tasks.length, shortestLook)).toBeLessThan(20_000);
});

test('a bound by hand: a night of two minutes has a turn a second, without retries or with', () => {
  // 120 turns of 1 s, each 2 (wait) + 5 + 2 (look, choice) + 5 + 2 (start, choice) = 16 events; then one that the time-out
  // ends, at most a whole one with ten retries of 3 events: 46. Before, a retry of 3 events takes 2 s, the time of two turns.
  // Once: 2 (execution) + 2 (begin) + 2 (done), and for each of 8 tasks 5 + 5 retries of 3 + 2.
  // In the first second a look at late sources, 9 and 5 retries of 3, is worth more than a turn.
  const turns = 24 + 119 * 16 + 46;
  expect(mostEvents(120, 8, 300)).toBe(6 + 8 * 22 + turns);
});
