import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { z } from 'zod';
import type { Definitions } from '../src/core/definitions';
import { errorNote, errorOf } from '../src/core/error-note';
import { DefinitionError } from '../src/core/errors';
import { METRICS_NAMESPACE, type NightMetric } from '../src/core/snapshots/night-metrics';
import { athenaSettings } from '../src/engines/athena/athena-settings';
import { openAthenaCatalog } from '../src/engines/athena/catalog';
import { openS3Store } from '../src/engines/athena/object-store';
import { openAthenaEngine } from '../src/engines/athena/query-engine';
import { openClients } from '../src/engines/athena/settings';
import type { Ports, StepContext } from '../src/pipeline/context';
import { readDefinitions } from '../src/pipeline/definitions-bundle';
import { unpackDefinitions } from '../src/project/bundle';
import { loadDefinitions } from '../src/project/load-definitions';

/** What a function works with: opened by its first call, kept as long as its container lives. */
export interface Runtime {
  ports: Ports;
  logger: Logger;
  /** Writes metrics of a night; they are published when the call ends. */
  measure(metrics: readonly NightMetric[]): void;
  /** What a step is given. @param definitions hash of the pinned bundle. */
  context(definitions: string, execution?: string): Promise<StepContext>;
}

const logger = new Logger();
const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
const tracer = new Tracer();

/** Read once by the first call, so that what is missing fails that call with its name, not the start of the container. */
let opened: Runtime | undefined;

const variables = z.object({
  TIDEMARK_OUT: z.string().min(1),
  TIDEMARK_WORKGROUP: z.string().min(1),
  TIDEMARK_DATABASE: z.string().min(1),
  TIDEMARK_HASH_SALT: z.string().optional(),
});

/**
 * Checks the environment of a function.
 *
 * @throws DefinitionError environment_incomplete, naming every variable that is missing and who sets it.
 */
export function environmentOf<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>): z.infer<z.ZodObject<Shape>> {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => String(path[0])).join(', ');
  throw new DefinitionError({
    code: 'environment_incomplete',
    found: `the environment of the function lacks ${names}`,
    remedy: 'deploy the construct TidemarkNightly, which sets it, or set it where the function is defined',
  });
}

function open(): Runtime {
  const { TIDEMARK_HASH_SALT, ...rest } = environmentOf(variables);
  const settings = athenaSettings({}, rest);
  const clients = openClients();
  for (const client of Object.values(clients)) tracer.captureAWSv3Client(client);
  const engine = openAthenaEngine(settings, clients);
  const store = openS3Store(settings, clients);
  const ports: Ports = {
    engine,
    store,
    catalog: openAthenaCatalog(settings, clients, engine),
    clock: { now: () => Date.now() },
  };
  const definitionsOf = oncePerHash((hash) => load(ports, hash));
  return {
    ports,
    logger,
    measure: (night) => {
      for (const { name, unit, value } of night) metrics.addMetric(name, unit, value);
    },
    context: async (hash, execution) => ({
      ports,
      definitions: await definitionsOf(hash),
      hashSalt: TIDEMARK_HASH_SALT || undefined,
      ...(execution !== undefined && { execution }),
    }),
  };
}

async function load({ store }: Ports, hash: string): Promise<Definitions> {
  const { directory, sqlFolder } = await unpackDefinitions(
    await readDefinitions(store, hash),
    join(tmpdir(), 'tidemark'),
  );
  return loadDefinitions(directory, sqlFolder);
}

/** A container meets few bundles; what could not be loaded is tried again by the next call. */
function oncePerHash(load: (hash: string) => Promise<Definitions>): (hash: string) => Promise<Definitions> {
  const known = new Map<string, Promise<Definitions>>();
  return (hash) => {
    const found = known.get(hash) ?? load(hash);
    known.set(hash, found);
    found.catch(() => known.delete(hash));
    return found;
  };
}

/**
 * A Lambda handler: checks the event, calls `work`, and lets errors leave under their own names, with code and remedy in the
 * text and nothing of the data. Only names are logged, never an event or a result.
 *
 * @param name of the function, for its log and trace.
 */
export function handlerOf<Event, Result>(
  name: string,
  schema: z.ZodType<Event>,
  work: (event: Event, runtime: Runtime) => Promise<Result> | Result,
): (event: unknown) => Promise<Result> {
  return async (event) => {
    const log = logger.createChild({ persistentKeys: { step: name, ...namesOf(event) } });
    try {
      opened ??= open();
      const runtime = { ...opened, logger: log };
      const result = await work(parsed(name, schema, event), runtime);
      log.info('done');
      return result;
    } catch (error) {
      const note = errorNote(error);
      log.error('it failed', { ...note });
      throw errorOf(note, error);
    } finally {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  };
}

function parsed<Event>(name: string, schema: z.ZodType<Event>, event: unknown): Event {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DefinitionError({
    code: 'event_wrong',
    found: `the event of ${name} is not what its state sends: ${issue?.path.map(String).join('.') || 'all of it'}`,
    remedy: 'start a night by the function start-night; its state machine knows what each function wants',
  });
}

/** Of an event what tells one night from another. */
function namesOf(event: unknown): Record<string, string> {
  const { execution, run } = (event ?? {}) as { execution?: unknown; run?: { run_id?: unknown } };
  return {
    ...(typeof execution === 'string' && { execution }),
    ...(typeof run?.run_id === 'string' && { run_id: run.run_id }),
  };
}
