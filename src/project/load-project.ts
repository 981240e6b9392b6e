import { isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';
import { DefinitionError, DefinitionErrors } from '../core/errors';
import type { Project, ProjectSource } from '../core/project';
import { projectFileSchema, type SourceFile, type SourceLocation } from '../core/project-file';
import { canonicalJson } from '../core/run';
import { conditionAsWritten, type SegmentDefinition } from '../core/segments/definition';
import type { SourceName } from '../core/sources/contract';
import { byPlace } from './by-place';
import { checkProjectFile, type ProjectFileParts } from './check-project-file';
import { queryProblems } from './check-query';
import { loadSegments } from './load-segments';
import { readText } from './read-text';
import { readYaml, type YamlFile } from './read-yaml';
import { validateYaml } from './schema-errors';

export type { Project, ProjectSource } from '../core/project';

export const PROJECT_FILE = 'tidemark.yml';

/**
 * Reads a project folder: tidemark.yml, the queries it names, segments/*.yml. Touches no data.
 *
 * @throws DefinitionErrors with everything that is wrong, tidemark.yml first, each file in the order of its lines.
 */
export async function loadProject(directory: string): Promise<Project> {
  const errors: DefinitionError[] = [];
  const { project } = await readProject(directory, errors);
  if (errors.length > 0 || !project) throw new DefinitionErrors(errors.sort(byPlace));
  return project;
}

/** A project as far as it could be read. */
export interface ReadProject {
  /** Present when tidemark.yml passed its schema. */
  project?: Project;
  segments: SegmentDefinition[];
  /** Names under sources, and `contact` where it is set; undefined when tidemark.yml does not say. */
  mappedSources?: string[];
}

/** Like loadProject, for callers that gather errors: what is wrong is added to `errors`, what could be read comes back. */
export async function readProject(directory: string, errors: DefinitionError[]): Promise<ReadProject> {
  const root = resolve(directory);
  const found = await readYaml(root, PROJECT_FILE, errors);
  if (!found) return { segments: await loadSegments(root, errors) };
  const file = validateYaml(found, projectFileSchema, errors);
  const parts = passingParts(found);
  const mappedSources = namedSources(found);
  checkProjectFile(parts, mappedSources, (code, at, text, remedy) => {
    errors.push(
      new DefinitionError({ code, place: { file: PROJECT_FILE, line: found.lineOf(at) }, found: text, remedy }),
    );
  });
  const sources: Project['sources'] = {};
  for (const [name, mapping] of Object.entries(parts.sources ?? {})) {
    sources[name as SourceName] = await loadSource(root, name as SourceName, mapping, found, errors);
  }
  const segments = await loadSegments(root, errors);
  return {
    ...(file ? { project: { directory: root, file, sources, segments } } : {}),
    segments,
    ...(mappedSources ? { mappedSources: [...mappedSources, ...(has(found, 'contact') ? ['contact'] : [])] } : {}),
  };
}

const has = (found: YamlFile, key: string): boolean =>
  (found.value as Record<string, unknown> | null)?.[key] !== undefined;

/** Each top-level key and each source by itself: a mistake in one does not hide those in others. */
function passingParts(found: YamlFile): ProjectFileParts {
  const parts = passing(found.value, projectFileSchema.shape) as ProjectFileParts;
  const raw = (found.value as { sources?: unknown } | null)?.sources;
  const shape = (projectFileSchema.shape.sources as unknown as { shape: Record<string, z.ZodType> }).shape;
  return { ...parts, sources: passing(raw, shape) as NonNullable<ProjectFileParts['sources']> };
}

function passing(raw: unknown, shape: Record<string, z.ZodType>): Record<string, unknown> {
  if (raw === null || typeof raw !== 'object') return {};
  const results = Object.entries(shape).map(
    ([key, schema]) => [key, schema.safeParse((raw as Record<string, unknown>)[key])] as const,
  );
  return Object.fromEntries(
    results.flatMap(([key, result]) => (result.success && result.data !== undefined ? [[key, result.data]] : [])),
  );
}

/** Names under `sources`, right or wrong: a source with a mistake in it still is mapped. Undefined when it is no map. */
function namedSources(found: YamlFile): string[] | undefined {
  const raw = (found.value as { sources?: unknown } | null)?.sources;
  return raw !== null && typeof raw === 'object' && !Array.isArray(raw) ? Object.keys(raw) : undefined;
}

async function loadSource(
  root: string,
  name: SourceName,
  mapping: SourceFile,
  yaml: YamlFile,
  errors: DefinitionError[],
): Promise<ProjectSource> {
  const source: ProjectSource = { name, mapping };
  if (mapping.from !== undefined) source.location = locationOf(root, mapping.from, mapping.format);
  if (mapping.query === undefined) return source;
  const inputs = Object.fromEntries(
    Object.entries(mapping.inputs ?? {}).map(([input, place]) => {
      const isPlain = typeof place === 'string' || Array.isArray(place);
      return [
        input,
        isPlain
          ? locationOf(root, place, mapping.format)
          : locationOf(root, place.from, place.format ?? mapping.format),
      ];
    }),
  );
  const problems: DefinitionError[] = [];
  const sql = await readText(root, mapping.query, problems);
  const line = yaml.lineOf(['sources', name, 'query']);
  for (const { code, found, remedy, cause } of problems) {
    errors.push(
      new DefinitionError({
        code,
        place: { file: PROJECT_FILE, line },
        found: `the query ${mapping.query}: ${found}`,
        remedy,
        cause,
      }),
    );
  }
  if (sql === undefined) return source;
  for (const { line, ...problem } of queryProblems(sql, Object.keys(inputs))) {
    errors.push(new DefinitionError({ ...problem, place: { file: mapping.query, line } }));
  }
  return { ...source, query: { file: mapping.query, sql, inputs } };
}

function locationOf(root: string, from: string | string[], format: SourceFile['format']): SourceLocation {
  return { from: [from].flat().map((one) => placeOf(root, one)), ...(format ? { format } : {}) };
}

const FILE_ENDING = /\.(csv|tsv|txt|dat|log|json|jsonl|ndjson|parquet|gz|zst)$/i;

/** database.table and URLs stay as written; everything else is a path from the project folder. */
function placeOf(root: string, from: string): string {
  const isTable = /^[A-Za-z_]\w*\.[A-Za-z_]\w*$/.test(from) && !FILE_ENDING.test(from);
  if (isTable || /^[a-z][a-z0-9+.-]+:\/\//i.test(from) || isAbsolute(from)) return from;
  return join(root, from);
}

/**
 * Everything a project says, as canonical JSON: what is hashed into the run. Comments, the order of keys, defaults written
 * out or not, and where the folder lies do not matter; paths count as written. Nor do settings that decide when a night
 * begins, what is published and what is kept: a night that the gate held back is not another one once the gate is wider.
 */
export function definitionsOf(project: Project): string {
  const queries = Object.values(project.sources).flatMap((source) =>
    source.query ? [[source.name, source.query.sql] as const] : [],
  );
  const segments = project.segments.map(
    ({ key, name, description, owner, status, when }) =>
      [key, { name, description, owner, status, when: conditionAsWritten(when) }] as const,
  );
  const { freshness: _freshness, guard: _guard, retention: _retention, ...file } = project.file;
  return canonicalJson({
    file,
    queries: Object.fromEntries(queries),
    segments: Object.fromEntries(segments),
  });
}
