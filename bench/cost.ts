import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { walkNight } from '../src/cli/walk';
import type { Manifest } from '../src/core/snapshots/manifest';
import { costOf } from '../src/core/snapshots/night-cost';
import { nightUsage } from '../src/core/snapshots/night-usage';
import { WIDTH } from '../src/core/waiting';
import { writeDemoShop } from '../src/demo/write-demo-shop';
import { openLocalCatalog } from '../src/engines/duckdb/catalog';
import { systemClock } from '../src/engines/duckdb/clock';
import { openLocalStore } from '../src/engines/duckdb/object-store';
import { openDuckDbEngine } from '../src/engines/duckdb/query-engine';
import { demandModelNote, readPlan } from '../src/pipeline/notes';
import { plannedNodes } from '../src/pipeline/planned-nodes';
import { loadDefinitions } from '../src/project/load-definitions';
import { runMain } from './run-main';

const HELP = `npm run bench:cost -- [options]

  --customers N,N   two sizes of the demo shop to measure (default 5000,50000)
  --at N,N          sizes to estimate (default 10000,1000000,100000000)

Measures the bytes of the files that every statement of a night reads, and prints the tables of docs/cost.md.`;

/** Everything made anew; a Monday, which fits predictions; a night after it. */
const NIGHTS = { '2026-11-08': 'first', '2026-11-09': 'Monday', '2026-11-10': 'other' } as const;

/** What no laptop shows, for Athena: seconds that any statement takes, bytes a second, and bytes a file. */
const ATHENA = { seconds: 3, bytes_per_second: 1e9, bytes_per_file: 32e6 } as const;

/** Bytes of one model's statements and what it wrote. */
interface Measured {
  model: string;
  after: readonly string[];
  read: number;
  written: number;
}

type Nights = Record<string, { sources: number; models: Measured[] }>;

async function measure(customers: number): Promise<Nights> {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-cost-'));
  const project = join(dir, 'shop');
  const out = join(project, 'out');
  try {
    await writeDemoShop({ dir: project, customers, seed: 1 });
    const definitions = await loadDefinitions(project);
    const engine = await openDuckDbEngine({ root: out });
    const ports = { engine, store: openLocalStore(out), catalog: openLocalCatalog(out), clock: systemClock };
    const context = { ports, definitions, hashSalt: undefined };
    const nights: Nights = {};
    for (const [run_date, kind] of Object.entries(NIGHTS)) {
      const { run_id, sources }: Manifest = await walkNight(context, { run_date });
      const nodes = plannedNodes(await readPlan(ports.store, run_id), context);
      const models = await Promise.all(
        nodes.map(async ({ id, after }) => {
          const { attempt, files } = await demandModelNote(ports.store, run_id, id);
          const written = files.reduce((sum, { bytes }) => sum + bytes, 0);
          return { model: id, after, read: bytesNamed(join(out, `runs/${run_id}/sql/${id}-${attempt}.sql`)), written };
        }),
      );
      nights[kind] = { sources: Object.values(sources).reduce((sum, { bytes }) => sum + bytes, 0), models };
    }
    await engine.close();
    return nights;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Of all files that a statement names, as often as it names them: no more than Athena scans, which reads single columns. */
function bytesNamed(sqlFile: string): number {
  const paths = [...readFileSync(sqlFile, 'utf8').matchAll(/'([^'\n]+\.parquet)'/g)].map(([, path]) => path as string);
  return paths.reduce((sum, path) => sum + statSync(path).size, 0);
}

/** A straight line through two sizes, never below nothing. */
function lineThrough(small: [number, number], large: [number, number]): (customers: number) => number {
  const slope = (large[1] - small[1]) / (large[0] - small[0]);
  return (customers) => Math.max(0, small[1] + slope * (customers - small[0]));
}

/** What a night of that many customers takes, its models in the order of the plan. */
function usageAt(customers: number, sizes: readonly [number, number], small: Measured[], large: Measured[]) {
  const steps = small.map((model, index) => {
    const other = large[index] as Measured;
    if (other.model !== model.model) throw new Error(`the two shops compute other models: ${model.model}`);
    const at = (key: 'read' | 'written'): number =>
      lineThrough([sizes[0], model[key]], [sizes[1], other[key]])(customers);
    const [bytes_scanned, check_bytes_scanned] = [at('read'), at('written')];
    const seconds = ATHENA.seconds + bytes_scanned / ATHENA.bytes_per_second;
    const check_seconds = ATHENA.seconds + check_bytes_scanned / ATHENA.bytes_per_second;
    const files = Math.ceil(check_bytes_scanned / ATHENA.bytes_per_file);
    return { ...model, bytes_scanned, check_bytes_scanned, seconds, check_seconds, files };
  });
  const scanned = steps.reduce((sum, step) => sum + step.bytes_scanned + step.check_bytes_scanned, 0);
  const usage = nightUsage({ steps, looks: [{ bytes_scanned: 0, seconds: ATHENA.seconds }], width: WIDTH });
  return { usage, scanned, steps };
}

const modelsOf = (nights: Nights, kind: string): Measured[] => nights[kind]?.models ?? [];

const count = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 4 });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string', default: '5000,50000' },
      at: { type: 'string', default: '10000,1000000,100000000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  const sizes = values.customers.split(',').map(Number) as [number, number];
  const [small, large] = [await measure(sizes[0]), await measure(sizes[1])];
  const measured = new Table({
    head: ['customers', 'night', 'models', 'bytes of sources', 'read by writes', 'written'],
    style: { head: [], border: [] },
  });
  for (const [customers, nights] of [[sizes[0], small] as const, [sizes[1], large] as const])
    for (const [kind, { sources, models }] of Object.entries(nights)) {
      const sum = (key: 'read' | 'written'): number => models.reduce((total, model) => total + model[key], 0);
      measured.push([customers, kind, models.length, ...[sources, sum('read'), sum('written')].map(count)]);
    }
  process.stdout.write(`${measured.toString()}\n`);
  for (const customers of values.at.split(',').map(Number))
    for (const kind of Object.values(NIGHTS)) {
      const { usage, scanned, steps } = usageAt(customers, sizes, modelsOf(small, kind), modelsOf(large, kind));
      const { prices_of: _, ...cost } = costOf(usage);
      const cells = [count(customers), kind, ...[...Object.values(usage), ...Object.values(cost)].map(count)];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
      process.stdout.write(`  ${2 * steps.length + 1} statements, ${count(Math.round(scanned))} bytes scanned\n`);
    }
}

runMain(main);
