import type { Manifest } from '../core/snapshots/manifest';
import type { CatalogChanges } from '../ports/catalog';
import type { StepContext } from './context';
import { readManifest, readPointer } from './notes';

/** What was done, and what readers see now. */
export interface RebuiltCatalog extends CatalogChanges {
  /** Published nights that are kept. */
  nights: number;
  current_run: { run_id: string; run_date: string } | null;
}

/**
 * Makes the catalog agree with the models and with the manifests of every kept night: all that it holds is a projection of
 * these. No step of a night; run before the first one, after an update that brings tables or columns, and when it was lost.
 */
export async function rebuildCatalog({ ports, definitions }: StepContext): Promise<RebuiltCatalog> {
  const { store, catalog } = ports;
  const keys = Object.values((await readPointer(store))?.pointer.nights ?? {});
  const manifests: Manifest[] = [];
  for (const key of keys) manifests.push(await readManifest(store, key));
  const changes = await catalog.rebuild(definitions.models, manifests);
  await catalog.follow(async () => (await readPointer(store))?.pointer);
  const current = (await readPointer(store))?.pointer;
  return {
    ...changes,
    nights: keys.length,
    current_run: current ? { run_id: current.run_id, run_date: current.run_date } : null,
  };
}
