import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetDatabaseCommand,
  type GlueClient,
  type Table,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { EngineError } from '../../core/errors';
import type { ModelSet } from '../../core/models/graph';
import { sideBySide } from '../../core/side-by-side';
import type { Manifest } from '../../core/snapshots/manifest';
import type { CatalogChanges } from '../../ports/catalog';
import type { QueryEngine } from '../../ports/query-engine';
import { runToEnd } from '../../ports/run-to-end';
import { mapAwsError } from './errors';
import {
  createPartitions,
  demandSamePlace,
  demandTable,
  getTable,
  isSamePlace,
  listPartitions,
  type PartitionPlace,
  unlessMissing,
} from './glue';
import { attemptOf } from './parts';
import type { AthenaSettings } from './settings';
import { attemptsTable, CURRENT_RUN, catalogTables, runsTable, type TableDefinition } from './tables';
import { currentRunSql, decodeView, isOwnView, isSameView, publicViewSql, type StoredView } from './views';

/**
 * Makes Glue hold database, tables and views of the models, and the partitions of published nights.
 *
 * @throws DefinitionError as catalogTables; EngineError column_type_changed or table_elsewhere, SnapshotIntegrityError
 *   partition_elsewhere: what is there already is for a person to judge.
 */
export async function rebuildCatalog(
  settings: AthenaSettings,
  glue: GlueClient,
  engine: QueryEngine,
  models: ModelSet,
  manifests: readonly Manifest[],
): Promise<CatalogChanges> {
  const { database } = settings;
  const { tables, views } = catalogTables(models, settings);
  // The view that the others name is made first; it names no run yet, and whoever rebuilds lets it follow the pointer.
  const current: WantedView = { name: CURRENT_RUN, sql: currentRunSql(database, undefined), isRight: () => true };
  const others = views.map((view): WantedView => {
    const sql = publicViewSql(database, view);
    return { name: view.name, sql, isRight: (stored) => isSameView(stored, sql) };
  });
  const wrong = await sideBySide([current, ...others], async (view) => {
    const stored = await ownView(glue, database, view.name);
    return stored === undefined || !view.isRight(stored);
  });
  const isNew = await makeDatabase(glue, database);
  const added = await sideBySide(tables, (definition) => makeTable(glue, database, definition));
  const wanted = [...wantedPartitions(settings, tables, manifests)];
  const made = await sideBySide(wanted, ([name, partitions]) => makePartitions(glue, database, name, partitions));
  const newViews = [current, ...others].filter((_, index) => wrong[index]);
  if (newViews.includes(current)) await runToEnd(engine, { sql: current.sql });
  await sideBySide(
    newViews.filter((view) => view !== current),
    ({ sql }) => runToEnd(engine, { sql }),
  );
  const newTables = tables.filter((_, index) => added[index] === undefined);
  const extended = tables.flatMap(({ Name: table }, index) => {
    const columns = added[index] ?? [];
    return columns.length > 0 ? [{ table, columns }] : [];
  });
  const all = tables.length + others.length + 1;
  return {
    made: [...(isNew ? [database] : []), ...newTables.map(({ Name }) => Name), ...newViews.map(({ name }) => name)],
    extended,
    unchanged: all - newTables.length - extended.length - newViews.length,
    partitions: {
      made: made.reduce((sum, count) => sum + count, 0),
      unchanged: wanted.reduce((sum, [, { length }], index) => sum + length - (made[index] as number), 0),
    },
  };
}

async function makeDatabase(glue: GlueClient, database: string): Promise<boolean> {
  try {
    if (await unlessMissing(glue.send(new GetDatabaseCommand({ Name: database })))) return false;
  } catch (error) {
    throw mapAwsError(error, { table: database, action: 'glue:GetDatabase' });
  }
  const input = { Name: database, Description: 'Customer segments, a projection of the manifests of Tidemark' };
  await unlessThere(glue.send(new CreateDatabaseCommand({ DatabaseInput: input })), database, 'glue:CreateDatabase');
  return true;
}

/** Somebody who made it at the same time made the same. */
async function unlessThere(call: Promise<unknown>, table: string, action: string): Promise<void> {
  await call.catch((error: unknown) => {
    if ((error as { name?: unknown } | null)?.name !== 'AlreadyExistsException')
      throw mapAwsError(error, { table, action });
  });
}

/** @returns the columns it was given, undefined for a table that was missing. */
async function makeTable(
  glue: GlueClient,
  database: string,
  definition: TableDefinition,
): Promise<string[] | undefined> {
  const name = `${database}.${definition.Name}`;
  const found = await getTable(glue, database, definition.Name);
  if (!found) {
    const command = new CreateTableCommand({ DatabaseName: database, TableInput: definition });
    await unlessThere(glue.send(command), name, 'glue:CreateTable');
    return undefined;
  }
  const added = missingColumns(name, found, definition);
  if (added.length === 0) return [];
  // Glue's own columns keep their places: partitions of earlier nights have them in that order.
  const columns = [...(found.StorageDescriptor?.Columns ?? []), ...added];
  const input = { ...definition, StorageDescriptor: { ...definition.StorageDescriptor, Columns: columns } };
  await glue.send(new UpdateTableCommand({ DatabaseName: database, TableInput: input })).catch((error: unknown) => {
    throw mapAwsError(error, { table: name, action: 'glue:UpdateTable' });
  });
  return added.map((column) => column.Name);
}

/** Columns of the models that a table of Glue does not have yet. */
export function missingColumns(
  name: string,
  found: Table,
  { StorageDescriptor: { Columns, Location } }: TableDefinition,
): TableDefinition['StorageDescriptor']['Columns'] {
  if (!isSamePlace(found.StorageDescriptor?.Location, Location)) {
    throw new EngineError({
      code: 'table_elsewhere',
      place: { table: name },
      found: `this table is there already and shows ${found.StorageDescriptor?.Location ?? 'no files'}`,
      remedy: `name another database with --database or TIDEMARK_DATABASE: this one belongs to another --out, or to somebody else`,
    });
  }
  const known = new Map((found.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => [Name, Type]));
  const changed = Columns.find(({ Name, Type }) => known.has(Name) && known.get(Name)?.toLowerCase() !== Type);
  if (changed) {
    throw new EngineError({
      code: 'column_type_changed',
      place: { table: name, column: changed.Name },
      found: `this column is ${known.get(changed.Name)} in Glue and ${changed.Type} in the models`,
      remedy:
        'delete the table in Glue and run `npx tidemark catalog` again; files of earlier nights keep the type they have and cannot be read as the new one',
    });
  }
  return Columns.filter(({ Name }) => !known.has(Name));
}

/** Of every kept night: what its public tables show, and every attempt that a later run may read of it. */
function wantedPartitions(
  { bucket, prefix: root }: AthenaSettings,
  tables: readonly TableDefinition[],
  manifests: readonly Manifest[],
): Map<string, PartitionPlace[]> {
  const wanted = new Map<string, Map<string, PartitionPlace>>();
  const add = (name: string, values: string[], prefix: string): void => {
    if (!tables.some((table) => table.Name === name)) return;
    const known = wanted.get(name) ?? new Map<string, PartitionPlace>();
    wanted.set(name, known.set(values.join('/'), { values, location: `s3://${bucket}/${root}${prefix}` }));
  };
  for (const manifest of manifests) {
    const frozen = Object.entries(manifest.parameters).map(([name, { prefix }]) => ({ name, prefix }));
    const months = Object.entries(manifest.rollups ?? {}).flatMap(([name, { parts }]) =>
      parts.map(({ prefix }) => ({ name, prefix })),
    );
    for (const { name, prefix } of [...manifest.tables, ...frozen, ...months]) {
      const { runId, attempt } = attemptOf(name, prefix);
      add(attemptsTable(name), [runId, attempt], prefix);
    }
    for (const { name, prefix } of manifest.tables) add(runsTable(name), [manifest.run_id], prefix);
  }
  return new Map([...wanted].map(([name, partitions]) => [name, [...partitions.values()]]));
}

/** @returns how many were missing. */
async function makePartitions(
  glue: GlueClient,
  database: string,
  name: string,
  wanted: readonly PartitionPlace[],
): Promise<number> {
  const table = await demandTable(glue, database, name);
  const there = new Map<string, string>();
  for await (const { values, location } of listPartitions(glue, table)) there.set(values.join('/'), location);
  const missing = wanted.filter(({ values }) => !there.has(values.join('/')));
  for (const partition of wanted) {
    const found = there.get(partition.values.join('/'));
    if (found !== undefined) demandSamePlace(`${database}.${name}`, found, partition);
  }
  await createPartitions(glue, table, missing);
  return missing.length;
}

interface WantedView {
  name: string;
  sql: string;
  /** Whether one that is there already shows what this one would. */
  isRight(stored: StoredView): boolean;
}

/**
 * A view of this product under a name; undefined where there is none yet.
 *
 * @throws EngineError table_elsewhere where the name is taken by what somebody else made: replacing a view would lose it.
 */
export async function ownView(glue: GlueClient, database: string, name: string): Promise<StoredView | undefined> {
  const found = await getTable(glue, database, name);
  const stored = decodeView(found?.ViewOriginalText);
  if (!found || (stored && isOwnView(name, stored))) return stored;
  throw new EngineError({
    code: 'table_elsewhere',
    place: { table: `${database}.${name}` },
    found: `a ${stored ? 'view' : 'table'} of somebody else has this name, which Tidemark needs for a view of its own`,
    remedy: 'name another database with --database or TIDEMARK_DATABASE: one that holds nothing but tables of Tidemark',
  });
}
