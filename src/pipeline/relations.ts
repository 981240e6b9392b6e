import { SnapshotIntegrityError } from '../core/errors';
import type { AsOf, Model, Published } from '../core/models/model';
import { render } from '../core/models/render';
import { renderNode } from '../core/models/render-node';
import { mappingFlags, type ParameterValues, parameterLiteral } from '../core/parameters';
import type { PlannedRollup, RunPlan } from '../core/run';
import type { Manifest, ManifestTable } from '../core/snapshots/manifest';
import { tableOf } from '../core/snapshots/paths';
import type { SourceName } from '../core/sources/contract';
import { identifier } from '../core/sql/literals';
import { monthsCondition } from '../core/sql/months';
import type { TablePart } from '../ports/catalog';
import type { StepContext } from './context';
import { type ModelNote, readManifest, readModelNote, readSourceNotes, type SourceNotes } from './notes';

/** Everything that one model's text can refer to in a run, read once. */
export interface RunRelations {
  plan: RunPlan;
  notes: ReadonlyMap<string, ModelNote>;
  base: Manifest | undefined;
  told: readonly Manifest[];
  sources: SourceNotes;
  values: ParameterValues;
}

/** What decides parameters: the notes of the models that `after` names, and what was inherited. */
export async function readValues(
  plan: RunPlan,
  after: readonly string[],
  context: StepContext,
): Promise<Pick<RunRelations, 'notes' | 'values'>> {
  const notes = new Map<string, ModelNote>();
  for (const node of after) {
    const note = await readModelNote(context.ports.store, plan.run_id, node);
    if (note) notes.set(node, note);
  }
  const provided: Record<string, string> = {};
  for (const table of Object.values(plan.inherited)) Object.assign(provided, table.values);
  for (const note of notes.values()) Object.assign(provided, note.values);
  const { file } = context.definitions.project;
  return { notes, values: { plan, file, flags: mappingFlags(file), provided } };
}

/** The same, with base and the sources: what rendering a model's own text needs. */
export async function readRelations(
  plan: RunPlan,
  after: readonly string[],
  context: StepContext,
): Promise<RunRelations> {
  const { store } = context.ports;
  return {
    plan,
    ...(await readValues(plan, after, context)),
    base: plan.base ? await readManifest(store, plan.base.manifest) : undefined,
    told: await Promise.all(plan.told.map((night) => readManifest(store, night.manifest))),
    sources: await readSourceNotes(store, plan.run_id),
  };
}

/** The SQL of one model in this run. */
export function modelSql(
  model: Model,
  asOf: AsOf,
  relations: RunRelations,
  context: StepContext,
  sourceText: (name: SourceName) => string,
): string {
  const { models } = context.definitions;
  const sql = renderNode(models, model, asOf, {
    table: (id, target) => tableRelation(id, target, relations, context),
    published: (target, by) => publishedRelation(target, publishers(by, relations), context),
    source: (name) => sourceText(name as SourceName),
    param: (name, date) => parameterLiteral(name, date, relations.values, models),
  });
  const from = relations.plan.rollups[model.name]?.from ?? null;
  const months = from === null ? undefined : monthsCondition({ from });
  return months ? `select * from (\n${sql}\n) as all_months\nwhere ${months}` : sql;
}

function tableRelation(id: string, model: Model, relations: RunRelations, context: StepContext): string {
  const prefix = relations.plan.inherited[model.name]?.prefix ?? relations.notes.get(id)?.prefix;
  if (prefix === undefined) {
    throw new SnapshotIntegrityError({
      code: 'attempt_missing',
      place: { key: id },
      found: 'no attempt of this model counts in the run',
      remedy: 'start the run again from its first step',
    });
  }
  return context.ports.catalog.relation(
    tableOf(id),
    model.sidecar.columns,
    partsOf(prefix, relations.plan.rollups[model.name]),
  );
}

/** Where a table's rows lie: the months of a rollup that this run made, and those that earlier ones did. */
function partsOf(prefix: string, rollup: PlannedRollup | undefined): TablePart[] {
  if (!rollup || rollup.from === null) return [{ prefix }];
  const earlier = rollup.earlier.map(({ prefix, from, before }) => ({
    prefix,
    ...(from !== undefined && { from }),
    ...(before !== undefined && { before }),
  }));
  return [{ prefix, from: rollup.from }, ...earlier];
}

function publishers(by: Published, { base, told }: RunRelations): readonly Manifest[] {
  if (by === 'told') return told;
  return base ? [base] : [];
}

/** A table as these runs published it, one after another. */
function publishedRelation(model: Model, manifests: readonly Manifest[], context: StepContext): string {
  const tables = manifests.flatMap((manifest) => manifest.tables.filter((table) => table.name === model.name));
  if (tables.length === 0) return context.ports.catalog.relation(model.name, model.sidecar.columns, []);
  const relations = tables.map((table) => storedRelation(model, table, context));
  return relations.length === 1
    ? (relations[0] as string)
    : `(${relations.map((relation) => `select * from ${relation} as published`).join(' union all ')})`;
}

/** Columns that the table did not have yet come out null. */
function storedRelation(model: Model, table: ManifestTable, context: StepContext): string {
  const had = model.sidecar.columns.filter((column) =>
    table.columns.some((old) => old.name === column.name && old.type === column.type),
  );
  const relation = context.ports.catalog.relation(model.name, had, [{ prefix: table.prefix }]);
  if (had.length === model.sidecar.columns.length) return relation;
  const columns = model.sidecar.columns.map((column) =>
    had.includes(column) ? identifier(column.name) : `cast(null as ${column.type}) as ${identifier(column.name)}`,
  );
  return `(select ${columns.join(', ')} from ${relation} as earlier)`;
}

/** Parameters inside a check's expressions. */
export function withParameters(
  sql: string,
  model: Model,
  asOf: AsOf,
  values: ParameterValues,
  context: StepContext,
): string {
  return render(sql, model.file, ({ argument }) =>
    parameterLiteral(argument, asOf, values, context.definitions.models),
  );
}
