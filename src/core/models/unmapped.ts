import type { ProjectFile } from '../project-file';
import type { SourceName } from '../sources/contract';
import { identifier } from '../sql/literals';
import type { Model } from './model';
import { placeholders } from './render';

/** Whether `orders` or `orders.cancelled_at` is in a project file. */
function isMapped(need: string, { sources }: ProjectFile): boolean {
  const [source, column] = need.split('.') as [SourceName, string?];
  const mapped = sources[source];
  return mapped !== undefined && (column === undefined || Object.hasOwn(mapped.columns, column));
}

/**
 * A model that can have no rows, because nothing is mapped of what it needs, as an empty relation: nothing is written
 * for it, and it costs its readers nothing. Staging needs the sources it reads; others say in their sidecars what they need.
 */
export function unmappedInline(model: Model, file: ProjectFile): Model {
  const sources = placeholders(model.sql).filter((use) => use.kind === 'source');
  const needs = model.sidecar.needs ?? sources.map((use) => use.argument);
  if (needs.length === 0 || needs.some((need) => isMapped(need, file))) return model;
  const columns = model.sidecar.columns.map(({ name, type }) => `  cast(null as ${type}) as ${identifier(name)}`);
  return {
    ...model,
    if_mapped: model,
    sql: `select\n${columns.join(',\n')}\nwhere 1 = 0`,
    sidecar: { ...model.sidecar, materialised: 'inline' },
  };
}
