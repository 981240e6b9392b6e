import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFit } from './models/fit-cost';
import { type Judged, judgeSplit, type Replication } from './models/judge';
import { printFitCost, printSplit, printSummary } from './models/print';
import type { Snapshot } from './models/shop';
import { BenchShops } from './models/shops';
import { SPLITS, type Split, UCI_SPLITS } from './models/splits';
import { runMain } from './run-main';

const HELP = `npm run bench:models -- [options]

  --split TEXT        splits whose name contains it (default: all)
  --dates             UCI every four weeks instead of the splits
  --replicates N      draws of the paired bootstrap (default 500)
  --fit-rows N        rows of the timed fit (default 500000; 0: none)
  --write DIR         also writes the rows of every split, for models that are no part of Tidemark
  --boosted DIR       reads P(purchase) of such a model from DIR/<split>.csv (customer,p) and sets it beside ours

Models of P(purchase within H) on public shops, fitted on past windows and judged on a later one that no fit saw. Features
come from the product's own SQL on DuckDB. The data lie beside the checkout (examples/README.md), TIDEMARK_REAL_DATA names
another folder.`;

const fileOf = ({ name }: Split): string => `${name.replaceAll(/[ ,]+/g, '_')}.csv`;

function writeRows(folder: string, split: Split, windows: readonly Snapshot[]): void {
  mkdirSync(folder, { recursive: true });
  const names = [...(windows[0]?.features.keys() ?? [])];
  const lines = windows.flatMap((window) =>
    window.customers.map((id, row) =>
      [window.asOf, id, window.labels[row], ...[...window.features.values()].map((column) => column[row])].join(','),
    ),
  );
  writeFileSync(
    join(folder, fileOf(split)),
    `${['as_of', 'customer', 'label', ...names].join(',')}\n${lines.join('\n')}\n`,
  );
}

function boostedOf(folder: string, split: Split, test: Snapshot): Float64Array | undefined {
  const path = join(folder, fileOf(split));
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);
  const chances = new Map(lines.map((line) => line.split(',') as [string, string]));
  return Float64Array.from(test.customers, (id) => Number(chances.get(id) ?? Number.NaN));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      split: { type: 'string', default: '' },
      dates: { type: 'boolean', default: false },
      replicates: { type: 'string', default: '500' },
      'fit-rows': { type: 'string', default: '500000' },
      write: { type: 'string' },
      boosted: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  const replication: Replication = { replicates: Number(values.replicates), seed: 6 };
  const fitRows = Number(values['fit-rows']);
  const shops = new BenchShops();
  const judged: { judged: Judged; boosted: Float64Array | undefined }[] = [];
  try {
    for (const split of (values.dates ? UCI_SPLITS : SPLITS).filter(({ name }) => name.includes(values.split))) {
      const shop = await shops.open(split.example);
      const test = await shop.snapshot(split.test, split.horizonDays);
      const training: Snapshot[] = [];
      for (const asOf of split.training) training.push(await shop.snapshot(asOf, split.horizonDays));
      if (values.write !== undefined) writeRows(values.write, split, [...training, test]);
      const boosted = values.boosted === undefined ? undefined : boostedOf(values.boosted, split, test);
      const one = { judged: judgeSplit({ split, training, test }), boosted };
      judged.push(one);
      printSplit(one.judged, boosted, replication);
    }
    printSummary(judged, replication);
    if (fitRows > 0) printFitCost(measureFit(fitRows));
  } finally {
    await shops.close();
  }
}

runMain(main);
