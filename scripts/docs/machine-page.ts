import { mostEvents } from '../../infra/history';
import { MACHINE_FUNCTIONS, NIGHT_SECONDS, RETRY, type State, stateMachineDefinition } from '../../infra/state-machine';
import { list, page, table } from './markdown';

/** Shortest time between two looks at sources that are not there yet, for the arithmetic of the history. */
const SHORTEST_LOOK = 300;

/** The state machine as it is deployed: a picture, what each state does next, and how long its history can get. */
export function machinePage(): string {
  const functions = Object.fromEntries(MACHINE_FUNCTIONS.map((name) => [name, { arn: name, timeoutSeconds: 300 }]));
  const { StartAt, States } = stateMachineDefinition({ functions });
  const states = Object.entries(States);
  const most = mostEvents(NIGHT_SECONDS, MACHINE_FUNCTIONS.length, SHORTEST_LOOK);
  return page(
    'The state machine of a night',
    'Made from [the list of steps](../../src/pipeline/steps.ts) by [state-machine.ts](../../infra/state-machine.ts). [Nights on AWS](../nights-on-aws.md) tells what happens in it, [the runbook](../runbook.md) what to do where it stops.',
    picture(StartAt, states),
    '## States',
    table(
      ['state', 'is', 'goes to'],
      states.map(([name, state]) => [
        `\`${name}\``,
        kindOf(state),
        list([...new Set(waysOf(state).map(({ to }) => to))]),
      ]),
    ),
    `Every task is tried again after ${list(RETRY.ErrorEquals)}: ${RETRY.MaxAttempts} times, after ${RETRY.IntervalSeconds} seconds, each pause ${RETRY.BackoffRate} times the one before. Nothing else is.`,
    '## History',
    `Step Functions ends an execution after 25,000 events. A night of ${NIGHT_SECONDS / 3600} hours, its time-out, leaves at most ${most.toLocaleString('en')}, whatever the models are: [history.ts](../../infra/history.ts) tries every number of retries at every second. A turn of the loop is a wait (2 events), a look and a choice (5 and 2), at worst a start and a choice (5 and 2), and 3 for each retry; a wait is at least a 120th of the time since the first start, so that there are fewer than 120 + 120 ln(T / 120) turns in T seconds.`,
  );
}

interface Way {
  to: string;
  when: string;
}

interface Ways {
  Next?: string;
  Default?: string;
  Choices?: { Next: string; StringEquals?: string; BooleanEquals?: boolean; Variable: string }[];
  Catch?: { Next: string }[];
}

function waysOf(state: State): Way[] {
  const { Next, Default, Choices = [], Catch = [] } = state as Ways;
  return [
    ...Choices.map(({ Next: to, StringEquals, BooleanEquals, Variable }) => ({
      to,
      when: StringEquals ?? `${BooleanEquals === false ? 'not ' : ''}${Variable.split('.').at(-1)}`,
    })),
    ...(Default === undefined ? [] : [{ to: Default, when: 'else' }]),
    ...(Next === undefined ? [] : [{ to: Next, when: '' }]),
    ...Catch.map(({ Next: to }) => ({ to, when: 'any error' })),
  ];
}

function kindOf({ Type, TimeoutSeconds }: State): string {
  const kinds: Record<string, string> = { Pass: 'a beginning', Choice: 'a choice', Wait: 'a wait', Succeed: 'the end' };
  return TimeoutSeconds === undefined ? (kinds[Type] ?? Type) : 'a function';
}

/** Mermaid; names of states may hold what its identifiers may not. */
function picture(start: string, states: readonly (readonly [string, State])[]): string {
  const id = (name: string): string => name.replaceAll(/[^a-z]+/g, '_');
  const box = ([name, state]: readonly [string, State]): string =>
    state.Type === 'Choice'
      ? `  ${id(name)}{"${name}"}`
      : state.Type === 'Task'
        ? `  ${id(name)}["${name}"]`
        : `  ${id(name)}(["${name}"])`;
  const arrows = states.flatMap(([name, state]) =>
    waysOf(state).map(({ to, when }) => `  ${id(name)} -->${when === '' ? '' : `|${when}|`} ${id(to)}`),
  );
  return ['```mermaid', 'flowchart TD', `  Start(( )) --> ${id(start)}`, ...states.map(box), ...arrows, '```'].join(
    '\n',
  );
}
