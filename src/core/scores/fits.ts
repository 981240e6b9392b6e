import { type ValuesColumn, valuesSelect } from '../settings/values';
import { backtestParameters, backtests } from './backtests';
import { withPurchaseModel } from './candidates';
import { fitChurn } from './fit-churn';
import { fitParameters } from './fit-parameters';
import { type ColumnTable, FIT_COLUMNS, fitWindows } from './fit-windows';
import { PurchaseFits } from './recipe';

/** What a fit knows beside the rows it reads. */
export interface FitContext {
  fit_date: string;
  horizon_days: number;
  late_arrival_days: number;
  /** Columns of the input that are features, each with its family. */
  families: ReadonlyMap<string, string>;
  /** Whether a parameter it uses is made anew each night. */
  is_provisional: boolean;
}

/** A fit that stands behind a model whose sidecar names it. */
export interface Fit {
  /** Columns of the model's input that it reads beside the features. */
  columns: readonly string[];
  /** The rows of the model, as a SELECT of literals. */
  select(table: ColumnTable, context: FitContext): string;
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
];

const churn: Fit = {
  columns: FIT_COLUMNS,
  select(table, { fit_date, horizon_days, late_arrival_days, families, is_provisional }) {
    const windows = fitWindows(table, [...families.keys()]);
    const fits = new PurchaseFits();
    const fit = fitChurn(windows, { horizon: horizon_days, embargo: late_arrival_days }, fits);
    const timing = { fit_date, horizon_days, late_arrival_days };
    const tested = fit.scoring ? backtests(windows, fit.scoring.model.name, timing, fits) : [];
    const decided = [fit.scoring?.model.name ?? 'none', fit.reason, fit.warnings.join(',')];
    const parameters = [...fitParameters(fit, windows, withPurchaseModel(families)), ...backtestParameters(tested)];
    const rows = parameters.map(({ model, part, name, value, text }) => [
      ...[model, part, name, value, text],
      ...[...decided, horizon_days, fit_date, is_provisional],
    ]);
    return valuesSelect(COLUMNS, rows);
  },
};

/** By the name that a sidecar gives under `fitted`. */
export const FITS = { churn } as const satisfies Record<string, Fit>;
