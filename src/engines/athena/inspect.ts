import { type AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { GetDatabaseCommand, type GlueClient } from '@aws-sdk/client-glue';
import { EngineError } from '../../core/errors';
import type { ModelSet } from '../../core/models/graph';
import type { Inspection } from '../../ports/catalog';
import { mapAwsError } from './errors';
import { demandTable, listPartitions } from './glue';
import { missingColumns } from './rebuild';
import type { AthenaSettings } from './settings';
import { catalogTables } from './tables';

/** The only one whose functions the SQL keeps to. */
const ENGINE_VERSION = 'Athena engine version 3';

/** @throws EngineError workgroup_missing, workgroup_disabled, engine_version or access_denied. */
export async function demandWorkgroup(athena: AthenaClient, workgroup: string): Promise<void> {
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: workgroup })).catch((error: unknown) => {
    throw mapAwsError(error, { workgroup, action: 'athena:GetWorkGroup' });
  });
  if (WorkGroup?.State === 'DISABLED') {
    throw new EngineError({
      code: 'workgroup_disabled',
      found: `workgroup ${workgroup} is disabled`,
      remedy: 'enable it in Athena, or name another one with --workgroup or TIDEMARK_WORKGROUP',
    });
  }
  const version = WorkGroup?.Configuration?.EngineVersion?.EffectiveEngineVersion;
  if (version === ENGINE_VERSION) return;
  throw new EngineError({
    code: 'engine_version',
    found: `workgroup ${workgroup} runs ${version ?? 'an engine version that it does not tell'}`,
    remedy: `set its engine version to ${ENGINE_VERSION}: the SQL is written and tested for that one`,
  });
}

/** The database, then every table that models write: that it is there with all columns, and that partitions can be listed. */
export function catalogInspections(settings: AthenaSettings, glue: GlueClient, models: ModelSet): Inspection[] {
  const { database } = settings;
  const tables = catalogTables(models, settings).tables.map((definition): Inspection => {
    const name = `${database}.${definition.Name}`;
    return {
      name,
      look: async () => {
        const table = await demandTable(glue, database, definition.Name);
        const [lacking] = missingColumns(name, table, definition);
        if (lacking) throw outdated(name, lacking.Name);
        for await (const _ of listPartitions(glue, table, undefined, 1)) break;
      },
    };
  });
  const there: Inspection = {
    name: `database ${database}`,
    look: () =>
      glue.send(new GetDatabaseCommand({ Name: database })).catch((error: unknown) => {
        throw mapAwsError(error, { table: database, action: 'glue:GetDatabase' });
      }),
  };
  return [there, ...tables];
}

/** Where a table lacks a column that models have since. */
export function outdated(table: string, column: string): EngineError {
  return new EngineError({
    code: 'table_outdated',
    place: { table, column },
    found: 'the table in Glue does not have this column of the models yet',
    remedy:
      'run `npx tidemark catalog` with the same --out and --database: it adds what is new; where CloudFormation made the table, deploy',
  });
}
