/** The only source of wall-clock time; nothing a run computes depends on it (only refusals and durations do). */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}
