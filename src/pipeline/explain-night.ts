import { addDays } from '../core/dates';
import type { Model } from '../core/models/model';
import { mappingFlags } from '../core/parameters';
import { cutDate, fitDate, type RunPlan } from '../core/run';
import { attemptPrefix } from '../core/snapshots/paths';
import type { Inspection } from '../ports/catalog';
import type { StepContext } from './context';
import { todayOf } from './find-run-date';
import type { ModelNote, SourceNotes } from './notes';
import { plannedNodes } from './planned-nodes';
import { nothingSpent, readRows } from './query';
import { modelSql, type RunRelations } from './relations';
import { sourceSql } from './source-select';

/** Of no run: partitions of it are never there. */
const NO_RUN = '000000000000';

/** A day count that every model can calculate with, where none was fitted yet. */
const SOME_DAYS = '90';

/**
 * EXPLAIN of every model's statement, as a night of yesterday would send it had it no base: tables that it makes are there
 * without a row. Models that are fitted in core send rows and no statement of their own; their text is explained all the same.
 */
export function explainNight(sources: SourceNotes, context: StepContext): Inspection[] {
  const plan = unpublishedPlan(context);
  const nodes = plannedNodes(plan, context);
  const notes = new Map(
    nodes.map(({ id }) => [
      id,
      { prefix: attemptPrefix(id, plan.run_id, 1) } as Pick<ModelNote, 'prefix'> as ModelNote,
    ]),
  );
  const { models, project } = context.definitions;
  const provided = Object.assign({}, ...[...models.values()].map(someValues));
  const values = { plan, file: project.file, flags: mappingFlags(project.file), provided };
  const relations: RunRelations = { plan, notes, base: undefined, told: [], sources, values };
  return nodes.map(({ id, model, asOf }) => ({
    name: id,
    look: () => {
      const sql = modelSql(model, asOf, relations, context, (name) => sourceSql(name, sources, context));
      return readRows(context.ports.engine, `explain ${sql}`);
    },
  }));
}

function unpublishedPlan(context: StepContext): RunPlan {
  const today = todayOf(context);
  const run_date = addDays(today, -1);
  const { product_version, hash } = context.definitions;
  return {
    run_id: `${run_date}-${NO_RUN}`,
    run_date,
    cut_date: cutDate(run_date),
    fit_date: fitDate(run_date),
    today,
    product_version,
    definitions_hash: hash,
    base: null,
    supersedes: null,
    told: [],
    sources: {},
    frozen_ids: {},
    inherited: {},
    windows: {},
    rollups: {},
    warnings: [],
    fresh: null,
    looks: nothingSpent(),
  };
}

/** Any value of the right type for each parameter that a model decides. */
function someValues({ sidecar }: Model): Record<string, string> {
  const typed = (column: string): string => {
    const type = sidecar.columns.find(({ name }) => name === column)?.type;
    if (type === 'date') return '2025-01-01';
    if (type === 'boolean') return 'false';
    return type === 'bigint' ? SOME_DAYS : '';
  };
  return Object.fromEntries(Object.entries(sidecar.provides).map(([parameter, column]) => [parameter, typed(column)]));
}
