import type { ModelNode } from '../core/models/graph';
import type { Model } from '../core/models/model';
import { placeholders } from '../core/models/render';
import { featureFamilies } from '../core/models/sidecar';
import { FITS } from '../core/scores/fits';
import type { StepContext } from './context';
import type { ModelNote } from './notes';
import { readColumns } from './read-columns';
import type { RunRelations } from './relations';

/** The SELECT of a model that is fitted: its one input is read from its files, and the fit in core makes the rows of it. */
export async function fittedSql(
  { model }: ModelNode,
  fitted: keyof typeof FITS,
  { notes, plan, values }: RunRelations,
  { ports, definitions }: StepContext,
): Promise<string> {
  const fit = FITS[fitted];
  const input = placeholders(model.sql).find((use) => use.kind === 'ref')?.argument as string;
  const families = featureFamilies((definitions.models.get(input) as Model).sidecar);
  const { files } = notes.get(input) as ModelNote;
  const table = await readColumns(ports.store, files, [...fit.columns, ...families.keys()]);
  return fit.select(table, {
    fit_date: plan.fit_date,
    horizon_days: Number(values.provided.horizon_days),
    late_arrival_days: definitions.project.file.late_arrival_days,
    families,
    is_provisional: values.provided.frozen_is_provisional === 'true',
  });
}
