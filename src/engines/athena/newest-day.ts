import type { Table } from '@aws-sdk/client-glue';
import type { SourceLocation } from '../../core/project-file';
import type { SourceWindow } from '../../core/sources/relation';
import { getTable, listPartitions, type PartitionPlace } from './glue';
import { isIceberg } from './iceberg';
import { listObjects, s3Place } from './listing';
import { isProjected } from './projection';
import type { AwsClients } from './settings';
import { findDayKey } from './source-days';
import { tableNamed } from './source-names';
import { behindLink } from './sources';

/**
 * The newest day of a window whose partition holds files, from Glue and S3 alone.
 *
 * @returns null where no partition of the window holds any; undefined where partitions do not tell: views, Iceberg,
 *   projected partitions, tables without partitions.
 */
export async function newestPartitionDay(
  clients: AwsClients,
  source: string,
  location: SourceLocation,
  window: SourceWindow,
): Promise<string | null | undefined> {
  const { database, name } = tableNamed(source, location);
  const found = await getTable(clients.glue, database, name);
  const table = found && (await behindLink(clients, found));
  if (!table || !hasPartitions(table)) return undefined;
  const { index, days } = await findDayKey(clients, source, table, window);
  const partitions: (PartitionPlace & { day: string })[] = [];
  for await (const partition of listPartitions(clients.glue, table, days.expression)) {
    const day = partition.values[index] ?? '';
    if (days.isDay(day) && days.holds(day)) partitions.push({ ...partition, day });
  }
  for (const { day, location: at } of partitions.sort((a, b) => (a.day < b.day ? 1 : -1)))
    if (await holdsFiles(clients, table, at)) return isoDay(day);
  return null;
}

function hasPartitions({ TableType, Parameters = {}, PartitionKeys = [] }: Table): boolean {
  return TableType !== 'VIRTUAL_VIEW' && !isIceberg(Parameters) && !isProjected(Parameters) && PartitionKeys.length > 0;
}

async function holdsFiles({ s3 }: AwsClients, table: Table, location: string): Promise<boolean> {
  const place = s3Place(location);
  if (!place) return false;
  for await (const { bytes } of listObjects(s3, place, `${table.DatabaseName}.${table.Name}`))
    if (bytes > 0) return true;
  return false;
}

/** 20260131 or 2026-01-31 and what may follow. */
function isoDay(value: string): string {
  return /^\d{8}/.test(value) ? `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}` : value.slice(0, 10);
}
