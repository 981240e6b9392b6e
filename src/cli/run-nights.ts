import { addDays } from '../core/dates';
import type { Manifest, Pointer } from '../core/snapshots/manifest';
import { openLocalCatalog } from '../engines/duckdb/catalog';
import { systemClock } from '../engines/duckdb/clock';
import { openLocalStore } from '../engines/duckdb/object-store';
import { openDuckDbEngine } from '../engines/duckdb/query-engine';
import type { StepContext } from '../pipeline/context';
import { readPointer } from '../pipeline/notes';
import { decideRunDate } from '../pipeline/plan-run';
import { type NightDetails, readNight } from '../pipeline/read-night';
import { loadDefinitions } from '../project/load-definitions';
import { demandApart, demandFolder } from './out-folder';
import type { StopSignal } from './stop-signal';
import { StoppedError, type WalkEvents, walkNight } from './walk';

export interface RunRequest {
  project: string;
  out: string;
  runDate: string | undefined;
  nights: number;
}

export interface Night {
  manifest: Manifest;
  isPublishedAlready: boolean;
}

export interface RunResult {
  nights: Night[];
  /** Of the last night. */
  details: NightDetails;
  pointer: Pointer | undefined;
  shop: string;
  currency: string;
}

/**
 * Runs N nights ending on one date, one after another, each built on the one before.
 *
 * @param onNight called after each night, also where a later one fails.
 * @throws TidemarkError as the steps do; StoppedError once `stop` was asked for.
 */
export async function runNights(
  request: RunRequest,
  stop: StopSignal,
  events: WalkEvents,
  onNight: (night: Night) => void,
): Promise<RunResult> {
  demandFolder(request.out);
  const definitions = await loadDefinitions(request.project);
  demandApart(definitions.project, request.out);
  const { TIDEMARK_MEMORY: memoryLimit, TIDEMARK_HASH_SALT: hashSalt } = process.env;
  const engine = await openDuckDbEngine({ root: request.out, memoryLimit: memoryLimit || undefined });
  // A failed close while stopping is no news: the walk tells what happened.
  stop.onStop(() => void engine.close().catch(() => undefined));
  // Sources are looked at in a connection of the catalog's own.
  const catalog = openLocalCatalog(request.out);
  stop.onStop(() => catalog.stop());
  try {
    const ports = { engine, store: openLocalStore(request.out), catalog, clock: systemClock };
    const context: StepContext = { ports, definitions, hashSalt: hashSalt || undefined };
    const nights: Night[] = [];
    for (const runDate of await runDates(request, context)) {
      if (stop.isStopped) throw new StoppedError('stopped between two nights');
      nights.push(await runNight(runDate, context, stop, events));
      onNight(nights.at(-1) as Night);
    }
    const { shop, currency } = definitions.project.file;
    const details = await readNight((nights.at(-1) as Night).manifest, context);
    return { nights, details, pointer: (await readPointer(ports.store))?.pointer, shop, currency };
  } finally {
    await engine.close();
  }
}

/** One night leaves its date to the first step; several need the last one's before the first can begin. */
async function runDates(request: RunRequest, context: StepContext): Promise<(string | undefined)[]> {
  if (request.nights === 1) return [request.runDate];
  const last = await decideRunDate({ run_date: request.runDate }, context);
  return Array.from({ length: request.nights }, (_, index) => addDays(last, index + 1 - request.nights));
}

async function runNight(
  runDate: string | undefined,
  context: StepContext,
  stop: StopSignal,
  events: WalkEvents,
): Promise<Night> {
  let isPublishedAlready = false;
  const manifest = await walkNight(context, {
    run_date: runDate,
    isStopped: () => stop.isStopped,
    events: {
      ...bound(events),
      planned: (run) => {
        isPublishedAlready = run.is_published;
        events.planned?.(run);
      },
    },
  });
  return { manifest, isPublishedAlready };
}

function bound(events: WalkEvents): WalkEvents {
  return {
    modelStarted: (node) => events.modelStarted?.(node),
    modelDone: (note, wasDone) => events.modelDone?.(note, wasDone),
  };
}

/** What a failed or stopped run leaves current; undefined where that cannot be told. */
export async function currentNight(out: string): Promise<Pointer | 'none' | undefined> {
  try {
    return (await readPointer(openLocalStore(out)))?.pointer ?? 'none';
  } catch {
    return undefined;
  }
}
