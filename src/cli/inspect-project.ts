import type { PlannedSource } from '../core/run';
import { openLocalCatalog } from '../engines/duckdb/catalog';
import { systemClock } from '../engines/duckdb/clock';
import { openLocalStore } from '../engines/duckdb/object-store';
import { openDuckDbEngine } from '../engines/duckdb/query-engine';
import { inspectSources } from '../pipeline/plan-run';
import { loadDefinitions } from '../project/load-definitions';

/**
 * Looks at the data of a project without writing anything into it: files, columns, types.
 *
 * @throws SourceContractError or SourceContractErrors for what is missing or can never fit.
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
    return await inspectSources({ ports, definitions, hashSalt: process.env.TIDEMARK_HASH_SALT || undefined });
  } finally {
    await engine.close();
  }
}
