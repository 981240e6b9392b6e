import type { Definitions } from '../core/definitions';
import type { Catalog } from '../ports/catalog';
import type { Clock } from '../ports/clock';
import type { ObjectStore } from '../ports/object-store';
import type { QueryEngine } from '../ports/query-engine';

export interface Ports {
  engine: QueryEngine;
  store: ObjectStore;
  catalog: Catalog;
  clock: Clock;
}

/** All a step may use: it calls the ports and nothing else. */
export interface StepContext {
  ports: Ports;
  definitions: Definitions;
  /** TIDEMARK_HASH_SALT, for sources that hash their customer_id. */
  hashSalt: string | undefined;
  /** Name of the execution of the state machine that walks the night: its queries are marked with it. */
  execution?: string;
}
