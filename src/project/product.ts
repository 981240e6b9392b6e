import { join } from 'node:path';
import { version } from '../../package.json';

/** This checkout of Tidemark. */
export const PACKAGE_ROOT = join(__dirname, '..', '..');

/** The product's own SQL. */
export const SQL_FOLDER = join(PACKAGE_ROOT, 'sql');

/** Imported, so that a bundled function carries it along. */
export function productVersion(): string {
  return version;
}
