import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { addDays } from '../src/core/dates';
import { writeDemoShop } from '../src/demo/write-demo-shop';
import { DEFAULT_MEMORY_LIMIT } from '../src/engines/duckdb/query-engine';
import { inDatabase } from './in-database';
import type { NightCost } from './night';
import { bareScan, LAST_DAY, type ScanCost, writeOrdersAlone } from './orders-alone';
import { runMain } from './run-main';

const HELP = `npm run bench -- [options]

  --customers N,N   shops with nothing but orders (default 200000,2000000; 0: none)
  --demo N,N        demo shops with all sources (default 5000,200000; 0: none)
  --statements N    statements side by side (default: the engine's)
  --memory TEXT     DuckDB's memory limit (default ${DEFAULT_MEMORY_LIMIT})

Ratios are against one bare aggregate over the same orders (count, sum, first and last by customer) by the same DuckDB.
Read ratios: seconds are those of whatever else this machine was doing.`;

interface Options {
  customers: number[];
  demo: number[];
  statements: number | undefined;
  memoryLimit: string;
}

const DEMO_COLUMNS = { id: 'buyer', time: 'created', amount: 'total' };

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string', default: '200000,2000000' },
      demo: { type: 'string', default: '5000,200000' },
      statements: { type: 'string' },
      memory: { type: 'string', default: DEFAULT_MEMORY_LIMIT },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const numbers = (text: string): number[] =>
    text
      .split(',')
      .map(Number)
      .filter((number) => number > 0);
  return {
    customers: numbers(values.customers),
    demo: numbers(values.demo),
    statements: values.statements === undefined ? undefined : Number(values.statements),
    memoryLimit: values.memory,
  };
}

/** One night in a process of its own. */
function night(project: string, out: string, date: string, options: Options): NightCost {
  const { statements, memoryLimit } = options;
  const task = JSON.stringify({ project, out, date, statements, memoryLimit });
  const args = ['--import', 'tsx', join(__dirname, 'night.ts'), task];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output) as NightCost;
}

/** The scan, the first night, and the next one on top of it. */
async function measure(title: string, project: string, options: Options, scan: () => Promise<ScanCost>): Promise<void> {
  const out = join(project, 'out');
  const before = await scan();
  const first = night(project, out, addDays(LAST_DAY, -1), options);
  const second = night(project, out, LAST_DAY, options);
  // Again afterwards: the machine may have been busier the first time.
  const after = await scan();
  const bare = { ...before, wall: Math.min(before.wall, after.wall), cpu: Math.min(before.cpu, after.cpu) };
  rmSync(out, { recursive: true, force: true });
  print(title, bare, [
    ['first night', first],
    ['second night', second],
  ]);
}

function print(title: string, bare: ScanCost, nights: [string, NightCost][]): void {
  const times = (value: number, unit: number): string => `${(value / unit).toFixed(1)} x`;
  const table = new Table({
    head: ['', 'wall s', 'of scan', 'cpu s', 'of scan', 'without checks', 'checks + hash', 'publish s', 'peak MB'],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array<'right'>(8).fill('right')],
  });
  table.push(['bare scan', bare.wall.toFixed(2), '1.0 x', bare.cpu.toFixed(2), '1.0 x', '', '', '', '']);
  for (const [name, cost] of nights) {
    // Statements overlap, so the wall clock is shared out by the seconds of each kind.
    const checks = (cost.models * cost.check_sum) / (cost.write_sum + cost.check_sum);
    table.push([
      name,
      cost.wall.toFixed(2),
      times(cost.wall, bare.wall),
      cost.cpu.toFixed(2),
      times(cost.cpu, bare.cpu),
      times(cost.wall - checks, bare.wall),
      times(checks, bare.wall),
      cost.publish.toFixed(2),
      String(cost.peak_mb),
    ]);
  }
  const first = nights[0]?.[1];
  const steps = [...(first?.steps ?? [])].sort((a, b) => b.seconds + b.check_seconds - a.seconds - a.check_seconds);
  const top = steps
    .slice(0, 10)
    .map(
      (step) =>
        `  ${step.model.padEnd(36)} ${step.seconds.toFixed(2).padStart(7)} s  checks ${step.check_seconds.toFixed(2).padStart(6)} s  ${step.rows.toLocaleString('en-GB').padStart(12)} rows`,
    );
  const head = `${title}: ${bare.orders.toLocaleString('en-GB')} orders, ${(first?.people ?? 0).toLocaleString('en-GB')} people`;
  process.stdout.write(`\n${head}\n${table.toString()}\nSlowest of the first night\n${top.join('\n')}\n`);
}

/** Seconds from the command to its answer, the best of three. */
function startUp(): number {
  const seconds = [1, 2, 3].map(() => {
    const began = performance.now();
    spawnSync(process.execPath, [resolve(__dirname, '../bin/tidemark.js'), '--version']);
    return (performance.now() - began) / 1000;
  });
  return Math.min(...seconds);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return void process.stdout.write(`${HELP}\n`);
  await inDatabase({ memoryLimit: options.memoryLimit }, async (connection, folder) => {
    for (const customers of options.customers) {
      const project = join(folder, `orders-${customers}`);
      const file = await writeOrdersAlone(connection, project, customers);
      const columns = { id: 'customer_id', time: 'ordered_at', amount: 'amount' };
      await measure(`Orders alone, ${customers.toLocaleString('en-GB')} customers`, project, options, () =>
        bareScan(connection, file, columns),
      );
      rmSync(project, { recursive: true, force: true });
    }
    for (const customers of options.demo) {
      const project = join(folder, `demo-${customers}`);
      await writeDemoShop({ dir: project, customers, seed: 1, lastDay: LAST_DAY });
      const files = join(project, 'data', 'orders-*.parquet');
      await measure(`Demo shop, ${customers.toLocaleString('en-GB')} customers`, project, options, () =>
        bareScan(connection, files, DEMO_COLUMNS),
      );
      rmSync(project, { recursive: true, force: true });
    }
    process.stdout.write(`\nStart-up of the command line: ${startUp().toFixed(2)} s\n`);
    process.stdout.write('Seconds are of this machine with all else it was doing; compare the ratios of one run.\n');
  });
}

runMain(main);
