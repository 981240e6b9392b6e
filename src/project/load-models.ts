import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefinitionError, DefinitionErrors } from '../core/errors';
import { LAYERS, type Layer, type Model } from '../core/models/model';
import { placeholders } from '../core/models/render';
import { sidecarSchema } from '../core/models/sidecar';
import { withStagingChecks } from '../core/sources/staging-checks';
import { parseYaml } from './read-yaml';
import { validateYaml } from './schema-errors';

/**
 * Reads sql/<layer>/<model>.sql with its sidecar <model>.yml.
 *
 * @throws DefinitionErrors with everything that is wrong in any of them.
 */
export async function loadModels(directory: string): Promise<Model[]> {
  const errors: DefinitionError[] = [];
  const models: Model[] = [];
  for (const layer of LAYERS) {
    for (const name of await modelNames(join(directory, layer), errors)) {
      const model = await loadModel(directory, layer, name, errors);
      if (model) models.push(model);
    }
  }
  if (errors.length > 0) throw new DefinitionErrors(errors);
  return models;
}

async function modelNames(folder: string, errors: DefinitionError[]): Promise<string[]> {
  const files = (await readdir(folder).catch(() => [])).sort();
  const named = (ending: string): string[] =>
    files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  const [queries, sidecars] = [named('.sql'), named('.yml')];
  for (const lone of [
    ...queries.filter((name) => !sidecars.includes(name)),
    ...sidecars.filter((name) => !queries.includes(name)),
  ]) {
    errors.push(
      new DefinitionError({
        code: 'model_incomplete',
        place: { file: join(folder, lone) },
        found: 'a model is a pair of .sql and .yml, and one is missing',
        remedy: `write ${lone}.sql and ${lone}.yml`,
      }),
    );
  }
  return queries.filter((name) => sidecars.includes(name));
}

async function loadModel(
  directory: string,
  layer: Layer,
  name: string,
  errors: DefinitionError[],
): Promise<Model | undefined> {
  const path = join(directory, layer, name);
  const yaml = parseYaml(await readFile(`${path}.yml`, 'utf8'), `sql/${layer}/${name}.yml`, errors);
  const sidecar = yaml && validateYaml(yaml, sidecarSchema, errors);
  if (!sidecar) return undefined;
  const sql = (await readFile(`${path}.sql`, 'utf8')).trimEnd();
  const file = `sql/${layer}/${name}.sql`;
  const readsSource = placeholders(sql).some((use) => use.kind === 'source');
  if (readsSource && layer !== 'staging') {
    errors.push(
      new DefinitionError({
        code: 'layer_order',
        place: { file },
        found: `a ${layer} model reads a source`,
        remedy: 'only staging reads sources; refer to the staging model',
      }),
    );
  }
  return { name, layer, sql, sidecar: layer === 'staging' ? withStagingChecks(name, sidecar) : sidecar, file };
}
