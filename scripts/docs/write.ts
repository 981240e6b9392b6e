import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, ROOT } from './generated-files';

/** `npm run docs`: writes the reference pages and the JSON Schemas anew. */
async function write(): Promise<void> {
  for (const [path, text] of Object.entries(await generatedFiles())) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
}

void write();
