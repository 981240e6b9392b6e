import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** This checkout of Tidemark. */
export const PACKAGE_ROOT = join(__dirname, '..', '..');

/** The product's own SQL. */
export const SQL_FOLDER = join(PACKAGE_ROOT, 'sql');

export function productVersion(): string {
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
