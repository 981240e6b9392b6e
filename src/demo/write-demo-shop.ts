import { join } from 'node:path';
import { DefinitionError } from '../core/errors';
import { SOURCE_NAMES, type SourceName } from '../core/sources/contract';
import { DemoDatabase } from './demo-database';
import { DemoFolder } from './demo-folder';
import { type DemoTotals, measureDemo } from './demo-totals';

export interface DemoOptions {
  /** A new, empty or earlier demo's folder. */
  dir: string;
  customers: number;
  seed: number;
  /** The last complete day of the shop, YYYY-MM-DD; three years end on it. */
  lastDay?: string;
  onProgress?: (text: string) => void;
}

/** Fixed, so that the same command gives the same shop on any day. */
export const DEFAULT_LAST_DAY = '2026-11-14';
const MOST_CUSTOMERS = 20_000_000;
/** Customers are independent of one another but within a batch: memory follows the batch, not the shop. */
const BATCH = 400_000;

const SETUP_FILES = [
  '01-chance-and-days.sql',
  '02-zones.sql',
  '03-products.sql',
  '04-calendar-and-campaigns.sql',
  '05-planted-variants.sql',
];
const BATCH_FILES = [
  '06-customers.sql',
  '07-order-plans.sql',
  '08-orders.sql',
  '09-order-lines.sql',
  '10-order-files.sql',
  '11-refunds-and-products.sql',
  '12-customer-file.sql',
  '13-events.sql',
  '14-mailings.sql',
  '15-answers.sql',
  '16-clean-facts.sql',
  '17-rules.sql',
  '18-truth.sql',
];
/** The same whatever the customers: written once, one file each. */
const SHARED_SOURCES: readonly SourceName[] = ['products', 'campaigns', 'calendar'];
const TRUTH_TABLES = ['truth', 'conditions'] as const;

/**
 * Writes the demo shop: `data/*.parquet` for all sources, `tidemark.yml`, the shipped segments, and `truth/` with what
 * was planted. Deterministic by customers, seed and lastDay. Returns totals measured from the written files.
 * @throws DefinitionError demo_dir_not_empty, demo_dir_unusable, demo_option_invalid
 */
export async function writeDemoShop(options: DemoOptions): Promise<DemoTotals> {
  const lastDay = options.lastDay ?? DEFAULT_LAST_DAY;
  checkOptions(options, lastDay);
  const folder = DemoFolder.open(options.dir);
  try {
    const database = await DemoDatabase.open(join(folder.building, 'scratch'));
    try {
      await generate(database, folder, options, lastDay);
      options.onProgress?.('measuring what was written');
      const rows = await viewWritten(database, folder);
      const totals = await measureDemo(database, { dir: folder.dir, lastDay, customers: options.customers, rows });
      folder.copyDefinitions();
      folder.finish({ customers: options.customers, seed: options.seed, lastDay });
      return totals;
    } finally {
      database.close();
    }
  } finally {
    folder.discard();
  }
}

async function generate(database: DemoDatabase, folder: DemoFolder, options: DemoOptions, lastDay: string) {
  await database.setVariable('seed', options.seed);
  await database.setVariable('last_day', { date: lastDay });
  for (const name of SETUP_FILES) await database.runFile(name);
  const batches = Math.ceil(options.customers / BATCH);
  for (let batch = 0; batch < batches; batch++) {
    const from = batch * BATCH;
    const to = Math.min(options.customers, from + BATCH);
    options.onProgress?.(`customers ${from + 1} to ${to} of ${options.customers}`);
    await database.setVariable('batch_from', from);
    await database.setVariable('batch_to', to);
    for (const name of BATCH_FILES) await database.runFile(name);
    for (const source of SOURCE_NAMES) {
      if (SHARED_SOURCES.includes(source)) {
        if (batch === 0)
          await database.writeParquet(`file_${source}`, join(folder.building, 'data', `${source}.parquet`));
      } else {
        await database.writeParquet(`file_${source}`, join(folder.building, 'data', partName(source, batch)));
      }
    }
    for (const table of TRUTH_TABLES) {
      await database.writeParquet(`file_${table}`, join(folder.building, 'truth', partName(table, batch)));
    }
  }
}

/** Makes the views the totals read, over the files just written, and counts the rows of each source. */
async function viewWritten(database: DemoDatabase, folder: DemoFolder): Promise<Record<string, number>> {
  await database.dropGenerated();
  const rows: Record<string, number> = {};
  for (const source of SOURCE_NAMES) {
    const shared = SHARED_SOURCES.includes(source);
    const glob = shared ? `${source}.parquet` : `${source.replaceAll('_', '-')}-*.parquet`;
    rows[source] = await database.viewFiles(`written_${source}`, join(folder.building, 'data', glob));
  }
  await database.viewFiles('written_truth', join(folder.building, 'truth', 'truth-*.parquet'));
  return rows;
}

function partName(name: string, batch: number): string {
  return `${name.replaceAll('_', '-')}-${String(batch).padStart(2, '0')}.parquet`;
}

function checkOptions(options: DemoOptions, lastDay: string): void {
  const wrong = (found: string, remedy: string): DefinitionError =>
    new DefinitionError({ code: 'demo_option_invalid', found, remedy });
  if (!Number.isInteger(options.customers) || options.customers < 1 || options.customers > MOST_CUSTOMERS) {
    throw wrong('the number of customers is out of range', `name a whole number from 1 to ${MOST_CUSTOMERS}`);
  }
  if (!Number.isSafeInteger(options.seed))
    throw wrong('the seed is not a whole number', 'name a whole number, such as 1');
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(lastDay) ? new Date(`${lastDay}T00:00:00Z`) : undefined;
  if (!parsed || Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== lastDay) {
    throw wrong('the last day is not a date', 'write it as YYYY-MM-DD');
  }
}
