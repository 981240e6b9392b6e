import type { ProjectFile } from '../project-file';
import { canonicalJson, type FrozenTable, sha256 } from '../run';
import type { Manifest } from '../snapshots/manifest';
import type { ModelSet } from './graph';
import { type Model, splitReference } from './model';
import { placeholders } from './render';

/** A model and all that it reads, itself included. */
function closure(models: ModelSet, name: string, seen = new Set<string>()): Set<string> {
  const model = models.get(name);
  if (!model || seen.has(name)) return seen;
  seen.add(name);
  for (const use of placeholders(model.sql))
    if (use.kind === 'ref') closure(models, splitReference(use.argument).name, seen);
  return seen;
}

/** Settings that decide what is frozen; segments, retention and the like do not move anybody's score. */
function settingsOf(file: ProjectFile): unknown {
  const { not_customers, time_zone, currency, rfm, lifecycle, predictions } = file;
  // What is read of a source does not change what its rows say.
  const sources = Object.fromEntries(
    Object.entries(file.sources).map(([name, source]) => [name, { ...source, partition: undefined }]),
  );
  return { sources, not_customers, time_zone, currency, rfm, lifecycle, predictions };
}

export function frozenModels(models: ModelSet): Model[] {
  return [...models.values()].filter((model) => model.sidecar.frozen !== 'no');
}

/**
 * The id each frozen table has in a run: a hash of its date and of the definitions it reads, known before it is made, so
 * that run_id can count it. A `kept` table has no date: it stays until its definitions change.
 */
export function frozenIds(models: ModelSet, file: ProjectFile, cutDate: string): Record<string, string> {
  return Object.fromEntries(
    frozenModels(models).map((model) => {
      const texts = [...closure(models, model.name)].sort().map((name) => [name, models.get(name)?.sql]);
      const date = model.sidecar.frozen === 'quarter' ? cutDate : null;
      return [model.name, sha256(canonicalJson({ date, settings: settingsOf(file), texts })).slice(0, 16)];
    }),
  );
}

/** Frozen tables that base has under the same id; provisional ones are never inherited. */
export function inheritedTables(ids: Record<string, string>, base: Manifest | undefined): Record<string, FrozenTable> {
  const kept = Object.entries(base?.parameters ?? {}).filter(
    ([name, table]) => ids[name] === table.id && !table.provisional,
  );
  return Object.fromEntries(
    kept.map(([name, { id, as_of_date, provisional, prefix, values }]) => [
      name,
      { id, as_of_date, provisional, prefix, values },
    ]),
  );
}
