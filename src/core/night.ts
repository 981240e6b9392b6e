import { z } from 'zod';
import { DefinitionError } from './errors';
import { suggest } from './nearest';

/** What a night is started with: plain JSON, the same for an execution of the state machine and for the command line. */
export interface NightInput {
  /** The last complete local day to look at; left out: the newest that the orders have. */
  run_date?: string | undefined;
  /** Publishes also what the gate would hold back. No part of run_id: what is computed already is published as it is. */
  accept?: boolean | undefined;
  /** Reads every source whole, whatever `partition` says. */
  full?: boolean | undefined;
  /** Any text: a run with it is another one than a run of equal inputs without it, or with another. */
  fresh?: string | undefined;
}

const nightSchema = z.strictObject({
  run_date: z.string().optional(),
  accept: z.boolean().optional(),
  full: z.boolean().optional(),
  fresh: z.string().min(1).max(100).optional(),
});

const KEYS = Object.keys(nightSchema.shape);
const EXAMPLE = '{ "run_date": "2026-01-31", "accept": true }';

/**
 * Believes the input of an execution only as far as it is one. Whether the date is a day that is over, the first step says.
 *
 * @throws DefinitionError night_input, naming the key and the nearest known one.
 */
export function parseNightInput(value: unknown): NightInput {
  const parsed = nightSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const key = issue?.path[0];
  throw new DefinitionError({
    code: 'night_input',
    found: unknown
      ? `the input of the night has the key ${JSON.stringify(unknown.slice(0, 60))}`
      : key === undefined
        ? 'the input of the night is no object'
        : `${String(key)} in the input of the night is not what it must be`,
    remedy: unknown ? suggest(unknown, KEYS) : `write it as in ${EXAMPLE}`,
  });
}
