import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { addDays } from '../../core/dates';
import type { Manifest } from '../../core/snapshots/manifest';
import { manifestKey } from '../../core/snapshots/paths';
import { parseNights, parseRunDate } from '../options';
import { Progress } from '../progress';
import { CommandFailure } from '../report-error';
import type { Night, RunResult } from '../run-nights';
import { StopSignal } from '../stop-signal';
import { nightLine, summary } from '../summary/summary';
import type { Terminal } from '../terminal';
import { placeName, type Warehouse } from '../warehouse';
import { addWarehouseOptions, type WarehouseOptions, warehouseOf } from '../warehouse-options';

interface RunOptions extends WarehouseOptions {
  full?: boolean;
  fresh?: boolean;
  accept?: boolean;
  runDate?: string;
  nights: number;
  json?: boolean;
  verbose?: boolean;
}

export function addRunCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('run')
    .summary('compute a night and publish it')
    .description(
      'Runs the pipeline and publishes a snapshot: people, segments, who entered and left. On DuckDB in this process, or on Athena with --engine athena.',
    )
    .option('--project <dir>', 'the folder of tidemark.yml', '.')
    .option(
      '--run-date <date>',
      'the last complete local day to look at, YYYY-MM-DD (default: the newest the orders have)',
      parseRunDate,
    )
    .option('--nights <n>', 'so many nights ending on the run date, one after another', parseNights, 1);
  addWarehouseOptions(command)
    .option('--full', 'read every source whole, whatever its partition says')
    .option('--fresh', 'compute again what equal inputs have published before, as a run of its own')
    .option(
      '--accept',
      'publish what is computed though the gate holds it back: numbers moved further than `guard` allows',
    )
    .option('--json', 'print the manifests as one JSON document')
    .option('--verbose', 'one line of progress for each model')
    .addHelpText(
      'after',
      '\nExample:\n  npx tidemark run --project demo-shop --nights 3\n  npx tidemark run --project shop --engine athena --out s3://my-bucket/tidemark',
    )
    .action((options: RunOptions) => run(options, terminal));
}

/** Loaded late, so that other commands start without DuckDB. */
function nightRunner(): typeof import('../run-nights') {
  return require('../run-nights');
}

async function run(options: RunOptions, terminal: Terminal): Promise<void> {
  const warehouse = warehouseOf(options);
  const stop = new StopSignal();
  const progress = new Progress(terminal, options.verbose === true, runDateTeller(options, terminal));
  const published: Night[] = [];
  stop.onStop(() => progress.line('Stopping: the queries under way are ended. Press Ctrl-C again to leave at once.'));
  try {
    const { runNights } = nightRunner();
    const { project, runDate, nights, full, fresh, accept } = options;
    const result = await runNights(
      { project, warehouse, runDate, nights, full, fresh, accept },
      stop,
      progress,
      (night) => {
        progress.end();
        published.push(night);
        if (options.json !== true && published.length < nights)
          terminal.out(nightLine(night.manifest, night.isPublishedAlready));
      },
    );
    show(result, options, warehouse, terminal);
  } catch (error) {
    progress.end();
    if (!stop.isStopped) throw new CommandFailure(error, await whatStays(warehouse, published));
    terminal.err(`Stopped. ${await whatStays(warehouse, published)}`);
    process.exitCode = stop.exitCode;
  } finally {
    progress.end();
    stop.dispose();
  }
}

/** Says the run date of the last night before anything else is printed. */
function runDateTeller(options: RunOptions, terminal: Terminal): (runDate: string) => void {
  let isTold = false;
  return (runDate) => {
    if (isTold) return;
    isTold = true;
    const last = addDays(runDate, options.nights - 1);
    const text =
      options.nights === 1 ? `Run date ${runDate}` : `Run date ${last}, ${options.nights} nights from ${runDate}`;
    if (options.json) terminal.err(`${text}\n`);
    else terminal.out(text);
  };
}

function show(result: RunResult, options: RunOptions, warehouse: Warehouse, terminal: Terminal): void {
  const out = placeName(warehouse);
  if (options.json) {
    const nights = result.nights.map(({ manifest, isPublishedAlready }) => nightJson(manifest, isPublishedAlready));
    terminal.out(JSON.stringify({ out, current: result.pointer ?? null, nights }, null, 2));
    return;
  }
  const { manifest, isPublishedAlready } = result.nights.at(-1) as Night;
  const text = summary(
    {
      manifest,
      details: result.details,
      predictions: result.predictions,
      shop: result.shop,
      currency: result.currency,
      project: typed(options.project),
      out: warehouse.engine === 'duckdb' ? typed(out) : out,
      isPublishedAlready,
      isCurrent: result.pointer?.run_id === manifest.run_id,
    },
    { colors: terminal.outColors, width: terminal.width },
  );
  terminal.out(`\n${text}`);
}

function nightJson(manifest: Manifest, isPublishedAlready: boolean): object {
  const { run_date, run_id, ...rest } = manifest;
  return { run_date, run_id, manifest: manifestKey(run_id), is_published_already: isPublishedAlready, ...rest };
}

/** A folder as a person would type it from here. */
function typed(folder: string): string {
  const short = relative(process.cwd(), folder) || '.';
  return short.startsWith('..') ? resolve(folder) : short;
}

/** What readers see after a run that did not end well. */
async function whatStays(warehouse: Warehouse, published: readonly Night[]): Promise<string> {
  const current = await nightRunner().currentNight(warehouse);
  const before =
    published.length > 0
      ? `Published before that: ${published.map((night) => night.manifest.run_date).join(', ')}. `
      : '';
  if (current === undefined) return `${before}What was published before is unchanged.\n`;
  if (current === 'none') return `Nothing is published in ${placeName(warehouse)} yet.\n`;
  return `${before}The last published snapshot is unchanged: night ${current.run_date}, run ${current.run_id}.\n`;
}
