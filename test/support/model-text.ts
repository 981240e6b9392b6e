import { addDays } from '../../src/core/dates';
import type { AsOf, Model } from '../../src/core/models/model';
import { render } from '../../src/core/models/render';
import { renderNode } from '../../src/core/models/render-node';
import { featureFamilies } from '../../src/core/models/sidecar';
import { mappingFlags, type ParameterValues, parameterLiteral } from '../../src/core/parameters';
import { type ProjectFile, projectFileSchema } from '../../src/core/project-file';
import { FITS, type FitInput } from '../../src/core/scores/fits';
import { scoreReasonModels } from '../../src/core/scores/score-reasons';
import { scoreTermModels } from '../../src/core/scores/score-terms';
import { sourceSelectColumns } from '../../src/core/sources/columns';
import { SOURCE_NAMES, type SourceName } from '../../src/core/sources/contract';
import { bigintLiteral, booleanLiteral, dateLiteral, doubleLiteral, textLiteral } from '../../src/core/sql/literals';
import { assembleDefinitions } from '../../src/project/load-definitions';
import { loadModels } from '../../src/project/load-models';
import { SQL_FOLDER } from '../../src/project/product';
import { columnsOf } from './column-types';
import { type Cell, type GivenRow, relationOf } from './relations';

/** What a model stands on in a test. A relation that is not given has no rows. */
export interface ModelInput {
  /** By name: a source, a model, or a model at a date (`customer_orders@frozen_date`, `memberships@base`). */
  given?: Record<string, GivenRow[]>;
  /** Values of parameters by name, over the defaults below. */
  params?: Record<string, Cell>;
  /** Settings of tidemark.yml, over a project that maps orders only. */
  project?: Record<string, unknown>;
}

export const DEFAULT_PARAMS: Record<string, Cell> = {
  run_date: '2026-03-31',
  today: '2026-04-01',
  cut_date: '2025-12-31',
  fit_date: '2026-03-30',
  score_version: '0123456789abcdef',
  frozen_date: '2025-12-31',
  history_start: '2023-01-01',
  horizon_days: 91,
  frozen_is_provisional: false,
  return_source: 'none',
  has_amounts: true,
};

const DEFAULT_PROJECT = {
  shop: 'test',
  time_zone: 'Europe/Vienna',
  currency: 'EUR',
  sources: {
    orders: {
      from: 'orders.csv',
      columns: { order_id: 'id', customer_id: 'buyer', ordered_at: 'day', amount: 'total' },
    },
  },
};

interface TestModels {
  file: ProjectFile;
  models: ReadonlyMap<string, Model>;
}

let written: Promise<Model[]> | undefined;
const assembled = new Map<string, TestModels>();

/** The product's models, and those that the settings of a test's project stand for. */
export async function testModels(project: Record<string, unknown> = {}): Promise<TestModels> {
  written ??= loadModels(SQL_FOLDER);
  const key = JSON.stringify(project);
  const known = assembled.get(key);
  if (known) return known;
  const file = projectFileSchema.parse({ ...DEFAULT_PROJECT, ...project });
  const { models: mapped } = assembleDefinitions({ directory: '/', file, sources: {}, segments: [] }, await written);
  // A case gives rows of whatever its model reads, mapped or not.
  const unmapped = (await written).filter(({ name }) => mapped.get(name)?.if_mapped);
  const ofFeatures = [...scoreTermModels(await written), ...scoreReasonModels(await written)];
  const models = new Map([
    ...mapped,
    ...unmapped.map((model) => [model.name, asMapped(model)] as const),
    ...ofFeatures.map((model) => [model.name, model] as const),
  ]);
  assembled.set(key, { file, models });
  return { file, models };
}

/** Staging is rendered through, so that rows of a source may be given to a model that reads its staging. */
function asMapped(model: Model): Model {
  return model.layer === 'staging' ? { ...model, sidecar: { ...model.sidecar, materialised: 'inline' } } : model;
}

export interface ModelText {
  model: Model;
  /** The model's query over the given rows. */
  sql: string;
  /** Fills the parameters of a check query. */
  withParameters(sql: string): string;
}

/**
 * The query of a model over given rows.
 *
 * @throws Error for a model that does not exist, and for given relations that the model does not read.
 */
export async function modelText(name: string, input: ModelInput = {}): Promise<ModelText> {
  const { given = {}, params = {} } = input;
  const { file, models } = await testModels(input.project);
  const model = models.get(name);
  if (!model) throw new Error(`there is no model ${name}`);
  const used = new Set<string>();
  const rowsOf = (relation: string): GivenRow[] => {
    used.add(relation);
    return given[relation] ?? [];
  };
  const literal = parameters(params, given, file, models);
  const { fitted } = model.sidecar;
  const sql = fitted
    ? fittedText(model, models, rowsOf, { ...DEFAULT_PARAMS, ...params })
    : renderNode(withGivenInlines(models, name, given), model, 'run_date', {
        table: (id, target) => relationOf(id, columnsOf(target), rowsOf(id)),
        published: (target, by) => relationOf(target.name, columnsOf(target), rowsOf(`${target.name}@${by}`)),
        source: (source) =>
          `select * from ${relationOf(source, sourceSelectColumns(source as SourceName), rowsOf(source))} as rows_of_${source}`,
        param: literal,
      });
  const unused = Object.keys(given).filter((relation) => !used.has(relation));
  if (unused.length > 0)
    throw new Error(`${name} does not read what is given: ${unused.join(', ')}; it reads ${[...used].join(', ')}`);
  return {
    model,
    sql,
    withParameters: (text) => render(text, model.file, ({ argument }) => literal(argument, 'run_date')),
  };
}

/** What a fitted model writes over the given rows of its inputs. */
function fittedText(
  model: Model,
  models: ReadonlyMap<string, Model>,
  rowsOf: (relation: string) => GivenRow[],
  params: Record<string, Cell>,
): string {
  const fit = FITS[model.sidecar.fitted as keyof typeof FITS];
  const read = (input: string): FitInput => {
    const { sidecar } = models.get(input) as Model;
    const rows = rowsOf(input);
    const numbers = (name: string): Float64Array => Float64Array.from(rows, (row) => Number(row[name] ?? Number.NaN));
    const columns = new Map(sidecar.columns.map(({ name }) => [name, numbers(name)]));
    return { rows: rows.length, columns, families: featureFamilies(sidecar) };
  };
  const tables = Object.fromEntries(Object.keys(fit.inputs).map((input) => [input, read(input)]));
  return fit.select(tables as Parameters<typeof fit.select>[0], {
    fit_date: String(params.fit_date),
    horizon_days: Number(params.horizon_days),
    late_arrival_days: 7,
    is_provisional: params.frozen_is_provisional === true,
  });
}

/** Data that the product ships, as opposed to settings: none unless a test gives them. */
const SHIPPED_DATA = ['default_calendar'];

/** An inline model whose rows are given stands for itself; the others are rendered through. */
function withGivenInlines(
  models: ReadonlyMap<string, Model>,
  tested: string,
  given: Record<string, GivenRow[]>,
): ReadonlyMap<string, Model> {
  const isGiven = (name: string): boolean =>
    SHIPPED_DATA.includes(name) ||
    Object.keys(given).some((relation) => relation === name || relation.startsWith(`${name}@`));
  return new Map(
    [...models].map(([name, model]) => {
      if (name === tested || !isGiven(name)) return [name, model];
      return [name, { ...model, sidecar: { ...model.sidecar, materialised: 'table' as const } }];
    }),
  );
}

type Literal = (name: string, asOf: AsOf) => string;

function parameters(
  params: Record<string, Cell>,
  given: Record<string, GivenRow[]>,
  file: ProjectFile,
  models: ReadonlyMap<string, Model>,
): Literal {
  const chosen = { ...DEFAULT_PARAMS, ...params };
  const text = (name: string): string => String(chosen[name]);
  const provided = Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, String(value)]));
  const plan = {
    run_date: text('run_date'),
    cut_date: text('cut_date'),
    fit_date: text('fit_date'),
    today: text('today'),
    told: [],
  };
  const values: ParameterValues = { plan, file, flags: mappingFlags(file), provided };
  const isGiven = Object.fromEntries(
    SOURCE_NAMES.map((source) => [`has_${source}`, source in given || `stg_${source}` in given]),
  );
  return (name, asOf) => {
    const asOfGiven = asOf === 'run_date' ? params.as_of : undefined;
    if (name in params && (name !== 'as_of' || asOf === 'run_date')) return ownLiteral(name, params[name] as Cell);
    if (typeof asOfGiven === 'string' && name === 'year_ago') return dateLiteral(addDays(asOfGiven, -365));
    if (typeof asOfGiven === 'string' && name === 'rfm_since')
      return dateLiteral(addDays(asOfGiven, -file.rfm.window_days));
    if (typeof asOfGiven === 'string' && name === 'new_since')
      return dateLiteral(addDays(asOfGiven, -file.lifecycle.new_days));
    if (name in isGiven) return booleanLiteral(isGiven[name] as boolean);
    return parameterLiteral(name, asOf, values, models);
  };
}

const DOUBLES = ['at_risk_share', 'lapsed_share'];

function ownLiteral(name: string, value: Cell): string {
  if (value === null) return 'cast(null as bigint)';
  if (typeof value === 'boolean') return booleanLiteral(value);
  if (typeof value === 'number') return DOUBLES.includes(name) ? doubleLiteral(value) : bigintLiteral(value);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? dateLiteral(value) : textLiteral(value);
}
