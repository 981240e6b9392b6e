import { FUNCTIONS } from '../../../infra/functions';
import { MACHINE_FUNCTIONS, stateMachineDefinition } from '../../../infra/state-machine';
import { ASSUMED, loopOf, nightUsage, type StepWork } from '../../../src/core/snapshots/night-usage';

const step = (model: string, changes: Partial<StepWork> = {}): StepWork => ({
  model,
  seconds: 0,
  check_seconds: 0,
  bytes_scanned: 0,
  check_bytes_scanned: 0,
  after: [],
  files: 1,
  ...changes,
});

const LOOK = { bytes_scanned: 0, seconds: 0.1 };

describe('the loop over models, walked again by hand', () => {
  test.each([
    // Written at the first look, checked at the second.
    ['one model that takes no time', [step('a')], 5, { starts: 1, looks: 2 }],
    ['two side by side', [step('a'), step('b')], 5, { starts: 1, looks: 2 }],
    ['two, one at a time', [step('a'), step('b')], 1, { starts: 2, looks: 4 }],
    ['two, one after the other', [step('a'), step('b', { after: ['a'] })], 5, { starts: 2, looks: 4 }],
    ['one whose input lies with an earlier night', [step('a', { after: ['kept'] })], 5, { starts: 1, looks: 2 }],
    // Looks at 3 and 6 seconds, each one second of waiting and two of the call; the check is looked at in second 9.
    ['a write of five seconds', [step('a', { seconds: 5 })], 5, { starts: 1, looks: 3 }],
    // 3, 6, 10 (waited a quarter of 6: 2), then 3 + 2, 4 + 2, 5 + 2, 7 + 2, 9 + 2: 15, 21, 28, 37, 48. The check at 51.
    ['a write of 48 seconds', [step('a', { seconds: 48 })], 5, { starts: 1, looks: 9 }],
    ['nothing to compute', [], 5, { starts: 1, looks: 0 }],
    // Models that wait for each other never start: no graph has that, and a manifest must not hang.
    ['a circle', [step('a', { after: ['a'] })], 5, { starts: 1, looks: 0 }],
  ])('%s', (_, steps, width, wanted) => {
    expect(loopOf(steps, width)).toEqual(wanted);
  });
});

test('a night of the state machine, by hand', () => {
  const steps = [
    step('a', { bytes_scanned: 25_000_001, check_bytes_scanned: 3_000_000, files: 4 }),
    step('b', { bytes_scanned: 12_000_000, check_bytes_scanned: 0, after: ['a'] }),
  ];
  expect(nightUsage({ steps, looks: [{ bytes_scanned: 0, seconds: 0 }, LOOK], width: 5 })).toEqual({
    // 26 + 10 + 12 + 10, and 10 for the one look that there was.
    athena_megabytes: 68,
    // Nine once; two starts of two states, four looks of three.
    transitions: 25,
    // Six once, two starts, four looks.
    calls: 12,
    gigabyte_seconds: 48,
    // 16 a model, and five files.
    s3_writes: 37,
    // 20 a model; 4 + 1 + 2 + 1 for the models' statements, 1 for the look.
    s3_reads: 49,
  });
});

test('looks count by their number, writes that were done again and waits for sources beside them', () => {
  const looked = { bytes_scanned: 45_000_000, seconds: 9, statements: 3, waits: 2 };
  const steps = [step('a', { repeated_bytes_scanned: [31_000_000, 1] })];
  const none = nightUsage({ steps: [step('a')], looks: [], width: 5 });
  const usage = nightUsage({ steps, looks: [looked, { bytes_scanned: 0, seconds: 0, statements: 0 }], width: 5 });
  // Three of 15 MB each; 31 and 10 for the writes.
  expect(usage.athena_megabytes - none.athena_megabytes).toBe(45 + 31 + 10);
  // Each wait is the wait itself, the function again, and the choice after it.
  expect([usage.transitions - none.transitions, usage.calls - none.calls]).toEqual([6, 2]);
  expect(usage.s3_reads - none.s3_reads).toBe(3 * 2 + 4 + 1);
});

test('a night of the command line has neither transitions nor calls', () => {
  const usage = nightUsage({ steps: [step('a')], looks: [LOOK, LOOK], width: null });
  expect(usage).toMatchObject({ athena_megabytes: 40, transitions: 0, calls: 0, gigabyte_seconds: 0, s3_writes: 17 });
});

describe('what is counted once a night follows from the state machine and its functions', () => {
  const functions = Object.fromEntries(MACHINE_FUNCTIONS.map((name) => [name, { arn: name, timeoutSeconds: 60 }]));
  const { States } = stateMachineDefinition({ functions });
  const LOOP = ['start-model', 'models: next?', 'models: wait', 'poll-model', 'fail-run'];
  // No models: one start with the choice after it.
  const empty = nightUsage({ steps: [], looks: [], width: 5 });

  test('states', () => {
    const once = Object.keys(States).filter((name) => !LOOP.includes(name) && name !== 'await-sources: wait');
    expect(empty.transitions).toBe(once.length + 2);
  });

  test('calls: start-night and the functions outside the loop', () => {
    const once = MACHINE_FUNCTIONS.filter((name) => !LOOP.includes(name));
    expect(empty.calls).toBe(1 + once.length + 1);
  });

  test('no function has more memory than is assumed', () => {
    const most = Math.max(...Object.values(FUNCTIONS).map(({ memory }) => memory));
    expect(most).toBe(1024 * ASSUMED.call_gigabytes);
  });
});
