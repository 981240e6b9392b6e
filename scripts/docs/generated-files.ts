import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deploySchema } from '../../infra/settings';
import type { Project } from '../../src/core/project';
import { projectFileSchema } from '../../src/core/project-file';
import { SOURCE_NAMES, sourceColumns } from '../../src/core/sources/contract';
import { jsonSchemas } from '../../src/project/json-schemas';
import { assembleDefinitions } from '../../src/project/load-definitions';
import { loadModels } from '../../src/project/load-models';
import { errorsPage } from './errors-page';
import { fieldsPage } from './fields-page';
import { machinePage } from './machine-page';
import { modelsPage } from './models-page';
import { projectFilePage } from './project-file-page';
import { snapshotPage } from './snapshot-page';
import { tableColumns } from './table-columns';

export const ROOT = resolve(__dirname, '../..');

/** Everything under version control that is made from something else: path below the root to text. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const written = await loadModels(join(ROOT, 'sql'));
  const everything = assembleDefinitions(projectWithEverything(), written).models;
  const models = [...everything.values()];
  const columnsOf = (name: string) => models.find((model) => model.name === name)?.sidecar.columns ?? [];
  const schemas = jsonSchemas(columnsOf('customer_profiles').filter((column) => column.segmentable));
  return {
    ...Object.fromEntries(Object.entries(schemas).map(([name, text]) => [`schemas/${name}`, text])),
    'schemas/deploy.schema.json': deploySchema(),
    'infra/table-columns.yml': tableColumns(everything, readFileSync(join(ROOT, 'infra/table-columns.yml'), 'utf8')),
    'docs/reference/errors.md': await errorsPage([join(ROOT, 'src'), join(ROOT, 'functions')], models),
    'docs/reference/fields.md': fieldsPage(columnsOf('customer_profiles')),
    'docs/reference/models.md': modelsPage(models),
    'docs/reference/project-file.md': projectFilePage(),
    'docs/reference/state-machine.md': machinePage(),
    'docs/reference/snapshot.md': snapshotPage(models),
  };
}

/** A shop that maps every column of every source, so that no model is left out. */
function projectWithEverything(): Project {
  const sources = SOURCE_NAMES.map((name) => {
    const columns = Object.fromEntries(Object.keys(sourceColumns(name)).map((column) => [column, column]));
    return [name, { from: `${name}.parquet`, columns }];
  });
  const file = projectFileSchema.parse({
    shop: 'every-source',
    time_zone: 'UTC',
    currency: 'EUR',
    sources: Object.fromEntries(sources),
  });
  return { directory: ROOT, file, sources: {}, segments: [] };
}
