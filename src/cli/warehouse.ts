import type { Project } from '../core/project';
import type { AthenaSettings } from '../engines/athena/settings';
import { systemClock } from '../engines/duckdb/clock';
import { openLocalStore } from '../engines/duckdb/object-store';
import type { Ports } from '../pipeline/context';
import type { ObjectStore } from '../ports/object-store';
import { demandApart, demandFolder } from './out-folder';

/** Where nights are computed and kept. */
export type Warehouse = { engine: 'duckdb'; out: string } | { engine: 'athena'; settings: AthenaSettings };

export interface OpenWarehouse {
  ports: Ports;
  /** Ends what is under way, so that a walk that was asked to stop need not wait for it. */
  stop(): void;
  close(): Promise<void>;
}

/** A person's name for the place: a folder, or s3://bucket/prefix. */
export function placeName(warehouse: Warehouse): string {
  if (warehouse.engine === 'duckdb') return warehouse.out;
  const { bucket, prefix } = warehouse.settings;
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '');
}

/**
 * Refuses a place before anything is opened.
 * @throws DefinitionError where an output folder is none, or lies among the sources.
 */
export function demandPlace(warehouse: Warehouse, project?: Project): void {
  if (warehouse.engine === 'athena') return;
  if (project) demandApart(project, warehouse.out);
  else demandFolder(warehouse.out);
}

/** @throws EngineError when it cannot be opened. */
export function openWarehouse(warehouse: Warehouse): Promise<OpenWarehouse> {
  return warehouse.engine === 'duckdb' ? openLocal(warehouse.out) : openAthena(warehouse.settings);
}

/** Its store alone, for looking at what is published. */
export function openStore(warehouse: Warehouse): ObjectStore {
  if (warehouse.engine === 'duckdb') return openLocalStore(warehouse.out);
  const { openS3Store } = require('../engines/athena/object-store') as typeof import('../engines/athena/object-store');
  return openS3Store(warehouse.settings, openAwsClients());
}

/** Loaded late, as Athena's parts are: other commands start without DuckDB. */
async function openLocal(out: string): Promise<OpenWarehouse> {
  const { openDuckDbEngine } =
    require('../engines/duckdb/query-engine') as typeof import('../engines/duckdb/query-engine');
  const { openLocalCatalog } = require('../engines/duckdb/catalog') as typeof import('../engines/duckdb/catalog');
  const engine = await openDuckDbEngine({ root: out, memoryLimit: process.env.TIDEMARK_MEMORY || undefined });
  // Sources are looked at in a connection of the catalog's own.
  const catalog = openLocalCatalog(out);
  return {
    ports: { engine, store: openLocalStore(out), catalog, clock: systemClock },
    stop: () => {
      // A failed close while stopping is no news: the walk tells what happened.
      void engine.close().catch(() => undefined);
      catalog.stop();
    },
    close: () => engine.close(),
  };
}

async function openAthena(settings: AthenaSettings): Promise<OpenWarehouse> {
  const { openAthenaEngine } =
    require('../engines/athena/query-engine') as typeof import('../engines/athena/query-engine');
  const { openAthenaCatalog } = require('../engines/athena/catalog') as typeof import('../engines/athena/catalog');
  const { openS3Store } = require('../engines/athena/object-store') as typeof import('../engines/athena/object-store');
  const clients = openAwsClients();
  const engine = openAthenaEngine(settings, clients);
  return {
    ports: {
      engine,
      store: openS3Store(settings, clients),
      catalog: openAthenaCatalog(settings, clients, engine),
      clock: systemClock,
    },
    stop: () => void engine.close().catch(() => undefined),
    close: () => engine.close(),
  };
}

/**
 * Loaded late: the SDK costs a start more than everything else together. On Node 20 it would tell everybody that its versions
 * of 2027 need Node 22: that is for whoever updates it here, and no user can act on it.
 */
function openAwsClients(): import('../engines/athena/settings').AwsClients {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return (require('../engines/athena/settings') as typeof import('../engines/athena/settings')).openClients();
}
