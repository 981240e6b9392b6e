import { walkNight } from '../src/cli/walk';
import { openLocalCatalog } from '../src/engines/duckdb/catalog';
import { systemClock } from '../src/engines/duckdb/clock';
import { openLocalStore } from '../src/engines/duckdb/object-store';
import { openDuckDbEngine } from '../src/engines/duckdb/query-engine';
import { loadDefinitions } from '../src/project/load-definitions';
import { runMain } from './run-main';

/** What one night cost its own process. Seconds; memory in MB. */
export interface NightCost {
  wall: number;
  cpu: number;
  plan: number;
  models: number;
  publish: number;
  peak_mb: number;
  people: number;
  /** Seconds of every statement, added up; statements run side by side, so these are more than the wall's. */
  write_sum: number;
  check_sum: number;
  steps: { model: string; seconds: number; check_seconds: number; rows: number }[];
}

interface NightTask {
  project: string;
  out: string;
  date: string;
  statements?: number;
  memoryLimit?: string;
}

/** Runs one night and prints its cost as one line of JSON: a process of its own, so that memory is this night's alone. */
async function main(): Promise<void> {
  const { project, out, date, ...engineOptions } = JSON.parse(process.argv[2] as string) as NightTask;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const definitions = await loadDefinitions(project);
  const engine = await openDuckDbEngine({ root: out, ...engineOptions });
  let planned = 0;
  let modelled = 0;
  const ports = { engine, store: openLocalStore(out), catalog: openLocalCatalog(out), clock: systemClock };
  const events = {
    planned: () => {
      planned = performance.now();
    },
    modelDone: () => {
      modelled = performance.now();
    },
  };
  const manifest = await walkNight({ ports, definitions, hashSalt: undefined }, { run_date: date, events });
  const ended = performance.now();
  const used = process.cpuUsage(cpu);
  const { steps } = manifest.cost;
  const cost: NightCost = {
    wall: (ended - began) / 1000,
    cpu: (used.user + used.system) / 1e6,
    plan: (planned - began) / 1000,
    models: (modelled - planned) / 1000,
    publish: (ended - modelled) / 1000,
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    people: manifest.tables.find(({ name }) => name === 'people')?.rows ?? 0,
    write_sum: steps.reduce((sum, step) => sum + step.seconds, 0),
    check_sum: steps.reduce((sum, step) => sum + step.check_seconds, 0),
    steps: steps.map(({ model, seconds, check_seconds, rows }) => ({ model, seconds, check_seconds, rows })),
  };
  await engine.close();
  process.stdout.write(`${JSON.stringify(cost)}\n`);
}

if (require.main === module) runMain(main);
