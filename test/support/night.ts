import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { walkNight } from '../../src/cli/walk';
import type { Definitions } from '../../src/core/definitions';
import type { Manifest, Pointer } from '../../src/core/snapshots/manifest';
import { openLocalCatalog } from '../../src/engines/duckdb/catalog';
import { openLocalStore } from '../../src/engines/duckdb/object-store';
import { openDuckDbEngine } from '../../src/engines/duckdb/query-engine';
import type { Ports, StepContext } from '../../src/pipeline/context';
import { planRun } from '../../src/pipeline/plan-run';
import { loadDefinitions } from '../../src/project/load-definitions';

/** The clock of the tests: shops made for them end long before it. */
export const TODAY = Date.parse('2025-06-15T10:00:00Z');

export interface NightOptions {
  now?: number;
  /** Puts something around a port: faults, races, counters. */
  wrap?: (ports: Ports) => Ports;
  /** Loaded before, where a test runs many nights of one project. */
  definitions?: Definitions;
  hashSalt?: string;
}

/** The real ports over `out`, closed afterwards. */
export async function withContext<T>(
  project: string,
  out: string,
  options: NightOptions,
  work: (context: StepContext) => Promise<T>,
): Promise<T> {
  const definitions = options.definitions ?? (await loadDefinitions(project));
  const engine = await openDuckDbEngine({ root: out, memoryLimit: '600MB', threads: 1 });
  try {
    const ports: Ports = {
      engine,
      store: openLocalStore(out),
      catalog: openLocalCatalog(out),
      clock: { now: () => options.now ?? TODAY },
    };
    return await work({ ports: options.wrap ? options.wrap(ports) : ports, definitions, hashSalt: options.hashSalt });
  } finally {
    await engine.close();
  }
}

/** Publishes nights of a project into `out`, one after another in this process, with the real engine; their manifests. */
export async function runNights(
  project: string,
  out: string,
  dates: readonly (string | undefined)[],
  options: NightOptions = {},
): Promise<Manifest[]> {
  return withContext(project, out, options, async (context) => {
    const manifests: Manifest[] = [];
    for (const run_date of dates) manifests.push(await walkNight(context, { run_date }));
    return manifests;
  });
}

export async function runNight(
  project: string,
  out: string,
  date?: string,
  options: NightOptions = {},
): Promise<Manifest> {
  const [manifest] = await runNights(project, out, [date], options);
  return manifest as Manifest;
}

export const pointerText = (out: string): string => readFileSync(join(out, 'current.json'), 'utf8');
export const readPointer = (out: string): Pointer => JSON.parse(pointerText(out)) as Pointer;
export const manifestOf = (out: string, night: string): Manifest =>
  JSON.parse(readFileSync(join(out, readPointer(out).nights[night] as string), 'utf8')) as Manifest;

/** A value as the content hash writes it: dates as ISO days, decimals at their scale, all else as text; null stays. */
export type TableRow = Record<string, string | null>;

/** Rows of a published table, read from the files its manifest names by a Parquet reader that is not the engine's. */
export async function readTable(out: string, manifest: Manifest, name: string): Promise<TableRow[]> {
  const table = manifest.tables.find((candidate) => candidate.name === name);
  if (!table) throw new Error(`the manifest has no table ${name}`);
  const rows: TableRow[] = [];
  for (const file of table.files) {
    const found = await parquetReadObjects({
      file: await asyncBufferFromFile(join(out, file.key)),
      compressors,
      utf8: true,
    });
    for (const row of found)
      rows.push(Object.fromEntries(table.columns.map(({ name, type }) => [name, textOf(row[name], type)])));
  }
  return rows;
}

function textOf(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
  return scale ? Number(value).toFixed(Number(scale)) : String(value);
}

export const hashesOf = (manifest: Manifest): Record<string, string> =>
  Object.fromEntries(manifest.tables.map((table) => [table.name, table.content_hash]));

export const sorted = (rows: readonly TableRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** The run id that the first step decides on, without running anything. */
export function planRunId(project: string, out: string, date: string, now = TODAY): Promise<string> {
  return withContext(project, out, { now }, async (context) => (await planRun({ run_date: date }, context)).run_id);
}
