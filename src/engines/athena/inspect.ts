import { GetDatabaseCommand, type GlueClient } from '@aws-sdk/client-glue';
import { EngineError } from '../../core/errors';
import type { ModelSet } from '../../core/models/graph';
import { identifier } from '../../core/sql/literals';
import type { Inspection } from '../../ports/catalog';
import type { QueryEngine } from '../../ports/query-engine';
import { runToEnd } from '../../ports/run-to-end';
import { mapAwsError } from './errors';
import { createPartitions, deletePartitions, demandTable, listPartitions } from './glue';
import { missingColumns, ownView } from './rebuild';
import type { AthenaSettings } from './settings';
import { attemptsTable, CURRENT_RUN, catalogTables, type PublicView, runsTable, type TableDefinition } from './tables';
import { isSameView, publicViewSql } from './views';
import { rootOf } from './write';

/** Whose rights are tried out, and where. */
export interface Inspected {
  settings: AthenaSettings;
  glue: GlueClient;
  engine: QueryEngine;
}

/**
 * The database, every table that models write, partitions of one table of each kind, the view of the published run, and
 * every public view.
 *
 * @param probe a name that nobody has used: of the partitions that are made and deleted again.
 * @param replaceCurrentRun writes the view of the published run anew, as the pointer says.
 */
export function catalogInspections(
  { settings, glue, engine }: Inspected,
  models: ModelSet,
  probe: string,
  replaceCurrentRun: () => Promise<void>,
): Inspection[] {
  const { database } = settings;
  const { tables, views } = catalogTables(models, settings);
  const current = once({
    name: `view ${database}.${CURRENT_RUN}, replaced by what it says`,
    look: async () => {
      await ownView(glue, database, CURRENT_RUN);
      await replaceCurrentRun();
    },
  });
  const probes = partitionProbes(settings, glue, tables, views, probe).map(once);
  return [
    { name: `database ${database}`, look: () => getDatabase(glue, database) },
    current,
    ...tables.map((definition): Inspection => {
      return { name: `${database}.${definition.Name}`, look: () => lookAtTable(glue, database, definition) };
    }),
    ...probes,
    ...views.map((view): Inspection => {
      return {
        name: `view ${database}.${view.name}`,
        look: async () => {
          // Public views can be read once that one is there; and a query that has listed a partition fails where it is gone by then.
          await Promise.allSettled([current, ...probes].map(({ look }) => look()));
          await lookAtView(glue, engine, database, view);
        },
      };
    }),
  ];
}

/** Looked at once, whoever asks. */
function once({ name, look }: Inspection): Inspection {
  let looked: Promise<unknown> | undefined;
  return {
    name,
    look: () => {
      looked ??= look();
      return looked;
    },
  };
}

async function getDatabase(glue: GlueClient, database: string): Promise<void> {
  await glue.send(new GetDatabaseCommand({ Name: database })).catch((error: unknown) => {
    throw mapAwsError(error, { table: database, action: 'glue:GetDatabase' });
  });
}

/** That it is there with all columns, and that its partitions can be listed. */
async function lookAtTable(glue: GlueClient, database: string, definition: TableDefinition): Promise<void> {
  const table = await demandTable(glue, database, definition.Name);
  const name = `${database}.${definition.Name}`;
  const [lacking] = missingColumns(name, table, definition);
  if (lacking) throw outdated(name, lacking.Name);
  for await (const _ of listPartitions(glue, table, undefined, 1)) break;
}

/** Rights on partitions are given for all tables at once: one working table and one of published runs stand for them. */
function partitionProbes(
  settings: AthenaSettings,
  glue: GlueClient,
  tables: readonly TableDefinition[],
  views: readonly PublicView[],
  probe: string,
): Inspection[] {
  const [view] = views;
  const working = tables.find(({ Name }) => Name.endsWith(attemptsTable('')));
  const names = [working?.Name ?? [], view ? runsTable(view.name) : []].flat();
  return names.map((name): Inspection => {
    return {
      name: `a partition of ${settings.database}.${name}, made and deleted`,
      look: () => tryPartition(settings, glue, name, probe),
    };
  });
}

/** No run has such an id, so that nobody reads it; and there are no files where it points. */
async function tryPartition(settings: AthenaSettings, glue: GlueClient, name: string, probe: string): Promise<void> {
  const { database } = settings;
  const table = await demandTable(glue, database, name);
  const values = (table.PartitionKeys ?? []).map(({ Name }) => (Name === 'run_id' ? `doctor-${probe}` : '0'));
  await createPartitions(glue, table, [{ values, location: `${rootOf(settings)}doctor/${probe}-partition/` }]);
  await deletePartitions(glue, database, name, [values]);
}

/** That it is as these models want it, and that a row of it can be read, where there is one: of one partition, no column. */
async function lookAtView(glue: GlueClient, engine: QueryEngine, database: string, view: PublicView): Promise<void> {
  const table = `${database}.${view.name}`;
  const stored = await ownView(glue, database, view.name);
  if (stored === undefined) await demandTable(glue, database, view.name);
  if (!isSameView(stored, publicViewSql(database, view))) {
    throw new EngineError({
      code: 'table_outdated',
      place: { table },
      found: 'the view in Glue is not the one that the models make now',
      remedy: TO_RENEW,
    });
  }
  await runToEnd(engine, { sql: `select 1 as one from ${identifier(database)}.${identifier(view.name)} as t limit 1` });
}

const TO_RENEW =
  'run `npx tidemark catalog` with the same --out and --database: it makes what is new; where CloudFormation made the tables, deploy';

/** Where a table lacks a column that models have since. */
export function outdated(table: string, column: string): EngineError {
  return new EngineError({
    code: 'table_outdated',
    place: { table, column },
    found: 'the table in Glue does not have this column of the models yet',
    remedy: TO_RENEW,
  });
}
