import { StateMachine } from 'aws-local-stepfunctions';

/**
 * A process of Node 24 that runs state machines: each task calls the handler of a bundled function file. It is told what to
 * do by messages of its parent, `{ id, method, argument }`, and answers `{ id, result }` or `{ id, error }`.
 */
let folder = '';
let containers = 0;
let functions = {};
const executions = new Map();

/** Values that would not survive between two services are lost here too. */
const travelled = (value) => JSON.parse(JSON.stringify(value ?? null));

const named = ({ error, message = 'told by the test' }) => Object.assign(new Error(message), { name: error });

/** The handlers of a deployment: fresh containers, which read the environment anew. */
async function deploy({ bundles, names, environment }) {
  folder = bundles;
  containers += 1;
  Object.assign(process.env, environment);
  functions = {};
  for (const name of names) functions[name] = (await import(`${folder}/${name}.mjs?containers=${containers}`)).handler;
  return null;
}

/** Calls one function by itself, as a rule or a schedule does. */
const call = ({ name, event }) => functions[name](travelled(event)).then(travelled);

/**
 * Runs an execution to its end.
 *
 * @param faults by state and number of its call: an error instead of the call, or after it as if its answer was lost.
 * @param pause where the parent is told and waited for.
 */
async function run({ definition, startAt, input, context, faults = [], pause, waits }, tell) {
  const trace = [];
  const counts = {};
  const tasks = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Task');
  const taskOf = (state, resource) => async (event) => {
    counts[state] = (counts[state] ?? 0) + 1;
    const fault = faults.find((each) => each.state === state && each.call === counts[state]);
    const entry = { state, event: travelled(event) };
    trace.push(entry);
    if (fault?.when === 'before') throw named(fault);
    if (pause?.before === state && pause.call === counts[state]) await tell('paused');
    const name = /:function:([^:]+):\d+$/.exec(resource)[1];
    entry.result = travelled(await functions[name](travelled(event)));
    if (pause?.after === state && JSON.stringify(entry.result).includes(pause.result)) await tell('paused');
    if (fault?.when === 'after') throw named(fault);
    return entry.result;
  };
  const taskResourceLocalHandlers = Object.fromEntries(
    tasks.map(([state, { Resource }]) => [state, taskOf(state, Resource)]),
  );
  const states = Object.entries(definition.States);
  const waitTimeOverrides = Object.fromEntries(
    states.filter(([, { Type }]) => Type === 'Wait').map(([name]) => [name, waits]),
  );
  const retryIntervalOverrides = Object.fromEntries(tasks.map(([state]) => [state, 10]));
  let machine = new StateMachine(definition, { validationOptions: { checkArn: true, checkPaths: true } });
  // What lies before the state where a redrive goes on cannot be reached any more, which a validator minds.
  if (startAt)
    machine = new StateMachine({ ...definition, StartAt: startAt }, { validationOptions: { noValidate: true } });
  const overrides = { taskResourceLocalHandlers, waitTimeOverrides, retryIntervalOverrides };
  const execution = machine.run(input, { overrides, context });
  executions.set(context.Execution.Name, execution);
  const events = [];
  const logged = (async () => {
    for await (const event of execution.eventLogs) events.push(event);
  })();
  const outcome = await execution.result.then(
    (output) => ({ status: 'SUCCEEDED', output }),
    () => ({ status: 'FAILED' }),
  );
  await logged;
  const failed = events.find(({ type }) => type === 'ExecutionFailed');
  const entered = events.filter(({ type }) => type === 'StateEntered').map(({ state }) => state);
  const retried = events.filter(({ type }) => type === 'StateRetried').map(({ state }) => state.name);
  const aborted = events.some(({ type }) => type === 'ExecutionAborted');
  return travelled({
    ...outcome,
    ...(aborted && { status: 'ABORTED' }),
    error: failed?.Error ?? null,
    cause: failed ? String(failed.Cause?.message ?? failed.Cause ?? '') : null,
    entered: entered.map(({ name }) => name),
    /** Where a redrive goes on, with what was recorded. */
    last: entered.at(-1),
    retried,
    trace,
  });
}

const abort = ({ name }) => executions.get(name)?.abort();

const METHODS = { deploy, call, run, abort };
const waiting = new Map();

process.on('message', async ({ id, method, argument }) => {
  if (method === 'continue') return waiting.get(id)?.();
  // Tells the parent, and waits until it says to continue.
  const tell = (what) => {
    process.send({ id, told: what });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  try {
    process.send({ id, result: (await METHODS[method](argument, tell)) ?? null });
  } catch (error) {
    process.send({ id, error: { name: error.name, message: error.message } });
  }
});
process.on('disconnect', () => process.exit());
// The interpreter leaves the failures of tasks that it has told behind.
process.on('unhandledRejection', () => undefined);
