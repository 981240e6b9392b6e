import { canonicalJson, sha256 } from '../run';
import { type ValuesColumn, valuesSelect } from '../settings/values';
import { backtestParameters, backtests } from './backtests';
import { withPurchaseModel } from './candidates';
import { type Decided, decideScoring } from './decide-scoring';
import { fitChurn } from './fit-churn';
import { decidedParameters, type FitParameter, fitParameters } from './fit-parameters';
import { type ColumnTable, FIT_COLUMNS, type FitWindows, fitWindows, PROSPECT_COLUMNS } from './fit-windows';
import { BUYERS, type Population, PROSPECTS } from './population';
import { PurchaseFits } from './recipe';

/** What a fit knows beside the rows it reads. */
export interface FitContext {
  fit_date: string;
  horizon_days: number;
  late_arrival_days: number;
  /** Whether a parameter it uses is made anew each night. */
  is_provisional: boolean;
}

/** One of the tables that a fit reads. */
export interface FitInput extends ColumnTable {
  /** Columns that are features, each with its family. */
  families: ReadonlyMap<string, string>;
}

/** A fit that stands behind a model whose sidecar names it. */
export interface Fit<Name extends string = string> {
  /** Tables that it reads, each with the columns it needs beside the features. */
  inputs: Readonly<Record<Name, readonly string[]>>;
  /** The rows of the model, as a SELECT of literals. */
  select(tables: Readonly<Record<Name, FitInput>>, context: FitContext): string;
}

const COLUMNS: readonly ValuesColumn[] = [
  { name: 'model', type: 'varchar' },
  { name: 'part', type: 'varchar' },
  { name: 'name', type: 'varchar' },
  { name: 'value', type: 'double' },
  { name: 'text', type: 'varchar' },
  { name: 'score_model', type: 'varchar' },
  { name: 'score_reason', type: 'varchar' },
  { name: 'fit_warnings', type: 'varchar' },
  { name: 'horizon_days', type: 'bigint' },
  { name: 'as_of_date', type: 'date' },
  { name: 'is_provisional', type: 'boolean' },
  { name: 'population', type: 'varchar' },
  { name: 'prospect_model', type: 'varchar' },
  { name: 'prospect_reason', type: 'varchar' },
  { name: 'score_version', type: 'varchar' },
];

/** The fit of one population: what was decided, and all of it as rows. */
interface PopulationFit {
  decided: Decided;
  parameters: FitParameter[];
}

const churn: Fit<'training_rows' | 'prospect_rows'> = {
  inputs: { training_rows: FIT_COLUMNS, prospect_rows: PROSPECT_COLUMNS },
  select(tables, context) {
    const buyers = fitBuyers(tables.training_rows, context);
    const prospects = fitProspects(tables.prospect_rows, buyers.decided, context);
    const warnings = [...new Set([...buyers.decided.warnings, ...prospects.decided.warnings])];
    const { horizon_days, fit_date, is_provisional } = context;
    const decisionOf = ({ decided }: PopulationFit) => [decided.scoring?.model.name ?? 'none', decided.reason];
    const ofTheFit = [...decisionOf(buyers), warnings.join(','), horizon_days, fit_date, is_provisional];
    const rowsOf = ({ name: population }: Population, { parameters }: PopulationFit) =>
      parameters.map(({ model, part, name, value, text }) => [
        ...[model, part, name, value, text],
        ...[...ofTheFit, population, ...decisionOf(prospects)],
      ]);
    const rows = [...rowsOf(BUYERS, buyers), ...rowsOf(PROSPECTS, prospects)];
    const score_version = sha256(canonicalJson(rows)).slice(0, 16);
    return valuesSelect(
      COLUMNS,
      rows.map((row) => [...row, score_version]),
    );
  },
};

function fitBuyers(table: FitInput, context: FitContext): PopulationFit {
  const windows = fitWindows(table, [...table.families.keys()]);
  const fits = new PurchaseFits();
  const decided = fitChurn(windows, settingsOf(context), fits);
  const parameters = fitParameters(decided, windows, withPurchaseModel(table.families));
  return { decided, parameters: [...parameters, ...testedParameters(windows, decided, BUYERS, fits, context)] };
}

function fitProspects(table: FitInput, buyers: Decided, context: FitContext): PopulationFit {
  const windows = fitWindows(table, [...table.families.keys()]);
  const fits = new PurchaseFits();
  const found = decideScoring(windows, settingsOf(context), PROSPECTS, fits);
  // A shop that had buyers by then is old enough: it had nobody to judge.
  const decided = windows.judged.rows === 0 && buyers.judged ? { ...found, reason: 'no_prospects' } : found;
  const parameters = decidedParameters(decided, windows, table.families);
  return { decided, parameters: [...parameters, ...testedParameters(windows, decided, PROSPECTS, fits, context)] };
}

const settingsOf = ({ horizon_days, late_arrival_days }: FitContext) => ({
  horizon: horizon_days,
  embargo: late_arrival_days,
});

function testedParameters(
  windows: FitWindows,
  { scoring }: Decided,
  population: Population,
  fits: PurchaseFits,
  context: FitContext,
): FitParameter[] {
  return scoring ? backtestParameters(backtests(windows, scoring.model.name, context, fits, population)) : [];
}

/** By the name that a sidecar gives under `fitted`. */
export const FITS = { churn } as const satisfies Record<string, Fit>;
