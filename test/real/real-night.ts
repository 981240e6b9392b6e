import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { walkNight } from '../../src/cli/walk';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { openLocalCatalog } from '../../src/engines/duckdb/catalog';
import { systemClock } from '../../src/engines/duckdb/clock';
import { openLocalStore } from '../../src/engines/duckdb/object-store';
import { openDuckDbEngine } from '../../src/engines/duckdb/query-engine';
import { loadDefinitions } from '../../src/project/load-definitions';
import { REAL_DATA } from './raw-shops';

const EXAMPLES = resolve(__dirname, '../../examples');
const DATA_AS_WRITTEN = '../../../shared/data';

export type TableRow = Record<string, string | number | boolean | null>;

export interface RealNight {
  manifest: Manifest;
  /** Rows of public tables by name; dates and decimals as text. */
  tables: Record<string, TableRow[]>;
}

/** Runs one night of an example in this process into a temporary folder, reads its public tables, and removes it all. */
export async function realNight(example: string, runDate?: string, horizon?: number): Promise<RealNight> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-real-'));
  const project = join(folder, 'project');
  const out = join(folder, 'out');
  cpSync(join(EXAMPLES, example), project, { recursive: true });
  const file = join(project, 'tidemark.yml');
  const pinned = horizon === undefined ? '' : `predictions: { horizon_days: ${horizon} }\n`;
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(DATA_AS_WRITTEN, REAL_DATA) + pinned);
  try {
    const definitions = await loadDefinitions(project);
    const engine = await openDuckDbEngine({ root: out });
    try {
      const ports = { engine, store: openLocalStore(out), catalog: openLocalCatalog(out), clock: systemClock };
      const manifest = await walkNight({ ports, definitions, hashSalt: undefined }, { run_date: runDate });
      return { manifest, tables: await readTables(manifest, out) };
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readTables(manifest: Manifest, out: string): Promise<Record<string, TableRow[]>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const tables: Record<string, TableRow[]> = {};
  for (const { name, prefix } of manifest.tables) {
    const reader = await connection.runAndReadAll(`select * from '${join(out, prefix)}*.parquet'`);
    tables[name] = reader.getRowObjectsJson() as TableRow[];
  }
  connection.closeSync();
  instance.closeSync();
  return tables;
}
