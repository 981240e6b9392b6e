import { z } from 'zod';
import { SOURCE_NAMES, type SourceName } from './sources/contract';

/** Settings of how nights run and are kept: none of them is part of a run's definitions. */
const freshnessOf = z
  .strictObject({
    covers: z
      .literal('run_date')
      .default('run_date')
      .describe('Which day the source must hold: its newest day is the run date or later.'),
    wait_until: z
      .string()
      .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time of day from 00:00 to 23:59')
      .default('06:00')
      .describe("Until when a night waits for it, in the shop's time on the day after the run date; then it fails."),
  })
  .meta({ id: 'freshness' });

export const freshnessSchema = z
  .strictObject(
    Object.fromEntries(SOURCE_NAMES.map((name) => [name, freshnessOf.optional()])) as Record<
      SourceName,
      z.ZodOptional<typeof freshnessOf>
    >,
  )
  .default({})
  .describe('Sources that a night waits for until they hold its date, by name: orders: { wait_until: "06:00" }.');

export const guardSchema = z
  .strictObject({
    share_per_night: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.2)
      .describe('By which share, between 0 and 1, numbers may move for each night since the one before.'),
    least_members: z
      .int()
      .min(0)
      .default(100)
      .describe('Smaller numbers are not compared by share: they may move by so many.'),
  })
  .prefault({})
  .describe('The gate before publishing: how far people, audiences, deletes and sources may move.');

export const retentionSchema = z
  .strictObject({
    nights: z.int().min(2).max(3660).default(35).describe('How many of the newest nights are kept.'),
    monthly: z.boolean().default(true).describe("Whether each month's last night is kept for good."),
  })
  .prefault({})
  .describe('Which published nights are kept; a night that somebody still needs is kept beside these.');

/** Of one source. */
export type FreshnessSettings = z.infer<typeof freshnessOf>;
export type GuardSettings = z.infer<typeof guardSchema>;
export type RetentionSettings = z.infer<typeof retentionSchema>;
