import type { Command } from 'commander';
import { parseCustomers, parseSeed } from '../options';
import type { Terminal } from '../terminal';

interface DemoCommandOptions {
  customers: number;
  seed: number;
  json?: boolean;
}

const DEFAULT_CUSTOMERS = 5000;

export function addDemoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .argument('<dir>', 'a new or empty folder, or that of an earlier demo, which is replaced')
    .summary('write a made-up department store to try things on')
    .description(
      'Writes three years of a made-up department store: data of every source, tidemark.yml and segments. The same options give the same shop.',
    )
    .option('--customers <n>', 'how many customers', parseCustomers, DEFAULT_CUSTOMERS)
    .option('--seed <n>', 'another number gives another shop', parseSeed, 1)
    .option('--json', 'print the totals as JSON')
    .addHelpText('after', '\nExample:\n  npx tidemark demo demo-shop --customers 20000')
    .action((dir: string, options: DemoCommandOptions) => demo(dir, options, terminal));
}

async function demo(dir: string, options: DemoCommandOptions, terminal: Terminal): Promise<void> {
  // Loaded late, so that other commands start without DuckDB.
  const { writeDemoShop } = require('../../demo/write-demo-shop') as typeof import('../../demo/write-demo-shop');
  const { formatDemoTotals } =
    require('../../demo/format-demo-totals') as typeof import('../../demo/format-demo-totals');
  const { customers, seed } = options;
  const onProgress = (text: string): void => terminal.err(`${terminal.errColors.dim(text)}\n`);
  const totals = await writeDemoShop({ dir, customers, seed, onProgress });
  if (options.json) terminal.out(JSON.stringify(totals, null, 2));
  else terminal.out([formatDemoTotals(totals), '', `Next: npx tidemark run --project ${dir} --nights 3`].join('\n'));
}
