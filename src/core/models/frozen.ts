import type { ProjectFile } from '../project-file';
import { canonicalJson, cutDate, type FrozenTable, fitDate, sha256 } from '../run';
import type { Manifest } from '../snapshots/manifest';
import { DATE_PARAMETERS, type ModelSet, parametersBehind, providers } from './graph';
import { type AsOf, type Model, splitReference } from './model';
import { placeholders } from './render';

/** A model and all that it reads, itself included, with what decides its parameters. */
function closure(models: ModelSet, name: string): Set<string> {
  const seen = new Set<string>();
  const providedBy = providers(models);
  const visit = (current: string | undefined): void => {
    const model = current === undefined ? undefined : models.get(current);
    if (!model || seen.has(model.name)) return;
    seen.add(model.name);
    for (const { kind, argument } of placeholders(model.sql)) {
      const { name: referred, date } = splitReference(argument);
      if (kind === 'ref') visit(referred);
      const behind = kind === 'param' ? parametersBehind(argument, 'run_date') : datesBehind(date);
      for (const parameter of behind) visit(providedBy.get(parameter));
    }
  };
  visit(name);
  return seen;
}

const datesBehind = (date: string | undefined): readonly string[] =>
  date === undefined ? [] : (DATE_PARAMETERS[date as AsOf] ?? []);

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
export function frozenIds(models: ModelSet, file: ProjectFile, runDate: string): Record<string, string> {
  const dates = { no: null, kept: null, quarter: cutDate(runDate), fit: fitDate(runDate) };
  return Object.fromEntries(
    frozenModels(models).map((model) => {
      const { frozen } = model.sidecar;
      const texts = [...closure(models, model.name)].sort().map((name) => [name, models.get(name)?.sql]);
      const settings = {
        ...(settingsOf(file) as object),
        embargo: frozen === 'fit' ? file.late_arrival_days : undefined,
      };
      return [model.name, sha256(canonicalJson({ date: dates[frozen], settings, texts })).slice(0, 16)];
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
