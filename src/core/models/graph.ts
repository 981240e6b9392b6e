import { DefinitionError } from '../errors';
import { suggest } from '../nearest';
import { AS_OF_DATES, type AsOf, isPublished, isTable, LAYERS, type Model, PUBLISHED, splitReference } from './model';
import { type Placeholder, placeholders } from './render';

export type ModelSet = ReadonlyMap<string, Model>;

/** A model at a date: what one write query computes. `id` is the model's name, followed by `@date` unless that is the run date. */
export interface ModelNode {
  id: string;
  model: Model;
  asOf: AsOf;
  /** Ids of materialised nodes that must be done first: refs (through inline models) and providers of parameters. */
  after: string[];
}

/** Parameters that move with the date a model is asked for. */
const AS_OF_PARAMETERS: ReadonlySet<string> = new Set(['as_of', 'year_ago', 'rfm_since', 'new_since']);

/** Which models the date of a question changes: those that use a parameter of that date, and those that build on them. */
export function asOfModels(models: ModelSet): ReadonlySet<string> {
  const dated = new Set<string>();
  for (let before = -1; before !== dated.size; ) {
    before = dated.size;
    for (const model of models.values()) {
      const uses = placeholders(model.sql);
      const isDated = uses.some(
        (use) =>
          (use.kind === 'param' && AS_OF_PARAMETERS.has(use.argument)) ||
          (use.kind === 'ref' && dated.has(use.argument)),
      );
      if (isDated) dated.add(model.name);
    }
  }
  return dated;
}

export function nodeId(name: string, asOf: AsOf): string {
  return asOf === 'run_date' ? name : `${name}@${asOf}`;
}

/** A parameter and the model whose one row decides it. */
export function providers(models: ModelSet): ReadonlyMap<string, string> {
  const providedBy = new Map<string, string>();
  for (const model of models.values()) {
    for (const parameter of Object.keys(model.sidecar.provides)) providedBy.set(parameter, model.name);
  }
  return providedBy;
}

/** The parameters that a date stands for: param('as_of') at that date needs them. */
export const DATE_PARAMETERS: Readonly<Record<AsOf, readonly string[]>> = {
  run_date: [],
  frozen_date: ['frozen_date'],
  backtest_date: ['horizon_days'],
  fit_date: [],
  judged_date: ['horizon_days'],
  training_date_1: ['horizon_days'],
  training_date_2: ['horizon_days'],
  season_date: [],
};

const isDate = (name: string): name is AsOf => Object.hasOwn(DATE_PARAMETERS, name);

/** Parameters that a parameter's value is worked out from: those of its date where it is or moves with one, else itself. */
export function parametersBehind(parameter: string, asOf: AsOf): readonly string[] {
  if (AS_OF_PARAMETERS.has(parameter)) return DATE_PARAMETERS[asOf];
  return isDate(parameter) ? DATE_PARAMETERS[parameter] : [parameter];
}

/**
 * What must run, for these targets, in an order that respects `after`. Nodes named in `inherited` are taken from base:
 * neither they nor what only they need are in the result.
 *
 * @throws DefinitionError for unknown refs, refs against the layer order, cycles, and inline models used twice in one query.
 */
export function buildGraph(
  models: ModelSet,
  targets: readonly string[],
  inherited: ReadonlySet<string> = new Set(),
): ModelNode[] {
  return new GraphBuilder(models, inherited).build(targets);
}

class GraphBuilder {
  private readonly dated: ReadonlySet<string>;
  private readonly providedBy: ReadonlyMap<string, string>;
  private readonly done = new Map<string, ModelNode>();
  private readonly path: string[] = [];

  constructor(
    private readonly models: ModelSet,
    private readonly inherited: ReadonlySet<string>,
  ) {
    this.dated = asOfModels(models);
    this.providedBy = providers(models);
  }

  build(targets: readonly string[]): ModelNode[] {
    for (const target of targets) if (!this.inherited.has(target)) this.visit(this.find(target, undefined), 'run_date');
    return [...this.done.values()].filter((node) => isTable(node.model, node.asOf));
  }

  private visit(model: Model, asOf: AsOf): string[] {
    const id = nodeId(model.name, asOf);
    if (this.inherited.has(model.name)) return [];
    const known = this.done.get(id);
    if (!known) this.explore(model, asOf, id);
    const node = known ?? (this.done.get(id) as ModelNode);
    return isTable(model, asOf) ? [id] : node.after;
  }

  private explore(model: Model, asOf: AsOf, id: string): void {
    if (this.path.includes(id)) {
      const cycle = [...this.path.slice(this.path.indexOf(id)), id].join(' → ');
      throw new DefinitionError({
        code: 'model_cycle',
        place: { file: model.file },
        found: `the models depend on each other: ${cycle}`,
        remedy: 'remove one of these refs',
      });
    }
    this.path.push(id);
    const after = new Set<string>();
    for (const use of placeholders(model.sql)) for (const needed of this.needs(model, asOf, use)) after.add(needed);
    this.path.pop();
    this.refuseDoubleInline(model);
    this.done.set(id, { id, model, asOf, after: [...after] });
  }

  private needs(model: Model, asOf: AsOf, use: Placeholder): string[] {
    if (use.kind === 'param') {
      return parametersBehind(use.argument, asOf).flatMap((parameter) => this.provider(parameter));
    }
    if (use.kind === 'source') return [];
    const { name, date } = splitReference(use.argument);
    const target = this.find(name, model);
    if (isPublished(date)) return [];
    const wanted = this.dated.has(name)
      ? ((date ?? (this.dated.has(model.name) ? asOf : 'run_date')) as AsOf)
      : 'run_date';
    this.refuseUnknownDate(model, use.argument, date);
    if (LAYERS.indexOf(target.layer) > LAYERS.indexOf(model.layer)) {
      throw new DefinitionError({
        code: 'layer_order',
        place: { file: model.file },
        found: `a ${model.layer} model refers to ${name}, which is a later ${target.layer} model`,
        remedy: `the order is ${LAYERS.join(' → ')}; move one of the two`,
      });
    }
    return this.visit(target, wanted);
  }

  private provider(parameter: string): string[] {
    const name = this.providedBy.get(parameter);
    return name === undefined ? [] : this.visit(this.find(name, undefined), 'run_date');
  }

  private refuseUnknownDate(model: Model, reference: string, date: string | undefined): void {
    if (date === undefined || (AS_OF_DATES as readonly string[]).includes(date)) return;
    throw new DefinitionError({
      code: 'unknown_as_of',
      place: { file: model.file },
      found: `${reference} names the date ${date}`,
      remedy: `the dates are ${[...AS_OF_DATES, ...PUBLISHED].join(', ')}`,
    });
  }

  /** A CTE or inline query named twice is planned, scanned and billed twice on Athena. */
  private refuseDoubleInline(model: Model): void {
    const refs = placeholders(model.sql).filter((use) => use.kind === 'ref');
    for (const use of refs) {
      const target = this.models.get(splitReference(use.argument).name);
      if (
        target &&
        this.mayBeInline(target, model, use.argument) &&
        refs.filter((other) => other.argument === use.argument).length > 1
      ) {
        throw new DefinitionError({
          code: 'inline_used_twice',
          place: { file: model.file },
          found: `${use.argument} is inline and referred to more than once, so it would be computed more than once`,
          remedy: `refer to it once, or set materialised: table in ${target.file}`,
        });
      }
    }
  }

  /** Settings are a few literals and may stand twice; a table_at_run_date is inline wherever another date can be asked for. */
  private mayBeInline(target: Model, from: Model, reference: string): boolean {
    const { materialised } = target.sidecar;
    const isStored = materialised === 'table' || isPublished(splitReference(reference).date);
    if (target.if_mapped || target.layer === 'settings' || isStored) return false;
    return materialised === 'inline' || reference.includes('@') || this.dated.has(from.name);
  }

  private find(name: string, from: Model | undefined): Model {
    const model = this.models.get(name);
    if (model) return model;
    throw new DefinitionError({
      code: 'unknown_model',
      ...(from ? { place: { file: from.file } } : {}),
      found: `there is no model ${name}`,
      remedy: suggest(name, [...this.models.keys()]),
    });
  }
}
