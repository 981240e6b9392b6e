import { mappingFlags } from '../parameters';
import type { Project } from '../project';
import { canonicalJson, type RollupPart, sha256 } from '../run';
import type { SourceName } from '../sources/contract';
import type { ModelSet } from './graph';
import { type Model, splitReference } from './model';
import { placeholders } from './render';

/** What a model stands on, through all it refers to: models, itself included, and sources. */
export interface Ground {
  models: ReadonlySet<string>;
  sources: ReadonlySet<string>;
}

export function groundOf(models: ModelSet, name: string): Ground {
  const found = { models: new Set<string>(), sources: new Set<string>() };
  const visit = (model: Model | undefined): void => {
    if (!model || found.models.has(model.name)) return;
    found.models.add(model.name);
    for (const { kind, argument } of placeholders(model.sql)) {
      if (kind === 'source') found.sources.add(argument);
      if (kind === 'ref') visit(models.get(splitReference(argument).name));
    }
  };
  visit(models.get(name));
  return found;
}

/** Whether a model is a table of rows by calendar month, whose earlier months a run may take from base. */
export function isMonthly({ layer, sidecar }: Model): boolean {
  return (
    layer === 'rollups' &&
    sidecar.materialised === 'table' &&
    sidecar.columns.some((column) => column.name === 'month' && column.type === 'date')
  );
}

/**
 * Hash of all that decides a rollup's rows beside the data: a month of base may stand beside months of this run only if
 * it is the same in both. The salt of hashed ids counts where a source uses it, as every id depends on it.
 */
export function rollupId(
  name: string,
  { models, project, product_version }: { models: ModelSet; project: Project; product_version: string },
  hashSalt: string | undefined,
): string {
  const ground = groundOf(models, name);
  const { file } = project;
  const mapped = [...ground.sources].sort().map((source) => {
    // How a source is partitioned decides what is read of it, never what its rows say.
    const { partition: _, ...mapping } = file.sources[source as SourceName] ?? { columns: {} };
    return [source, mapping, project.sources[source as SourceName]?.query?.sql ?? null] as const;
  });
  const isHashed = mapped.some(([, { columns }]) =>
    Object.values(columns).some((column) => typeof column === 'object' && 'hash' in column && column.hash === true),
  );
  const text = canonicalJson({
    product_version,
    texts: [...ground.models].sort().map((model) => [model, models.get(model)?.sql]),
    columns: models.get(name)?.sidecar.columns.map((column) => [column.name, column.type]),
    mapped,
    flags: mappingFlags(file),
    settings: { time_zone: file.time_zone, currency: file.currency, not_customers: file.not_customers },
    salt: isHashed && hashSalt !== undefined ? sha256(`tidemark salt ${hashSalt}`) : undefined,
  });
  return sha256(text).slice(0, 16);
}

/** The parts of a rollup that still own months before one, without the others. */
export function partsBefore(parts: readonly RollupPart[], month: string): RollupPart[] {
  return parts
    .filter((part) => part.from === undefined || part.from < month)
    .map((part) => ({ ...part, before: part.before !== undefined && part.before < month ? part.before : month }));
}
