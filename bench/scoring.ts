import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DuckDBConnection } from '@duckdb/node-api';
import Table from 'cli-table3';
import { DEFAULT_MEMORY_LIMIT } from '../src/engines/duckdb/query-engine';
import { inDatabase } from './in-database';
import { bareScan, LAST_DAY, writeOrdersAlone } from './orders-alone';
import { runMain } from './run-main';

const HELP = `npm run bench:scoring -- [options]

  --customers N,N   shops with nothing but orders (default 200000,2000000)
  --times N         runs of each statement, of which the best counts (default 3)

What the statements that score cost alone, in seconds of processor time on one thread, against two bare scans: of the
orders (count, sum, first and last by customer, the yardstick of npm run bench), and of what scoring reads (every column
of customer_orders counted).`;

/** Statements of a night that fit and score; people also holds all that is not a score. */
const STATEMENTS = ['customer_scores', 'people', 'customer_orders', 'training_rows'];

async function best(times: number, work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) {
    const began = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(began);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

/** The bare scan of one table: how many values each column has. */
async function countsOf(connection: DuckDBConnection, files: string): Promise<string> {
  const columns = await connection.runAndReadAll(`describe select * from '${files}'`);
  return `select ${columns.getRows().map(([name]) => `count("${name}")`)} from '${files}'`;
}

async function measure(connection: DuckDBConnection, folder: string, customers: number, times: number): Promise<void> {
  const project = join(folder, `orders-${customers}`);
  const out = join(project, 'out');
  const orders = await writeOrdersAlone(connection, project, customers);
  const task = JSON.stringify({ project, out, date: LAST_DAY });
  execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, 'night.ts'), task], { stdio: 'ignore' });
  const columns = { id: 'customer_id', time: 'ordered_at', amount: 'amount' };
  const scan = await bareScan(connection, orders, columns, times);
  const read = await countsOf(connection, join(out, 'tables/customer_orders/v1/*/*/*.parquet'));
  const table = new Table({
    head: ['', 'CPU s', 'of the scan of orders', 'of the scan of customer_orders'],
    style: { head: [], border: [] },
  });
  const scanRead = await best(times, () => connection.run(read));
  const line = (name: string, cpu: number): void => {
    table.push([name, cpu.toFixed(2), `${(cpu / scan.cpu).toFixed(1)} x`, `${(cpu / scanRead).toFixed(1)} x`]);
  };
  line('bare scan of the orders', scan.cpu);
  line('bare scan of customer_orders', scanRead);
  const [run] = readdirSync(join(out, 'runs'));
  for (const name of STATEMENTS) {
    const sql = readFileSync(join(out, `runs/${run}/sql/${name}-1.sql`), 'utf8');
    const copy = `copy (${sql}\n) to '${join(project, 'measured.parquet')}' (format parquet, compression zstd)`;
    line(name, await best(times, () => connection.run(copy)));
  }
  process.stdout.write(`\n${customers.toLocaleString('en-GB')} customers\n${table.toString()}\n`);
  rmSync(project, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string', default: '200000,2000000' },
      times: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  await inDatabase({ memoryLimit: DEFAULT_MEMORY_LIMIT, threads: 1 }, async (connection, folder) => {
    for (const customers of values.customers.split(',').map(Number))
      await measure(connection, folder, customers, Number(values.times));
  });
}

runMain(main);
