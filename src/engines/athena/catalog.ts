import type { Table } from '@aws-sdk/client-glue';
import { EngineError, SnapshotIntegrityError, TransientEngineError } from '../../core/errors';
import type { ModelSet } from '../../core/models/graph';
import type { Column } from '../../core/models/sidecar';
import type { SourceLocation } from '../../core/project-file';
import { sideBySide } from '../../core/side-by-side';
import type { Manifest, ManifestFile, Pointer } from '../../core/snapshots/manifest';
import { checkPrefix } from '../../core/snapshots/paths';
import type { SourceWindow } from '../../core/sources/relation';
import { identifier, textLiteral } from '../../core/sql/literals';
import { monthsCondition } from '../../core/sql/months';
import type { Catalog, CatalogChanges, Inspection, SourceColumn, SourceRelation, TablePart } from '../../ports/catalog';
import type { QueryEngine } from '../../ports/query-engine';
import { runToEnd } from '../../ports/run-to-end';
import { createPartitions, deletePartitions, demandTable, getTable } from './glue';
import { catalogInspections, outdated } from './inspect';
import { listObjects } from './listing';
import { describeRelation } from './looks';
import { newestPartitionDay } from './newest-day';
import { parquetRows } from './parquet-rows';
import { attemptOf } from './parts';
import { rebuildCatalog } from './rebuild';
import type { AthenaSettings, AwsClients } from './settings';
import { findSource } from './sources';
import { attemptsTable, CURRENT_RUN, runsTable } from './tables';
import { currentRunSql, decodeView, runOfView } from './views';

/** How often the view of the published run is set anew before it is given up: each time another run has won meanwhile. */
const MOST_RACES = 20;

/**
 * Tables as partitions of Glue over the prefixes that runs write, sources as tables of any Glue database.
 *
 * @param engine runs what Glue has no call for: views, and the types of a query's columns.
 */
export function openAthenaCatalog(settings: AthenaSettings, clients: AwsClients, engine: QueryEngine): Catalog {
  return new AthenaCatalog(settings, clients, engine);
}

class AthenaCatalog implements Catalog {
  /** Tables as Glue has them: new partitions take over their columns and format. */
  private readonly tables = new Map<string, Promise<Table>>();
  /** Columns of those tables that have been looked at. */
  private readonly known = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly settings: AthenaSettings,
    private readonly clients: AwsClients,
    private readonly engine: QueryEngine,
  ) {}

  relation(table: string, columns: readonly Column[], parts: readonly TablePart[]): string {
    if (parts.length === 0) {
      const nulls = columns.map((column) => `cast(null as ${column.type}) as ${identifier(column.name)}`);
      return `(select ${nulls.join(', ')} where false)`;
    }
    this.demandColumns(attemptsTable(table), columns);
    const names = columns.map((column) => identifier(column.name)).join(', ');
    const name = `${identifier(this.settings.database)}.${identifier(attemptsTable(table))}`;
    const partitions = parts.map((part) => {
      const { runId, attempt } = attemptOf(table, part.prefix);
      const conditions = [`run_id = ${textLiteral(runId)}`, `attempt = ${textLiteral(attempt)}`];
      return `(${[...conditions, ...[monthsCondition(part) ?? []].flat()].join(' and ')})`;
    });
    return `(select ${names} from ${name} where ${partitions.join(' or ')})`;
  }

  async register(table: string, runId: string, attempt: number, part: TablePart): Promise<void> {
    attemptOf(table, part.prefix);
    const partition = { values: [runId, String(attempt)], location: this.locationOf(part.prefix) };
    await createPartitions(this.clients.glue, await this.table(attemptsTable(table)), [partition]);
  }

  async files({ prefix }: TablePart, rows: number): Promise<ManifestFile[]> {
    checkPrefix(prefix);
    const { bucket, prefix: root } = this.settings;
    const found: { key: string; bytes: number }[] = [];
    for await (const { key, bytes } of listObjects(this.clients.s3, { bucket, prefix: `${root}${prefix}` }, undefined))
      found.push({ key, bytes });
    const [only] = found;
    const counts =
      found.length === 1 && only
        ? [rows]
        : await sideBySide(found, ({ key, bytes }) => parquetRows(this.clients.s3, bucket, key, bytes));
    const sum = counts.reduce((total, count) => total + count, 0);
    if (sum !== rows) {
      throw new SnapshotIntegrityError({
        code: 'files_damaged',
        place: { key: prefix },
        found: `the files of an attempt hold ${sum} rows where its check counted ${rows}`,
        remedy: 'run the night again: every attempt writes to a folder of its own',
      });
    }
    return found.map(({ key, bytes }, index) => {
      return { key: key.slice(root.length), bytes, rows: counts[index] as number };
    });
  }

  async publish(runId: string, tables: readonly { name: string; prefix: string }[]): Promise<void> {
    await sideBySide(tables, async ({ name, prefix }) => {
      attemptOf(name, prefix);
      const partition = { values: [runId], location: this.locationOf(prefix) };
      await createPartitions(this.clients.glue, await this.table(runsTable(name)), [partition]);
    });
  }

  async forget(
    runId: string,
    attempts: readonly { table: string; attempt: number }[],
    published: readonly string[],
  ): Promise<void> {
    const byTable = new Map<string, string[][]>();
    for (const { table, attempt } of attempts) {
      const name = attemptsTable(table);
      byTable.set(name, [...(byTable.get(name) ?? []), [runId, String(attempt)]]);
    }
    for (const table of published) byTable.set(runsTable(table), [[runId]]);
    await sideBySide([...byTable], ([name, values]) =>
      deletePartitions(this.clients.glue, this.settings.database, name, values),
    );
  }

  async follow(readPointer: () => Promise<Pointer | undefined>): Promise<void> {
    for (let race = 0; race < MOST_RACES; race += 1) {
      const pointer = await readPointer();
      const shown = pointer && (await this.shownRun());
      if (!pointer || shown === pointer.run_id) return;
      try {
        await runToEnd(this.engine, { sql: currentRunSql(this.settings.database, pointer) });
      } catch (error) {
        // Glue refuses one of two changes at once: where the other one came through, the pointer decides again.
        if ((await this.shownRun()) === shown) throw error;
      }
    }
    throw new TransientEngineError({
      code: 'view_lags',
      place: { table: `${this.settings.database}.${CURRENT_RUN}` },
      found: 'the view of the published run was changed by others again and again',
      remedy: 'run the night again: what is published is safe, and the view follows it',
    });
  }

  rebuild(models: ModelSet, manifests: readonly Manifest[]): Promise<CatalogChanges> {
    this.tables.clear();
    this.known.clear();
    return rebuildCatalog(this.settings, this.clients.glue, this.engine, models, manifests);
  }

  inspections(models: ModelSet, probe: string, readPointer: () => Promise<Pointer | undefined>): Inspection[] {
    const { settings, engine } = this;
    return catalogInspections({ settings, engine, glue: this.clients.glue }, models, probe, async () => {
      await runToEnd(engine, { sql: currentRunSql(settings.database, await readPointer()) });
      // Another run may have been published meanwhile.
      await this.follow(readPointer);
    });
  }

  source(name: string, location: SourceLocation, window?: SourceWindow): Promise<SourceRelation> {
    return findSource(this.clients, name, location, window);
  }

  newestDay(name: string, location: SourceLocation, window: SourceWindow): Promise<string | null | undefined> {
    return newestPartitionDay(this.clients, name, location, window);
  }

  async columnsOf(name: string, relation: string): Promise<SourceColumn[]> {
    try {
      return await describeRelation(this.engine, this.clients.athena, relation);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'query_invalid') throw error;
      throw new EngineError({
        code: 'query_invalid',
        place: { table: name },
        found: `the query of source ${name}: ${error.found}`,
        remedy: `mend the query of ${name}, or the tables that it reads`,
      });
    }
  }

  /** The run that readers of the public views see. */
  private async shownRun(): Promise<string | undefined> {
    const view = await getTable(this.clients.glue, this.settings.database, CURRENT_RUN);
    return runOfView(decodeView(view?.ViewOriginalText));
  }

  private locationOf(prefix: string): string {
    checkPrefix(prefix);
    return `s3://${this.settings.bucket}/${this.settings.prefix}${prefix}`;
  }

  private table(name: string): Promise<Table> {
    const found = this.tables.get(name) ?? demandTable(this.clients.glue, this.settings.database, name);
    this.tables.set(name, found);
    found.then(
      ({ StorageDescriptor }) =>
        this.known.set(name, new Set((StorageDescriptor?.Columns ?? []).map(({ Name }) => Name ?? ''))),
      () => this.tables.delete(name),
    );
    return found;
  }

  /** After an update of Tidemark its tables in Glue may lack what the models have since. */
  private demandColumns(name: string, columns: readonly Column[]): void {
    const known = this.known.get(name);
    const lacking = columns.find((column) => known && !known.has(column.name));
    if (!lacking) return;
    throw outdated(`${this.settings.database}.${name}`, lacking.name);
  }
}
