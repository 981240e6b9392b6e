import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MACHINE_FUNCTIONS } from '../../infra/state-machine';
import { bundleFunctions, FUNCTION_NAMES } from '../support/bundle-functions';

/** Every function as it is deployed, loaded and called by a Node of its own. */
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bundles-'));
let inputs: Record<string, string[]>;
beforeAll(async () => {
  const { outputs } = await bundleFunctions(folder);
  inputs = Object.fromEntries(
    Object.entries(outputs).map(([path, output]) => [
      path.replace(/^.*\/(.*)\.mjs$/, '$1'),
      Object.keys(output.inputs).filter((file) => (output.inputs[file]?.bytesInOutput ?? 0) > 0),
    ]),
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Loaded {
  name: string;
  milliseconds: number;
  handler: string;
  error: { name: string; message: string };
}

/** Loads each bundle and calls it with an event, in an environment of these variables alone. */
function call(names: readonly string[], environment: Record<string, string>): Loaded[] {
  const script = `
    const told = [];
    for (const name of ${JSON.stringify(names)}) {
      const begin = process.cpuUsage();
      const { handler } = await import(${JSON.stringify(`${folder}/`)} + name + '.mjs');
      const { user, system } = process.cpuUsage(begin);
      const error = await handler({ jane: 'jane@example.com' }).catch((error) => error);
      told.push({ name, milliseconds: (user + system) / 1000, handler: typeof handler, error: { name: error.name, message: error.message } });
    }
    (await import('node:fs')).writeFileSync(process.argv[1], JSON.stringify(told));`;
  const log = join(folder, 'told.json');
  execFileSync(process.execPath, ['--input-type=module', '-e', script, log], {
    env: { PATH: process.env.PATH ?? '', POWERTOOLS_LOG_LEVEL: 'SILENT', ...environment },
    stdio: 'ignore',
  });
  return JSON.parse(readFileSync(log, 'utf8')) as Loaded[];
}

test('they are the functions that the machine calls, and the two that a schedule and a rule call', () => {
  expect([...FUNCTION_NAMES].sort()).toEqual([...MACHINE_FUNCTIONS, 'start-night', 'stop-run'].sort());
  expect(Object.keys(inputs).sort()).toEqual([...FUNCTION_NAMES].sort());
});

test('none is larger than 2 MB, and none carries DuckDB or the command line', () => {
  for (const name of FUNCTION_NAMES) {
    expect([name, statSync(join(folder, `${name}.mjs`)).size < 2_000_000]).toEqual([name, true]);
    const strangers = (inputs[name] ?? []).filter((file) => /duckdb|src\/(cli|demo)\/|commander/.test(file));
    expect([name, strangers]).toEqual([name, []]);
  }
});

test('each loads in little time, and says which variables its environment lacks', () => {
  const told = call(FUNCTION_NAMES, { TIDEMARK_OUT: 's3://bucket/prefix', AWS_REGION: 'eu-central-1' });
  expect(told.map(({ name }) => name)).toEqual(FUNCTION_NAMES);
  for (const { name, handler, error, milliseconds } of told) {
    expect([name, handler, error]).toEqual([
      name,
      'function',
      {
        name: 'DefinitionError',
        message:
          'environment_incomplete: the environment of the function lacks TIDEMARK_WORKGROUP, TIDEMARK_DATABASE\n  → deploy the construct TidemarkNightly, which sets it, or set it where the function is defined',
      },
    ]);
    // Of processor time: a third of it is usual.
    expect([name, milliseconds < 1500]).toEqual([name, true]);
  }
});

test('what starts nights says that it knows no state machine, before it asks anybody', () => {
  const environment = {
    TIDEMARK_OUT: 's3://bucket/prefix',
    TIDEMARK_WORKGROUP: 'primary',
    TIDEMARK_DATABASE: 'tidemark',
    AWS_REGION: 'eu-central-1',
  };
  const [told] = call(['start-night'], environment);
  expect(told?.error.name).toBe('DefinitionError');
  expect(told?.error.message).toContain('the environment of the function lacks STATE_MACHINE_ARN');
});

test('an event that no state sends is refused by the name of what is wrong, without its values', () => {
  const environment = {
    TIDEMARK_OUT: 's3://bucket/prefix',
    TIDEMARK_WORKGROUP: 'primary',
    TIDEMARK_DATABASE: 'tidemark',
    AWS_REGION: 'eu-central-1',
  };
  for (const { name, error } of call(['plan-run', 'poll-model', 'stop-run'], environment)) {
    expect([name, error.name]).toEqual([name, 'DefinitionError']);
    expect(error.message).toContain(`event_wrong: the event of ${name} is not what its state sends`);
    expect(error.message).not.toContain('jane');
  }
});
