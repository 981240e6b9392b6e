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

What scoring adds to the statement that writes people, in seconds of processor time on one thread: the statement whole,
and without the columns that predictions fill. Against two bare scans: of the orders (count, sum, first and last by
customer, the yardstick of npm run bench), and of what scoring reads (every column of customer_orders counted).`;

/** Other statements of a night that predictions stand on. */
const STATEMENTS = ['customer_orders', 'training_rows'];

/** Columns of people that predictions fill. */
const PREDICTED = [
  ...['churn_probability', 'churn_tier', 'churn_abstain_reason'],
  ...['purchase_probability', 'purchase_likelihood', 'purchase_abstain_reason', 'ineligible_reason'],
  ...['expected_orders', 'expected_value', 'expected_orders_365d', 'expected_value_365d', 'expected_abstain_reason'],
  ...[
    'probability_alive',
    'score_model',
    'score_version',
    'worth_contacting',
    'contact_gain',
    'worth_contacting_abstain_reason',
  ],
  ...[1, 2, 3].flatMap((place) => [`reason_${place}_code`, `reason_${place}_text`]),
];

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

async function columnsOf(connection: DuckDBConnection, query: string): Promise<string[]> {
  const described = await connection.runAndReadAll(`describe ${query}`);
  return described.getRows().map(([name]) => String(name));
}

/** The bare scan of some columns: how many values each has. */
const counted = (columns: readonly string[], from: string): string =>
  `select ${columns.map((name) => `count("${name}")`)} from ${from}`;

async function measure(connection: DuckDBConnection, folder: string, customers: number, times: number): Promise<void> {
  const project = join(folder, `orders-${customers}`);
  const out = join(project, 'out');
  const orders = await writeOrdersAlone(connection, project, customers);
  const task = JSON.stringify({ project, out, date: LAST_DAY });
  execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, 'night.ts'), task], { stdio: 'ignore' });
  const [run] = readdirSync(join(out, 'runs'));
  const textOf = (model: string): string => readFileSync(join(out, `runs/${run}/sql/${model}-1.sql`), 'utf8');
  const tableOf = (model: string): string => `'${join(out, `tables/${model}/v1/*/*/*.parquet`)}'`;
  const costOf = (sql: string): Promise<number> => best(times, () => connection.run(sql));
  const costOfWriting = (sql: string): Promise<number> =>
    costOf(`copy (${sql}\n) to '${join(project, 'measured.parquet')}' (format parquet, compression zstd)`);

  const read = await columnsOf(connection, `select * from ${tableOf('customer_orders')}`);
  const scan = await bareScan(connection, orders, { id: 'customer_id', time: 'ordered_at', amount: 'amount' }, times);
  const scanRead = await costOf(counted(read, tableOf('customer_orders')));
  const table = new Table({
    head: ['', 'CPU s', 'of the scan of orders', 'of the scan of customer_orders'],
    style: { head: [], border: [] },
  });
  const line = (name: string, cpu: number): void => {
    table.push([name, cpu.toFixed(2), `${(cpu / scan.cpu).toFixed(1)} x`, `${(cpu / scanRead).toFixed(1)} x`]);
  };
  line('bare scan of the orders', scan.cpu);
  line('bare scan of customer_orders', scanRead);
  const others = (await columnsOf(connection, textOf('people'))).filter((name) => !PREDICTED.includes(name));
  const [whole, without] = [
    await costOfWriting(textOf('people')),
    await costOfWriting(`select ${others} from (${textOf('people')}\n)`),
  ];
  const written = await costOfWriting(`select ${PREDICTED} from ${tableOf('people')}`);
  line('people', whole);
  line('people without predictions', without);
  line('so scoring adds', whole - without);
  line('of which its columns in the file', written - (await costOf(counted(PREDICTED, tableOf('people')))));
  for (const name of STATEMENTS) line(name, await costOfWriting(textOf(name)));
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
