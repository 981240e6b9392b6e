import type { NightInput } from '../core/night';
import type { StepContext } from './context';

/** A night that must be asked again after `wait_seconds`, with this very result as its input. */
export interface WaitingNight extends NightInput {
  state: 'waiting';
  wait_seconds: number;
}

/** What the plan is made from. */
export interface ReadyNight extends NightInput {
  state: 'done';
}

/** First step of a night: whether the sources cover its date. Waits nowhere: whoever calls it does. */
export async function awaitSources(
  input: NightInput | WaitingNight,
  _context: StepContext,
): Promise<WaitingNight | ReadyNight> {
  return { ...input, state: 'done' };
}
