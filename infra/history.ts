import { waitSeconds } from '../src/core/waiting';
import { RETRY } from './state-machine';

/** Step Functions ends an execution after so many events, and redrives none that has one less. */
export const MOST_EVENTS = 25_000;

/** Events of a standard workflow. A retry adds LambdaFunctionFailed, LambdaFunctionScheduled and LambdaFunctionStarted. */
const EVENTS = {
  /** Entered and exited. */
  pass: 2,
  choice: 2,
  wait: 2,
  succeed: 2,
  /** Entered, LambdaFunctionScheduled, LambdaFunctionStarted, LambdaFunctionSucceeded, exited. */
  task: 5,
  retry: 3,
  execution: 2,
} as const;

/** A turn of the loop over models: wait, look, choose, and at worst start something and choose again. */
const TURN = EVENTS.wait + 2 * (EVENTS.task + EVENTS.choice);

/** Seconds that the first r retries of a state wait, for r from 0. */
const RETRY_SECONDS = Array.from({ length: RETRY.MaxAttempts + 1 }, (_, retries) =>
  Array.from({ length: retries }, (_, index) => RETRY.IntervalSeconds * RETRY.BackoffRate ** index).reduce(
    (sum, seconds) => sum + seconds,
    0,
  ),
);

/** Per look at sources that are not there yet, tried again as often as may be: the minutes between looks leave time for it. */
const LOOK = EVENTS.wait + EVENTS.task + EVENTS.choice + EVENTS.retry * RETRY.MaxAttempts;

/**
 * The most events that one execution can leave within its time-out, however many models there are, however long their
 * queries take, and however often anything is tried again: waits grow with the time since the first start, and retries take
 * time too, so that the time-out comes first. For every second of the loop over models all numbers of retries of both its
 * tasks are tried; before it the sources may have been waited for. Queries and functions that take time themselves only
 * make it less.
 *
 * @param seconds the time-out of the execution.
 * @param tasks states that call a function.
 * @param shortestLook seconds between two looks at sources that are not there yet.
 */
export function mostEvents(seconds: number, tasks: number, shortestLook: number): number {
  const once =
    EVENTS.execution +
    EVENTS.pass +
    EVENTS.succeed +
    tasks * (EVENTS.task + EVENTS.retry * RETRY.MaxAttempts + EVENTS.choice);
  // The loop over models may begin at any second: then only the rest of the time is left for it.
  const loops = mostLoopEvents(seconds);
  let most = 0;
  for (let waited = 0; waited <= seconds; waited += 1)
    most = Math.max(most, Math.ceil(waited / shortestLook) * LOOK + (loops[seconds - waited] as number));
  return once + most;
}

/** The same of the loop alone, by the seconds it has; waits depend on the time since its begin, so it is counted forwards. */
function mostLoopEvents(seconds: number): Float64Array {
  const turns = RETRY_SECONDS.flatMap((looking, looks) =>
    RETRY_SECONDS.map((starting, starts) => ({
      seconds: looking + starting,
      events: TURN + EVENTS.retry * (looks + starts),
    })),
  );
  // Events left by the time that a turn ends, the most for each second; -1 where no turn can end.
  const at = new Float64Array(seconds + 1).fill(-1);
  const until = new Float64Array(seconds + 1);
  at[0] = 0;
  for (let now = 0; now <= seconds; now += 1) {
    const before = at[now] as number;
    // A turn that the time-out ends leaves no more than a whole one with all its retries.
    until[now] = Math.max(until[now - 1] ?? 0, before);
    if (before < 0) continue;
    for (const turn of turns) {
      const then = now + waitSeconds(0, 1000 * now) + turn.seconds;
      if (then <= seconds) at[then] = Math.max(at[then] as number, before + turn.events);
    }
  }
  const whole = TURN + 2 * EVENTS.retry * RETRY.MaxAttempts;
  return until.map((events) => events + whole);
}
