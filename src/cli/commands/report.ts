import type { Command } from 'commander';
import { modelsReport } from '../report/models-report';
import type { Terminal } from '../terminal';
import { addWarehouseOptions, type WarehouseOptions, warehouseOf } from '../warehouse-options';

interface ReportOptions extends WarehouseOptions {
  json?: boolean;
}

export function addReportCommand(program: Command, terminal: Terminal): void {
  const report = program.command('report').summary('show how right the product has been');
  const models = report
    .command('models')
    .summary('what was predicted and what happened')
    .description(
      'Shows what scores and why, what earlier nights told against what happened (calibration and lift over time), how the models were judged, and what is not said and why.',
    )
    .option('--project <dir>', 'the folder of tidemark.yml', '.');
  addWarehouseOptions(models)
    .option('--json', 'print all receipts, parameters and reasons as one JSON document')
    .addHelpText('after', '\nExample:\n  npx tidemark report models --project demo-shop')
    .action((options: ReportOptions) => reportModels(options, terminal));
}

async function reportModels(options: ReportOptions, terminal: Terminal): Promise<void> {
  // Loaded late, so that other commands start without DuckDB.
  const { readModelsReport } = require('../report-models') as typeof import('../report-models');
  const input = await readModelsReport(options.project, warehouseOf(options));
  if (options.json) {
    const { manifest, details, predictions } = input;
    const { run_date, run_id, score_model, prospect_model, parameters } = manifest;
    const used = parameters.score_parameters;
    const fit = used
      ? { id: used.id, as_of_date: used.as_of_date, score_version: used.values.score_version ?? null }
      : null;
    terminal.out(
      JSON.stringify(
        { run_date, run_id, fit, score_model, prospect_model, ...predictions, abstained: details.abstained },
        null,
        2,
      ),
    );
  } else terminal.out(modelsReport(input, { colors: terminal.outColors, width: terminal.width }));
}
