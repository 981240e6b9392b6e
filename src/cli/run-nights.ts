import { addDays } from '../core/dates';
import type { NightInput } from '../core/night';
import type { Manifest, Pointer } from '../core/snapshots/manifest';
import type { StepContext } from '../pipeline/context';
import { readPointer } from '../pipeline/notes';
import { decideRunDate } from '../pipeline/plan-run';
import { type NightDetails, readNight } from '../pipeline/read-night';
import { type Predictions, readPredictions } from '../pipeline/read-predictions';
import { loadDefinitions } from '../project/load-definitions';
import type { StopSignal } from './stop-signal';
import { StoppedError, type WalkEvents, walkNight } from './walk';
import { demandPlace, openStore, openWarehouse, type Warehouse } from './warehouse';

export interface RunRequest {
  project: string;
  warehouse: Warehouse;
  runDate: string | undefined;
  nights: number;
  /** Reads every source whole, whatever `partition` says. */
  full?: boolean | undefined;
  /** Makes other runs than those of equal inputs that were published before. */
  fresh?: boolean | undefined;
  /** Publishes also what the gate would hold back. */
  accept?: boolean | undefined;
}

export interface Night {
  manifest: Manifest;
  isPublishedAlready: boolean;
}

export interface RunResult {
  nights: Night[];
  /** Of the last night. */
  details: NightDetails;
  predictions: Predictions;
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
  demandPlace(request.warehouse);
  const definitions = await loadDefinitions(request.project);
  demandPlace(request.warehouse, definitions.project);
  const open = await openWarehouse(request.warehouse);
  stop.onStop(() => open.stop());
  try {
    const { ports } = open;
    const context: StepContext = { ports, definitions, hashSalt: process.env.TIDEMARK_HASH_SALT || undefined };
    const fresh = request.fresh ? new Date(ports.clock.now()).toISOString() : undefined;
    const nights: Night[] = [];
    for (const run_date of await runDates(request, context)) {
      if (stop.isStopped) throw new StoppedError('stopped between two nights');
      nights.push(
        await runNight({ run_date, fresh, full: request.full, accept: request.accept }, context, stop, events),
      );
      onNight(nights.at(-1) as Night);
    }
    const { shop, currency } = definitions.project.file;
    const { manifest } = nights.at(-1) as Night;
    const details = await readNight(manifest, context);
    const predictions = await readPredictions(manifest, context);
    return { nights, details, predictions, pointer: (await readPointer(ports.store))?.pointer, shop, currency };
  } finally {
    await open.close();
  }
}

/** One night leaves its date to the first step; several need the last one's before the first can begin. */
async function runDates(request: RunRequest, context: StepContext): Promise<(string | undefined)[]> {
  if (request.nights === 1) return [request.runDate];
  const last = await decideRunDate({ run_date: request.runDate, accept: request.accept }, context);
  return Array.from({ length: request.nights }, (_, index) => addDays(last, index + 1 - request.nights));
}

async function runNight(input: NightInput, context: StepContext, stop: StopSignal, events: WalkEvents): Promise<Night> {
  let isPublishedAlready = false;
  const manifest = await walkNight(context, {
    ...input,
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
    waiting: (night) => events.waiting?.(night),
    leftUndone: (step, error) => events.leftUndone?.(step, error),
    modelStarted: (node) => events.modelStarted?.(node),
    modelDone: (note, wasDone) => events.modelDone?.(note, wasDone),
  };
}

/** What a failed or stopped run leaves current; undefined where that cannot be told. */
export async function currentNight(warehouse: Warehouse): Promise<Pointer | 'none' | undefined> {
  try {
    return (await readPointer(openStore(warehouse)))?.pointer ?? 'none';
  } catch {
    return undefined;
  }
}
