import { isReady } from '../models/planned';
import type { LookCost } from '../run';
import { waitSeconds } from '../waiting';
import type { StepCost } from './manifest';
import { billedMegabytes, type NightUsage } from './night-cost';

/**
 * What is taken for granted where nothing is measured, each on the high side. The seconds of a call come first: a look at five
 * queries takes a fraction of them, a plan or a fit takes longer, and there are few of those.
 */
export const ASSUMED = {
  call_seconds: 2,
  /** The largest memory of any function; most have half of it. */
  call_gigabytes: 2,
  /**
   * PUTs and LISTs a model, beside one a file written. Seven are of Tidemark: claim, look for leftovers, text of the statement,
   * marks of two queries, list of the files, note. The others are of Athena: four objects beside the results of two statements,
   * and the lists of the tables that they read.
   */
  writes_per_model: 16,
  /** GETs of notes, plan and definitions a model. */
  reads_per_model: 20,
  /** Bytes that Athena reads with one GET. */
  bytes_per_read: 8e6,
} as const;

/** Calls outside the loop over models: start-night and each other step once. */
const CALLS_ONCE = 6;

/** States entered outside that loop, from begin to done. */
const STATES_ONCE = 9;

/** States of one start and of one look: the function, the choice after it, and the wait before a look. */
const STATES_PER_START = 2;
const STATES_PER_LOOK = 3;

/** A model that a run computed. */
export interface StepWork
  extends Pick<
    StepCost,
    'model' | 'seconds' | 'check_seconds' | 'bytes_scanned' | 'check_bytes_scanned' | 'repeated_bytes_scanned'
  > {
  /** Models that had to be done first; those that the run did not compute do not count. */
  after: readonly string[];
  /** Count of files written. */
  files: number;
}

export interface NightWork {
  /** In the order of the plan. */
  steps: readonly StepWork[];
  /** Statements that look at sources and audiences. Those summed up may bill a little more than their sum says. */
  looks: readonly LookCost[];
  /** How many models the state machine has under way at once; null where the command line walked the night. */
  width: number | null;
}

/**
 * What a night took of what AWS bills, as far as its manifest can know. Attempts of walks that were killed, and calls that
 * were tried again, are left out.
 */
export function nightUsage({ steps, looks, width }: NightWork): NightUsage {
  const statements = [
    ...steps.flatMap((step) => [step.bytes_scanned, step.check_bytes_scanned, ...(step.repeated_bytes_scanned ?? [])]),
    ...looks.flatMap(statementsOf),
  ];
  const loop = width === null ? null : loopOf(steps, width);
  const waits = sum(looks.map((look) => look.waits ?? 0));
  const calls = loop ? CALLS_ONCE + loop.starts + loop.looks + waits : 0;
  return {
    athena_megabytes: sum(statements.map(billedMegabytes)),
    transitions: loop ? STATES_ONCE + loop.starts * STATES_PER_START + (loop.looks + waits) * STATES_PER_LOOK : 0,
    calls,
    gigabyte_seconds: calls * ASSUMED.call_seconds * ASSUMED.call_gigabytes,
    s3_writes: steps.length * ASSUMED.writes_per_model + sum(steps.map(({ files }) => files)),
    s3_reads:
      steps.length * ASSUMED.reads_per_model +
      sum(statements.map((bytes) => Math.max(1, Math.ceil(bytes / ASSUMED.bytes_per_read)))),
  };
}

/** Bytes of each, as if all had scanned the same; where their number is not known they count as one. */
function statementsOf({ bytes_scanned, seconds, statements }: LookCost): number[] {
  const count = statements ?? (seconds > 0 || bytes_scanned > 0 ? 1 : 0);
  return Array.from({ length: count }, () => bytes_scanned / count);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Running {
  step: StepWork;
  isChecking: boolean;
  started: number;
}

/**
 * How often the loop over models starts and looks: the night is walked again with the seconds that its statements took, by the
 * rules of the state machine (src/pipeline/build-models.ts).
 */
export function loopOf(steps: readonly StepWork[], width: number): { starts: number; looks: number } {
  const computed = new Set(steps.map(({ model }) => model));
  const done = new Set<string>();
  const waiting = new Set(steps);
  let running: Running[] = [];
  // The clock of the loop begins with its first start.
  let now: number = -ASSUMED.call_seconds;
  let [starts, looks] = [0, 0];
  const start = (): void => {
    starts += 1;
    now += ASSUMED.call_seconds;
    for (const step of [...waiting]
      .filter((step) => isReady(step, done, computed))
      .slice(0, Math.max(0, width - running.length))) {
      waiting.delete(step);
      running.push({ step, isChecking: false, started: now });
    }
  };
  start();
  while (running.length > 0) {
    const youngest = Math.max(...running.map(({ started }) => started));
    now += waitSeconds(1000 * (now - youngest), 1000 * now) + ASSUMED.call_seconds;
    looks += 1;
    const before = done.size;
    running = running.flatMap((each) => look(each, now, done));
    if (done.size > before && done.size < steps.length) start();
  }
  return { starts, looks };
}

/** After its write a model is checked, after its checks it is done. */
function look(each: Running, now: number, done: Set<string>): Running[] {
  const { step, isChecking, started } = each;
  if (now < started + (isChecking ? step.check_seconds : step.seconds)) return [each];
  if (!isChecking) return [{ step, isChecking: true, started: now }];
  done.add(step.model);
  return [];
}
