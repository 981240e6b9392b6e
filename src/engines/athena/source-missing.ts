import { type GlueClient, paginateGetDatabases, paginateGetTables } from '@aws-sdk/client-glue';
import { SourceContractError } from '../../core/errors';
import { nearest } from '../../core/nearest';
import { mapAwsError } from './errors';
import { unlessMissing } from './glue';

/** What to tell of a table that does not exist: whether its database does, and the nearest name there is. */
export async function missingTable(
  glue: GlueClient,
  source: string,
  database: string,
  name: string,
): Promise<SourceContractError> {
  const tables = await unlessMissing(tableNames(glue, database)).catch(refuse(`${database}.*`, 'glue:GetTables'));
  if (tables) {
    const near = nearest(name, tables);
    const hint = near ? ` Did you mean ${database}.${near}?` : '';
    return missing(source, `there is no table ${name} in the Glue database ${database}.${hint}`);
  }
  const databases = await databaseNames(glue).catch(refuse(database, 'glue:GetDatabases'));
  const near = nearest(database, databases);
  return missing(source, `there is no Glue database ${database}.${near ? ` Did you mean ${near}.${name}?` : ''}`);
}

async function tableNames(glue: GlueClient, database: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateGetTables({ client: glue }, { DatabaseName: database }))
    names.push(...(page.TableList ?? []).flatMap(({ Name }) => Name ?? []));
  return names;
}

async function databaseNames(glue: GlueClient): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateGetDatabases({ client: glue }, {}))
    names.push(...(page.DatabaseList ?? []).flatMap(({ Name }) => Name ?? []));
  return names;
}

/** The hint is worth no failure of its own: who may not list names is told without them. */
function refuse(table: string, action: string): (error: unknown) => string[] {
  return (error) => {
    const mapped = mapAwsError(error, { table, action });
    if (/denied/.test(mapped.code)) return [];
    throw mapped;
  };
}

function missing(source: string, found: string): SourceContractError {
  return new SourceContractError({
    code: 'source_missing',
    place: { table: source },
    found: `source ${source}: ${found}`,
    remedy: `mend \`from\` of ${source}, or check AWS_REGION: every region has a Glue catalog of its own`,
  });
}
