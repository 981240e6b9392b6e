import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder with a hash of its bytes; the engine's private folder left out. */
export function filesBelow(folder: string, within = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, within)).sort()) {
    const path = within === '' ? name : `${within}/${name}`;
    if (path === '.tidemark') continue;
    if (statSync(join(folder, path)).isDirectory()) Object.assign(found, filesBelow(folder, path));
    else
      found[path] = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
  }
  return found;
}
