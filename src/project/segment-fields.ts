import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DefinitionError, DefinitionErrors } from '../core/errors';
import { type Column, sidecarSchema } from '../core/models/sidecar';
import { readYaml } from './read-yaml';
import { validateYaml } from './schema-errors';

/** The model whose segmentable columns are the fields of segments. */
const PROFILE_MODEL = 'customer_profiles';

/**
 * The columns segments may use, read from the profile's sidecar alone, so that validating a project needs no other model.
 *
 * @param sqlDirectory the product's sql/ folder.
 * @throws DefinitionErrors when the sidecar is missing or wrong: a mistake of the product, not of a project.
 */
export async function readSegmentFields(sqlDirectory: string): Promise<Column[]> {
  const errors: DefinitionError[] = [];
  const files = await readdir(sqlDirectory, { recursive: true });
  const file =
    files.find((name) => /(^|[\\/])customer_profiles\.yml$/.test(name)) ?? join('scores', `${PROFILE_MODEL}.yml`);
  const yaml = await readYaml(sqlDirectory, file, errors);
  const sidecar = yaml && validateYaml(yaml, sidecarSchema, errors);
  if (!sidecar) throw new DefinitionErrors(errors);
  return sidecar.columns.filter((column) => column.segmentable);
}
