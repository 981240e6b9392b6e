import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isBundlePath, type PackedBundle, packBundle, readBundle } from '../core/bundle';
import { DefinitionError } from '../core/errors';
import type { Project } from '../core/project';
import { productVersion, SQL_FOLDER } from './product';

/** Where a bundle was laid out: what loadDefinitions reads. */
export interface UnpackedDefinitions {
  directory: string;
  sqlFolder: string;
}

/**
 * All files that a night of this project reads: tidemark.yml, segments, queries of sources, and the product's models.
 *
 * @param project read before, so that only what is valid is packed.
 * @throws DefinitionError bundle_outside for a query that lies outside the project folder.
 */
export async function packDefinitions(project: Project, sqlFolder = SQL_FOLDER): Promise<PackedBundle> {
  const queries = Object.values(project.sources).flatMap((source) => (source.query ? [source.query.file] : []));
  const own = ['tidemark.yml', ...project.segments.map((segment) => segment.file), ...queries];
  const files: Record<string, string> = {};
  for (const file of own) files[pathInside(project.directory, file)] = await text(join(project.directory, file));
  for (const layer of await readdir(sqlFolder, { withFileTypes: true })) {
    if (!layer.isDirectory()) continue;
    for (const name of await readdir(join(sqlFolder, layer.name)))
      if (/\.(sql|yml)$/.test(name)) files[`sql/${layer.name}/${name}`] = await text(join(sqlFolder, layer.name, name));
  }
  return packBundle({ format: 1, product_version: productVersion(), files });
}

const text = (path: string): Promise<string> => readFile(path, 'utf8');

function pathInside(directory: string, file: string): string {
  const way = isAbsolute(file) ? '..' : relative(directory, resolve(directory, file)).split(sep).join('/');
  const path = `project/${way}`;
  if (isBundlePath(path)) return path;
  throw new DefinitionError({
    code: 'bundle_outside',
    place: { file },
    found: 'this file lies outside the project folder, and only the folder is published',
    remedy: 'move it into the project folder and name it there',
  });
}

/**
 * Lays a bundle out in a folder of its own below `parent`; one that is there already is the same.
 *
 * @throws DefinitionError bundle_damaged; bundle_outdated where another version of Tidemark has made it.
 */
export async function unpackDefinitions(packed: PackedBundle, parent: string): Promise<UnpackedDefinitions> {
  const { product_version, files } = readBundle(packed);
  if (product_version !== productVersion()) throw outdated(packed.hash, product_version);
  const folder = join(resolve(parent), packed.hash);
  if (!existsSync(folder)) {
    // Renamed once all of it is there: a folder with that name is always whole.
    const temporary = `${folder}.${randomUUID()}`;
    try {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(temporary, path)), { recursive: true });
        await writeFile(join(temporary, path), content, { flag: 'wx' });
      }
      await rename(temporary, folder).catch((error: unknown) => {
        if (!existsSync(folder)) throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  return { directory: join(folder, 'project'), sqlFolder: join(folder, 'sql') };
}

function outdated(hash: string, version: string): DefinitionError {
  return new DefinitionError({
    code: 'bundle_outdated',
    place: { key: `definitions/${hash}.json` },
    found: `the definitions were published by Tidemark ${version}, and this is ${productVersion()}`,
    remedy: 'publish them again with this version: npx tidemark push --project DIR --out s3://bucket/prefix',
  });
}
