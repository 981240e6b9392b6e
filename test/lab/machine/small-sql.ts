import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { smallPipeline } from '../../support/small-pipeline';

/** The small pipeline as a folder of files, so that it can be published as a bundle like the product's own SQL. */
export async function writeSmallSql(project: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'small-sql-'));
  const { models } = smallPipeline(await loadDefinitions(project));
  for (const { name, layer, sql, sidecar } of models.values()) {
    const path = join(folder, layer, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.sql`, `${sql}\n`);
    writeFileSync(`${path}.yml`, stringify(sidecar));
  }
  return folder;
}
