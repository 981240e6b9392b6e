import type { Project } from '../src/core/project';
import type { SourceLocation } from '../src/core/project-file';
import { tableNamed } from '../src/engines/athena/source-names';

/**
 * The tables of Glue that a project reads, by database, each in order of name.
 *
 * @throws DefinitionError source_not_a_table or format_not_used.
 */
export function sourceTables(project: Project): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const [source, location] of locations(project)) {
    const { database, name } = tableNamed(source, location);
    found.set(database, (found.get(database) ?? new Set()).add(name));
  }
  return new Map([...found].map(([database, names]) => [database, [...names].sort()]));
}

function locations(project: Project): [string, SourceLocation][] {
  return Object.values(project.sources).flatMap(({ name, location, query }): [string, SourceLocation][] =>
    query ? Object.values(query.inputs).map((input) => [name, input]) : location ? [[name, location]] : [],
  );
}
