import { DefinitionError } from '../core/errors';
import { readManifest, readPointer } from '../pipeline/notes';
import { readNight } from '../pipeline/read-night';
import { readPredictions } from '../pipeline/read-predictions';
import { loadDefinitions } from '../project/load-definitions';
import type { ModelsReportInput } from './report/models-report';
import { demandPlace, openStore, openWarehouse, placeName, type Warehouse } from './warehouse';

/**
 * What the night that readers see says of its predictions.
 *
 * @throws DefinitionError nothing_published where there is no such night; others as the project and the engine do.
 */
export async function readModelsReport(project: string, warehouse: Warehouse): Promise<ModelsReportInput> {
  demandPlace(warehouse);
  const definitions = await loadDefinitions(project);
  const pointer = (await readPointer(openStore(warehouse)))?.pointer;
  if (!pointer) {
    throw new DefinitionError({
      code: 'nothing_published',
      found: `nothing is published in ${placeName(warehouse)}`,
      remedy: 'run a night first with tidemark run, or name the place of the snapshots with --out',
    });
  }
  const { ports, close } = await openWarehouse(warehouse);
  try {
    const context = { ports, definitions, hashSalt: undefined };
    const manifest = await readManifest(ports.store, pointer.manifest);
    const [details, predictions] = [await readNight(manifest, context), await readPredictions(manifest, context)];
    return { shop: definitions.project.file.shop, manifest, details, predictions };
  } finally {
    await close();
  }
}
