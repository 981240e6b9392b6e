import type { PlannedSource } from '../core/run';
import { openLocalCatalog } from '../engines/duckdb/catalog';
import { systemClock } from '../engines/duckdb/clock';
import { openLocalStore } from '../engines/duckdb/object-store';
import { openDuckDbEngine } from '../engines/duckdb/query-engine';
import { lookAtRows } from '../pipeline/look-at-rows';
import { inspectSources } from '../pipeline/plan-run';
import { loadDefinitions } from '../project/load-definitions';

/**
 * Looks at the data of a project without writing anything into it: files, columns, types, the first rows.
 *
 * @throws SourceContractError or SourceContractErrors for what is missing, can never fit or cannot be read.
 */
export async function inspectProject(directory: string): Promise<Record<string, PlannedSource>> {
  const definitions = await loadDefinitions(directory);
  const engine = await openDuckDbEngine({ root: directory, lock: false });
  try {
    const ports = {
      engine,
      store: openLocalStore(directory),
      catalog: openLocalCatalog(directory),
      clock: systemClock,
    };
    const context = { ports, definitions, hashSalt: process.env.TIDEMARK_HASH_SALT || undefined };
    const sources = await inspectSources(context);
    await lookAtRows(context);
    return sources;
  } finally {
    await engine.close();
  }
}
