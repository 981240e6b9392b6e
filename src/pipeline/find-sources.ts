import type { Project, ProjectSource } from '../core/project';
import { canonicalJson, type PlannedSource, type RunPlan, sha256 } from '../core/run';
import type { SourceName } from '../core/sources/contract';
import { renderQuery } from '../core/sql/query';
import type { Catalog, SourceRelation, SourceWindow } from '../ports/catalog';
import type { SourceNotes } from './notes';

export interface FoundSources {
  notes: SourceNotes;
  planned: Record<string, PlannedSource>;
}

/** Of sources with `partition`: which days a run reads. */
export type SourceWindows = RunPlan['windows'];

/**
 * Looks at every mapped source: its columns, size and fingerprint, of a source that is read in part those of its window
 * where the catalog knows them. Reads metadata and a sample, never all rows.
 */
export async function findSources(
  project: Project,
  catalog: Catalog,
  windows: SourceWindows = {},
): Promise<FoundSources> {
  const notes: SourceNotes = {};
  for (const source of Object.values(project.sources))
    notes[source.name] = await findSource(source, catalog, windows[source.name]);
  const planned = Object.fromEntries(
    Object.entries(notes).map(([name, { fingerprint, bytes, files }]) => [name, { fingerprint, bytes, files }]),
  );
  return { notes, planned };
}

/** One of them. */
export async function findSource(
  source: ProjectSource,
  catalog: Catalog,
  window: SourceWindow | undefined,
): Promise<SourceRelation> {
  if (!source.query) return catalog.source(source.name, source.location ?? { from: [] }, window);
  // The window is about a column of the query's result: what it reads of its inputs is the engine's to find out.
  const inputs: Record<string, SourceRelation> = {};
  for (const [name, location] of Object.entries(source.query.inputs))
    inputs[name] = await catalog.source(source.name as SourceName, location);
  const relations = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.relation]));
  const relation = `(${renderQuery(source.query.sql, relations, { what: source.query.file, place: { file: source.query.file } })})`;
  const found = Object.values(inputs);
  return {
    relation,
    columns: await catalog.columnsOf(source.name, relation),
    fingerprint: sha256(canonicalJson(Object.entries(inputs).map(([name, input]) => [name, input.fingerprint]))),
    bytes: found.reduce((sum, input) => sum + input.bytes, 0),
    files: found.reduce((sum, input) => sum + input.files, 0),
  };
}
