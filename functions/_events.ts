import { z } from 'zod';
import type { NightInput } from '../src/core/night';
import type { ModelsUnderWay } from '../src/pipeline/build-models';
import type { ModelProgress } from '../src/pipeline/start-model';

/** What states send to functions: infra/state-machine.ts. */
export const definitions = z.string().regex(/^[0-9a-f]{64}$/);
export const execution = z.string().regex(/^[A-Za-z0-9_.-]{1,80}$/);

const run = z.looseObject({ run_id: z.string().regex(/^\d{4}-\d\d-\d\d-[0-9a-f]{12}$/) });

/** Of every step that belongs to one run. */
export const runEvent = z.object({
  definitions,
  execution,
  run: run.extend({ accept: z.boolean() }),
});

/** A night as the step before left it. */
export const night = z.looseObject({}).transform((value) => value as NightInput & { state?: string });

const progress = z.custom<ModelProgress>(
  (value) => typeof value === 'object' && value !== null && 'state' in value && 'node' in value,
);

const models: z.ZodType<ModelsUnderWay> = z.object({
  state: z.enum(['start', 'wait', 'finished', 'failed']),
  under_way: z.array(progress),
  done: z.array(z.string()),
  is_short: z.boolean(),
  wait_seconds: z.number(),
  began: z.number(),
  redrives: z.number(),
  failure: z
    .object({
      name: z.string(),
      code: z.string(),
      found: z.string(),
      remedy: z.string(),
      place: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
    })
    .nullable(),
});

/** Of the loop over models. */
export const modelsEvent = runEvent.extend({ models: models.nullable(), redrives: z.number() });
export const failedEvent = modelsEvent.extend({ models });
