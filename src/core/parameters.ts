import { addDays } from './dates';
import { DefinitionError, EngineError } from './errors';
import type { ModelSet } from './models/graph';
import { AS_OF_DATES, type AsOf } from './models/model';
import type { ProjectFile } from './project-file';
import type { RunPlan } from './run';
import { type FitDateName, trainingDates } from './scores/training-dates';
import { SOURCE_NAMES } from './sources/contract';
import { bigintLiteral, booleanLiteral, dateLiteral, doubleLiteral, textLiteral } from './sql/literals';

/** What the mapping says, as far as SQL depends on it. */
export interface MappingFlags {
  has_amounts: boolean;
  has_order_ids: boolean;
  has_refunds: boolean;
  has_calendar: boolean;
}

export interface ParameterValues {
  plan: Pick<RunPlan, 'run_date' | 'cut_date' | 'fit_date' | 'today' | 'told'>;
  file: ProjectFile;
  flags: MappingFlags;
  /** Values that models of this run, or of base, decided, as text. */
  provided: Readonly<Record<string, string>>;
}

/** Which orders there are, by mapping: a source of their own, or made from lines that carry customer and time. */
export function ordersAreDerived(file: ProjectFile): boolean {
  return file.sources.orders === undefined;
}

export function mappingFlags(file: ProjectFile): MappingFlags {
  const orders = file.sources.orders;
  return {
    has_amounts: (orders ?? file.sources.order_lines)?.columns.amount !== undefined,
    // Orders made from lines are one a document already.
    has_order_ids: orders?.columns.order_id !== undefined,
    has_refunds: file.sources.refunds !== undefined,
    has_calendar: file.sources.calendar !== undefined,
  };
}

const asDate = (text: string): string => dateLiteral(text);

/** As-of dates that are parameters too; the frozen date is one that a model provides. */
const DATED = AS_OF_DATES.filter((date) => date !== 'frozen_date' && date !== 'run_date');

function providedLiteral(parameter: string, value: string, models: ModelSet): string {
  for (const model of models.values()) {
    const column = model.sidecar.provides[parameter];
    if (column === undefined) continue;
    const type = model.sidecar.columns.find((candidate) => candidate.name === column)?.type;
    if (type === 'date') return asDate(value);
    if (type === 'bigint') return bigintLiteral(BigInt(value));
    if (type === 'boolean') return booleanLiteral(value === 'true');
    return textLiteral(value);
  }
  throw new DefinitionError({
    code: 'unknown_parameter',
    found: `no model provides ${parameter}`,
    remedy: 'declare it under provides of a sidecar',
  });
}

/** The date that `as_of` stands for. @throws EngineError when a model that decides it has not run: a defect of the graph. */
export function asOfDate(asOf: AsOf, values: ParameterValues): string {
  if (asOf === 'run_date') return values.plan.run_date;
  if (asOf === 'frozen_date') return needed('frozen_date', values);
  if (asOf === 'fit_date') return values.plan.fit_date;
  const horizon_days = asOf === 'season_date' ? 0 : Number(needed('horizon_days', values));
  if (asOf === 'backtest_date') return addDays(values.plan.run_date, -horizon_days);
  const { late_arrival_days } = values.file;
  return trainingDates({ fit_date: values.plan.fit_date, horizon_days, late_arrival_days })[asOf satisfies FitDateName];
}

function needed(parameter: string, values: ParameterValues): string {
  const value = values.provided[parameter];
  if (value !== undefined) return value;
  throw new EngineError({
    code: 'parameter_not_ready',
    found: `${parameter} was asked for before the model that decides it has run`,
    remedy: 'this is a defect of Tidemark; please report it',
  });
}

/**
 * One parameter as a typed, escaped SQL literal.
 *
 * @throws DefinitionError for a name that nothing defines.
 */
export function parameterLiteral(name: string, asOf: AsOf, values: ParameterValues, models: ModelSet): string {
  const { plan, file, flags } = values;
  const isMapped = SOURCE_NAMES.map(
    (source) => [`has_${source}`, () => booleanLiteral(file.sources[source] !== undefined)] as const,
  );
  const fixed: Record<string, () => string> = {
    ...Object.fromEntries(isMapped),
    run_date: () => asDate(plan.run_date),
    today: () => asDate(plan.today),
    cut_date: () => asDate(plan.cut_date),
    as_of: () => asDate(asOfDate(asOf, values)),
    // Where no night falls due, a day after which there is nothing.
    told_since: () => asDate(plan.told[0]?.run_date ?? plan.run_date),
    ...Object.fromEntries(DATED.map((date) => [date, () => asDate(asOfDate(date, values))])),
    year_ago: () => asDate(addDays(asOfDate(asOf, values), -365)),
    rfm_since: () => asDate(addDays(asOfDate(asOf, values), -file.rfm.window_days)),
    // The first day that still counts as new: someone whose first purchase is new_days ago is.
    new_since: () => asDate(addDays(asOfDate(asOf, values), -file.lifecycle.new_days)),
    currency: () => textLiteral(file.currency),
    time_zone: () => textLiteral(file.time_zone),
    has_amounts: () => booleanLiteral(flags.has_amounts),
    has_order_ids: () => booleanLiteral(flags.has_order_ids),
    has_refunds: () => booleanLiteral(flags.has_refunds),
    has_calendar: () => booleanLiteral(flags.has_calendar),
    configured_horizon_days: () =>
      file.predictions.horizon_days === undefined
        ? 'cast(null as bigint)'
        : bigintLiteral(file.predictions.horizon_days),
    has_contact_costs: () => booleanLiteral(file.contact !== undefined),
    // Without costs the flag keeps what they give unpublished.
    gross_margin: () => doubleLiteral(file.contact?.gross_margin ?? 0),
    offer_cost: () => doubleLiteral(file.contact?.offer_cost ?? 0),
    contact_cost: () => doubleLiteral(file.contact?.contact_cost ?? 0),
    offer_success: () => doubleLiteral(file.contact?.offer_success ?? 0),
    new_days: () => bigintLiteral(file.lifecycle.new_days),
    at_risk_share: () => doubleLiteral(file.lifecycle.at_risk_share),
    lapsed_share: () => doubleLiteral(file.lifecycle.lapsed_share),
    fixed_at_risk_days: () => bigintLiteral(file.lifecycle.fixed_days.at_risk),
    fixed_lapsed_days: () => bigintLiteral(file.lifecycle.fixed_days.lapsed),
  };
  const own = fixed[name];
  return own ? own() : providedLiteral(name, needed(name, values), models);
}
