import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { DefinitionError } from '../core/errors';
import type { Project, ProjectSource } from '../core/project';

/**
 * Refuses an output folder that is no local folder.
 * @throws DefinitionError out_not_local or out_not_a_folder
 */
export function demandFolder(out: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(out)) {
    throw new DefinitionError({
      code: 'out_not_local',
      found: `--out ${out} is no local folder`,
      remedy: 'name a local folder, or add --engine athena: only runs on Athena write to S3',
    });
  }
  if (existsSync(out) && !statSync(out).isDirectory()) {
    throw new DefinitionError({
      code: 'out_not_a_folder',
      place: { file: out },
      found: 'the output folder is a file',
      remedy: 'move the file away, or name another folder with --out',
    });
  }
}

/**
 * Refuses an output folder and a source that lie one in the other: the next night could read what this one wrote.
 * @throws DefinitionError out_among_sources
 */
export function demandApart(project: Project, out: string): void {
  const folder = real(out);
  for (const { source, entry } of Object.values(project.sources).flatMap(entriesOf)) {
    const how = meeting(entry, folder, real(project.directory));
    if (!how) continue;
    throw new DefinitionError({
      code: 'out_among_sources',
      place: { file: out },
      found: `the output folder ${how} source ${source} (${entry}): a run could read what it wrote`,
      remedy: 'name a folder of its own with --out, away from the data',
    });
  }
}

function entriesOf(source: ProjectSource): { source: string; entry: string }[] {
  const locations = [...(source.location ? [source.location] : []), ...Object.values(source.query?.inputs ?? {})];
  return locations.flatMap(({ from }) => from.map((entry) => ({ source: source.name, entry })));
}

/** Endings of text files, which no run writes. */
const NEVER_WRITTEN = /\.(csv|tsv|txt|jsonl|ndjson|gz)$/i;

/** In which way an entry of `from` and the output folder meet; undefined where they do not. */
function meeting(entry: string, out: string, project: string): string | undefined {
  const pattern = firstPattern(entry);
  const base = real(pattern?.base ?? entry);
  if (isInside(base, out)) return 'holds';
  if (!isInside(out, base)) return undefined;
  if (pattern) return pattern.goesDown && !NEVER_WRITTEN.test(entry) ? 'lies in the reach of' : undefined;
  // Of a folder only its own files are read, so a project may keep its data beside tidemark.yml.
  return isInside(project, base) ? undefined : 'lies in';
}

/** The folder a glob begins in, and whether it reaches into folders of that; undefined for a plain name. */
function firstPattern(entry: string): { base: string; goesDown: boolean } | undefined {
  if (existsSync(entry)) return undefined;
  const parts = entry.split(sep);
  const first = parts.findIndex((part, index) => /[*?[]/.test(part) && !existsSync(pathOf(parts, index + 1)));
  return first < 0
    ? undefined
    : { base: pathOf(parts, first), goesDown: first < parts.length - 1 || parts[first] === '**' };
}

const pathOf = (parts: readonly string[], length: number): string => parts.slice(0, length).join(sep) || sep;

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`));
}

/** With links followed as far as the path exists. */
function real(path: string): string {
  const full = resolve(path);
  if (dirname(full) === full) return full;
  try {
    return realpathSync(full);
  } catch {
    return join(real(dirname(full)), basename(full));
  }
}
