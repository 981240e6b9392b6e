import type { Column, Table } from '@aws-sdk/client-glue';
import { DefinitionError } from '../../core/errors';
import type { SourceWindow } from '../../core/sources/relation';
import { listPartitions } from './glue';
import { type DayRange, dayRange, isText } from './partition-days';
import { dayFormat, isProjected } from './projection';
import type { AwsClients } from './settings';

/** The partition key that a window is about. */
export interface DayKey {
  /** Of the key among the table's. */
  index: number;
  days: DayRange;
  /** Whether its texts say yyyymmdd. */
  isCompactText: boolean;
}

/**
 * Finds the key of a window, and how it writes days: by its type, and where that is text by one of its values.
 *
 * @throws DefinitionError partition_unknown or partition_not_days.
 */
export async function findDayKey(
  clients: AwsClients,
  source: string,
  table: Table,
  window: SourceWindow,
): Promise<DayKey> {
  const keys = table.PartitionKeys ?? [];
  const index = keys.findIndex(({ Name }) => Name?.toLowerCase() === window.column.toLowerCase());
  const key = keys[index];
  if (!key?.Name) throw unknownKey(source, table, window.column);
  const type = key.Type ?? '';
  const parameters = table.Parameters ?? {};
  const sample = isProjected(parameters)
    ? dayFormat(parameters, key.Name)?.replace(/y/g, '2').replace(/[Md]/g, '1')
    : await firstValue(clients, table, index);
  const isCompactText = isText(type) && /^\d{8}$/.test(sample ?? '');
  const days = dayRange({ ...window, column: key.Name }, type, isCompactText);
  if (!days || (sample !== undefined && !days.isDay(sample))) throw notDays(source, table, key);
  return { index, days, isCompactText };
}

/** A value of the key, as far as there is any. */
async function firstValue({ glue }: AwsClients, table: Table, index: number): Promise<string | undefined> {
  for await (const { values } of listPartitions(glue, table, undefined, 5))
    if (/\d/.test(values[index] ?? '')) return values[index];
  return undefined;
}

const tableName = (table: Table): string => `${table.DatabaseName}.${table.Name}`;

function unknownKey(source: string, table: Table, column: string): DefinitionError {
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name).join(', ');
  return new DefinitionError({
    code: 'partition_unknown',
    found: `source ${source}: ${tableName(table)} is not partitioned by ${column}, ${keys ? `but by ${keys}` : 'nor by anything else'}`,
    remedy: keys ? `write one of ${keys} as partition.column of ${source}` : `take \`partition\` of ${source} out`,
  });
}

function notDays(source: string, table: Table, { Name, Type }: Column): DefinitionError {
  return new DefinitionError({
    code: 'partition_not_days',
    found: `source ${source}: the partition key ${Name} (${Type}) of ${tableName(table)} does not hold whole days`,
    remedy: `name a key that holds days as a date, as text YYYY-MM-DD or yyyymmdd, or as an integer yyyymmdd, or take \`partition\` of ${source} out`,
  });
}
