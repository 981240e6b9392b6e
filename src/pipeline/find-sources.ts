import type { Project, ProjectSource } from '../core/project';
import { canonicalJson, type PlannedSource, sha256 } from '../core/run';
import type { SourceName } from '../core/sources/contract';
import { renderQuery } from '../core/sql/query';
import type { Catalog, SourceRelation } from '../ports/catalog';
import type { SourceNotes } from './notes';

/** Looks at every mapped source: its columns, size and fingerprint. Reads metadata and a sample, never all rows. */
export async function findSources(
  project: Project,
  catalog: Catalog,
): Promise<{ notes: SourceNotes; planned: Record<string, PlannedSource> }> {
  const notes: SourceNotes = {};
  for (const source of Object.values(project.sources)) notes[source.name] = await findSource(source, catalog);
  const planned = Object.fromEntries(
    Object.entries(notes).map(([name, { fingerprint, bytes, files }]) => [name, { fingerprint, bytes, files }]),
  );
  return { notes, planned };
}

async function findSource(source: ProjectSource, catalog: Catalog): Promise<SourceRelation> {
  if (!source.query) return catalog.source(source.name, source.location ?? { from: [] });
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
