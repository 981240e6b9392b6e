import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DefinitionError, SnapshotIntegrityError, SourceContractError, type TidemarkError } from '../../core/errors';
import type { Column } from '../../core/models/sidecar';
import type { SourceLocation } from '../../core/project-file';
import type { ManifestFile } from '../../core/snapshots/manifest';
import { checkPrefix } from '../../core/snapshots/paths';
import { monthsCondition } from '../../core/sql/months';
import type { Catalog, CatalogChanges, SourceColumn, SourceRelation, TablePart } from '../../ports/catalog';
import { openDatabase } from './database';
import { interrupted, mapEngineError } from './errors';
import { describeColumns, type Reading, readCsvFiles, readJsonFiles, readParquetFiles } from './readers';
import { sample } from './sample';
import { fingerprintOf, problem, resolveSourceFiles, type SourceFiles } from './source-files';
import { identifier, pathListLiteral } from './sql-text';

/** A catalog whose looks can be ended from outside. */
export interface StoppableCatalog extends Catalog {
  /** Ends the look under way and refuses any other, with EngineError `interrupted`. */
  stop(): void;
}

/** Tables and sources as files: tables under `root`, sources wherever their `from` says. */
export function openLocalCatalog(root: string): StoppableCatalog {
  return new LocalCatalog(resolve(root));
}

class LocalCatalog implements StoppableCatalog {
  /** What files looked like: a night asks several times, and unchanged files need no second look. */
  private readonly known = new Map<string, SourceRelation>();
  private opened: Promise<DuckDBConnection> | undefined;
  private isStopped = false;

  constructor(private readonly root: string) {}

  relation(_table: string, columns: readonly Column[], parts: readonly TablePart[]): string {
    const names = columns.map((column) => identifier(column.name)).join(', ');
    const selects = groupBy(parts, (part) => monthsCondition(part) ?? '').flatMap(([condition, those]) => {
      const files = those.flatMap((part) => this.filesOf(part)).sort();
      if (files.length === 0) return [];
      const where = condition && ` where ${condition}`;
      return [`select ${names} from read_parquet(${pathListLiteral(files)}, hive_partitioning = false)${where}`];
    });
    if (selects.length > 0) return `(${selects.join(' union all ')})`;
    const nulls = columns.map((column) => `cast(null as ${column.type}) as ${identifier(column.name)}`);
    return `(select ${nulls.join(', ')} where false)`;
  }

  async register(): Promise<void> {
    // Files are read by name: an ended attempt is readable as it lies there.
  }

  async files(part: TablePart, rows: number): Promise<ManifestFile[]> {
    const files = this.filesOf(part).map((path) => {
      return { key: `${part.prefix}${basename(path)}`, bytes: statSync(path).size, rows };
    });
    if (files.length === 1) return files;
    throw new SnapshotIntegrityError({
      code: 'files_damaged',
      place: { key: part.prefix },
      found: `an attempt wrote ${files.length} files where it writes one`,
      remedy: 'run the night again: every attempt writes to a folder of its own',
    });
  }

  async publish(): Promise<void> {
    // Readers find tables by the manifest.
  }

  async forget(): Promise<void> {
    // Nothing is remembered of files.
  }

  async follow(): Promise<void> {
    // Readers look at the pointer itself.
  }

  async rebuild(): Promise<CatalogChanges> {
    return { made: [], extended: [], unchanged: 0, partitions: { made: 0, unchanged: 0 } };
  }

  inspections(): [] {
    // There is nothing beside the files.
    return [];
  }

  async source(name: string, location: SourceLocation): Promise<SourceRelation> {
    const found = resolveSourceFiles(name, location.from);
    if (location.format && found.kind !== 'csv') throw formatNotUsed(name, found.kind);
    const fingerprint = fingerprintOf(found.files);
    const key = JSON.stringify([name, location, found.files.map((file) => file.path), fingerprint]);
    const known = this.known.get(key) ?? (await this.look(name, location, found, fingerprint));
    this.known.set(key, known);
    return known;
  }

  private async look(
    name: string,
    location: SourceLocation,
    found: SourceFiles,
    fingerprint: string,
  ): Promise<SourceRelation> {
    try {
      const connection = await this.connection();
      const reading = await read(connection, name, found, location);
      const columns = await sample(connection, name, found, reading, () => this.isStopped);
      const bytes = found.files.reduce((sum, file) => sum + file.bytes, 0);
      return { relation: reading.relation, columns, fingerprint, bytes, files: found.files.length };
    } catch (error) {
      throw named(name, found, mapEngineError(error));
    }
  }

  async newestDay(): Promise<undefined> {
    return undefined;
  }

  async columnsOf(name: string, relation: string): Promise<SourceColumn[]> {
    try {
      return await describeColumns(await this.connection(), `${relation} as described`);
    } catch (error) {
      const mapped = mapEngineError(error);
      throw mapped instanceof SourceContractError ? problem(mapped.code, name, mapped.found, mapped.remedy) : mapped;
    }
  }

  stop(): void {
    this.isStopped = true;
    void this.opened?.then((connection) => connection.interrupt()).catch(() => undefined);
  }

  /** One small database for all looks: opening one costs more than a look. */
  private connection(): Promise<DuckDBConnection> {
    if (this.isStopped) return Promise.reject(interrupted());
    this.opened ??= openDatabase({ memoryLimit: '500MB', threads: 2 }).then((instance) => instance.connect());
    this.opened.catch(() => {
      this.opened = undefined;
    });
    return this.opened;
  }

  private filesOf(part: TablePart): string[] {
    checkPrefix(part.prefix);
    const folder = join(this.root, part.prefix);
    try {
      const names = readdirSync(folder).filter((name) => name.endsWith('.parquet') && !/^[._]|^tmp_/.test(name));
      return names.map((name) => join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw mapEngineError(error);
    }
  }
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups];
}

function read(
  connection: DuckDBConnection,
  name: string,
  found: SourceFiles,
  location: SourceLocation,
): Promise<Reading> {
  if (found.kind === 'csv') return readCsvFiles(name, found.files, location.format);
  if (found.kind === 'json') return readJsonFiles(connection, found.files);
  return readParquetFiles(connection, name, found.files);
}

/** An engine error met while looking at a source names the source, and its file where there is only one. */
function named(source: string, found: SourceFiles, error: TidemarkError): TidemarkError {
  const file = error.place?.file ?? (found.files.length === 1 ? found.files[0]?.path : undefined);
  if (error instanceof SourceContractError && !error.found.startsWith('source '))
    return problem(error.code, source, error.found, error.remedy, file, error.place?.line);
  return error;
}

function formatNotUsed(source: string, kind: string): DefinitionError {
  return new DefinitionError({
    code: 'format_not_used',
    found: `sources.${source}.format describes text files, but the files are ${kind === 'json' ? 'JSON' : 'Parquet'}`,
    remedy: 'take `format` out',
  });
}
