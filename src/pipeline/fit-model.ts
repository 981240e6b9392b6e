import type { Model } from '../core/models/model';
import { featureFamilies } from '../core/models/sidecar';
import { FITS, type FitInput } from '../core/scores/fits';
import type { StepContext } from './context';
import type { ModelNote } from './notes';
import { readColumns } from './read-columns';
import type { RunRelations } from './relations';

/** The SELECT of a model that is fitted: what it builds on is read from its files, and the fit in core makes the rows of it. */
export async function fittedSql(
  fitted: keyof typeof FITS,
  { notes, plan, values }: RunRelations,
  { ports, definitions }: StepContext,
): Promise<string> {
  const fit = FITS[fitted];
  const read = async ([name, columns]: [string, readonly string[]]): Promise<[string, FitInput]> => {
    const { sidecar, if_mapped } = definitions.models.get(name) as Model;
    const families = featureFamilies(sidecar);
    const files = if_mapped ? [] : (notes.get(name) as ModelNote).files;
    const table = await readColumns(ports.store, files, [...columns, ...families.keys()]);
    return [name, { ...table, families }];
  };
  const tables = Object.fromEntries(await Promise.all(Object.entries(fit.inputs).map(read)));
  return fit.select(tables as Parameters<typeof fit.select>[0], {
    fit_date: plan.fit_date,
    horizon_days: Number(values.provided.horizon_days),
    late_arrival_days: definitions.project.file.late_arrival_days,
    is_provisional: values.provided.frozen_is_provisional === 'true',
  });
}
