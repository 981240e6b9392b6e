import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { SourceContractError } from '../../core/errors';
import { compileGlob } from './glob';

type FileKind = 'csv' | 'json' | 'parquet';

export interface SourceFile {
  path: string;
  bytes: number;
  modified: number;
}

export interface SourceFiles {
  kind: FileKind;
  /** Sorted by path, at least one. */
  files: SourceFile[];
}

const KINDS: Readonly<Record<string, FileKind>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.parquet': 'parquet',
};

const KNOWN_ENDINGS = '.csv, .tsv, .txt, .json, .jsonl, .ndjson (each also with .gz) or .parquet';

/**
 * The files a source's `from` names: each entry a file, a folder (its data files, not those of folders inside) or a
 * glob with *, ?, [..] and **. A name that exists is taken literally, whatever characters it holds.
 * @throws SourceContractError source_missing, source_unknown_format, source_mixed_formats, source_empty or source_permission.
 */
export function resolveSourceFiles(source: string, from: readonly string[]): SourceFiles {
  const paths = [...new Set(from.flatMap((entry) => expand(source, entry)))].sort(byText);
  const files = paths.map((path) => inspect(source, path));
  const kinds = new Set(files.map((file) => kindOf(file.path)));
  const [kind] = kinds;
  if (kinds.size !== 1 || !kind) {
    throw problem(
      'source_mixed_formats',
      source,
      `its files are of several formats (${[...kinds].join(', ')})`,
      'keep one format a source: name the files more narrowly in `from`',
    );
  }
  return { kind, files };
}

/** Equal when names (relative to their common folder), sizes and times of change are equal: moving a project changes nothing. */
export function fingerprintOf(files: readonly SourceFile[]): string {
  const base = commonFolder(files.map((file) => file.path));
  const text = files
    .map((file) => `${relative(base, file.path).split(sep).join('/')}\n${file.bytes}\n${file.modified}`)
    .join('\n');
  return createHash('sha256').update(text).digest('hex');
}

function expand(source: string, entry: string): string[] {
  const stats = readable(source, entry, () => statSync(entry, { throwIfNoEntry: false }));
  if (stats?.isFile()) {
    if (!kindOf(entry)) throw unknownFormat(source, entry);
    return [entry];
  }
  if (stats?.isDirectory()) return folderFiles(source, entry);
  const found = /[*?[]/.test(entry)
    ? readable(source, entry, () => compileGlob(entry)).filter((path) => kindOf(path))
    : [];
  if (found.length > 0) return found;
  throw missing(source, entry);
}

function folderFiles(source: string, folder: string): string[] {
  const entries = readable(source, folder, () => readdirSync(folder, { withFileTypes: true }));
  const files = entries.filter((entry) => !entry.isDirectory() && !/^[._]/.test(entry.name) && kindOf(entry.name));
  if (files.length > 0) return files.map((entry) => join(folder, entry.name));
  const inside = entries.some((entry) => entry.isDirectory());
  throw problem(
    'source_missing',
    source,
    'the folder holds no data files',
    inside
      ? `name the folders inside too, as in ${folder}/**/*.parquet; endings known: ${KNOWN_ENDINGS}`
      : `put files there that end in ${KNOWN_ENDINGS}`,
    folder,
  );
}

function inspect(source: string, path: string): SourceFile {
  const stats: Stats = readable(source, path, () => {
    accessSync(path, constants.R_OK);
    return statSync(path);
  });
  if (stats.size === 0)
    throw problem('source_empty', source, 'the file is empty (0 bytes)', 'export it again, or take it away', path);
  return { path, bytes: stats.size, modified: stats.mtimeMs };
}

function readable<T>(source: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    if (code === 'ENOENT') throw missing(source, path);
    if (code === 'EACCES' || code === 'EPERM')
      throw problem('source_permission', source, 'this may not be read', 'give this user the right to read it', path);
    const found = code === 'ELOOP' ? 'these links lead round in a circle' : `this cannot be read (${code})`;
    throw problem('source_missing', source, found, `mend \`from\` of ${source}, or what stands there`, path);
  }
}

function missing(source: string, path: string): SourceContractError {
  if (/^\w+\.\w+$/.test(path)) {
    return problem(
      'source_missing',
      source,
      `there is no such file; ${path} may be a table of a warehouse`,
      'run with --engine athena to read it there, or name a file in `from`',
      path,
    );
  }
  const folder = dirname(path);
  if (!existsSync(folder)) {
    const existing = nearestExisting(folder);
    return problem(
      'source_missing',
      source,
      `there is no folder ${folder}`,
      `mend \`from\` of ${source}; ${existing} is there`,
      path,
    );
  }
  const names = /[*?[]/.test(basename(path)) ? [] : namesIn(folder).filter((name) => kindOf(name));
  const near = names.length > 0 ? ` Did you mean ${closest(basename(path), names)}?` : '';
  const found = /[*?[]/.test(path) ? 'no data file matches' : 'there is no such file';
  return problem(
    'source_missing',
    source,
    `${found}.${near}`,
    `put the file there, or mend \`from\` of ${source}`,
    path,
  );
}

/** For a hint only: what cannot be listed holds no near name. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function nearestExisting(folder: string): string {
  let current = folder;
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current);
  return current;
}

function unknownFormat(source: string, path: string): SourceContractError {
  return problem(
    'source_unknown_format',
    source,
    'the ending of this file says nothing about its format',
    `rename it to end in ${KNOWN_ENDINGS}`,
    path,
  );
}

function kindOf(path: string): FileKind | undefined {
  const name = basename(path).toLowerCase();
  const plain = name.replace(/\.gz$/, '');
  const kind = KINDS[/\.[a-z]+$/.exec(plain)?.[0] ?? ''];
  return kind === 'parquet' && plain !== name ? undefined : kind;
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '/');
  while (!paths.every((path) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)))
    folder = dirname(folder);
  return folder;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A SourceContractError about a source as a whole or one of its files. */
export function problem(
  code: string,
  source: string,
  found: string,
  remedy: string,
  file?: string,
  line?: number,
): SourceContractError {
  return new SourceContractError({
    code,
    found: `source ${source}: ${found}`,
    remedy,
    place: file ? { file, ...(line ? { line } : {}) } : { table: source },
  });
}
