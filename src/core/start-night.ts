import { addDays, isIsoDate, localDay } from './dates';
import { DefinitionError } from './errors';
import type { NightInput } from './night';

/**
 * The newest day that may be looked at: yesterday in the shop's zone.
 *
 * @param now milliseconds since the Unix epoch.
 */
export function newestRunDate(now: number, timeZone: string): string {
  return addDays(localDay(now, timeZone), -1);
}

/**
 * @param newest the newest day that is over in the shop's zone.
 * @throws DefinitionError run_date_wrong for what is no day, or a day that is not over.
 */
export function demandRunDate(asked: string, newest: string, timeZone: string): string {
  if (isIsoDate(asked) && asked <= newest) return asked;
  const found = isIsoDate(asked)
    ? `${asked} is not over yet in ${timeZone}`
    : `${JSON.stringify(asked.slice(0, 40))} is not a day`;
  throw new DefinitionError({
    code: 'run_date_wrong',
    found: `the run date ${found}`,
    remedy: `give a day up to ${newest} as YYYY-MM-DD`,
  });
}

/**
 * The date of a night that the schedule starts: the day before the scheduled instant, on the shop's calendar, however late
 * the start arrives. A night that was missed is not caught up: this one builds on the last that was published, and its
 * changes hold all since. Whoever wants the missed one too starts it by hand.
 *
 * @param scheduled the instant the schedule meant, ISO 8601 with zone, such as 2026-01-31T02:00:00Z.
 * @throws DefinitionError scheduled_time_wrong
 */
export function scheduledRunDate(scheduled: string, now: number, timeZone: string): string {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(scheduled)
    ? Date.parse(scheduled)
    : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new DefinitionError({
      code: 'scheduled_time_wrong',
      found: `the schedule gives the time ${JSON.stringify(scheduled.slice(0, 40))}, which is no instant`,
      remedy: 'let it pass <aws.scheduler.scheduled-time> as scheduled_time; to start a night by hand give run_date',
    });
  }
  return demandRunDate(newestRunDate(instant, timeZone), newestRunDate(now, timeZone), timeZone);
}

/** The input of a night started by hand, with its date decided: yesterday where none is asked for. */
export function nightByHand(input: NightInput, now: number, timeZone: string): NightInput & { run_date: string } {
  const newest = newestRunDate(now, timeZone);
  return {
    ...input,
    run_date: input.run_date === undefined ? newest : demandRunDate(input.run_date, newest, timeZone),
  };
}

/** Of the n-th execution of a night; a name that was used is refused for 90 days, whatever became of it. */
export const executionName = (runDate: string, n: number): string => `${runDate}-${n}`;

/**
 * The name that a start by hand takes: one after the greatest that this date has had. The schedule always takes the first,
 * so that a start delivered twice starts one night.
 *
 * @param taken names of executions, of any dates.
 */
export function nextExecutionName(runDate: string, taken: Iterable<string>): string {
  let greatest = 0;
  for (const name of taken) {
    const n = name.startsWith(`${runDate}-`) ? /^[1-9]\d*$/.exec(name.slice(runDate.length + 1))?.[0] : undefined;
    greatest = Math.max(greatest, Number(n ?? 0));
  }
  return executionName(runDate, greatest + 1);
}
