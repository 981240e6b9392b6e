import type { Column, Table } from '@aws-sdk/client-glue';
import { DefinitionError } from '../../core/errors';
import type { SourceWindow } from '../../core/sources/relation';
import { ObjectsHash } from './fingerprints';
import { listPartitions, type PartitionPlace } from './glue';
import { listObjects, type S3Place, s3Place } from './listing';
import { type DayRange, dayRange } from './partition-days';
import { foreignFormat, isProjected, mayLieIn } from './projection';
import type { AwsClients } from './settings';

export interface FoundFiles {
  fingerprint: string;
  bytes: number;
  files: number;
}

/** Hive's name for the partition of rows without a value. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

/**
 * Fingerprint of the files of a Hive table, of the days of the window alone: its version in Glue, and names, sizes and
 * ETags of its objects, with names relative to the table.
 *
 * @returns undefined for a table whose data do not lie on S3.
 */
export async function hashFiles(
  clients: AwsClients,
  source: string,
  table: Table,
  window: SourceWindow | undefined,
): Promise<FoundFiles | undefined> {
  const place = s3Place(table.StorageDescriptor?.Location);
  const parameters = table.Parameters ?? {};
  const days = window && daysOf(source, table, window);
  if (!place) return undefined;
  const hash = new ObjectsHash([table.VersionId ?? '']);
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name ?? '');
  if (keys.length === 0) await addAll(clients, hash, place, tableName(table));
  else if (isProjected(parameters)) {
    const isWanted =
      window && days
        ? mayLieIn(`s3://${place.bucket}/${place.prefix}`, keys, parameters, window.column, days)
        : () => true;
    await addAll(clients, hash, place, tableName(table), isWanted);
  } else await addPartitions(clients, hash, place, table, await partitionsOf(clients, source, table, window, days));
  return { fingerprint: hash.digest(), bytes: hash.bytes, files: hash.files };
}

const tableName = (table: Table): string => `${table.DatabaseName}.${table.Name}`;

async function addAll(
  { s3 }: AwsClients,
  hash: ObjectsHash,
  place: S3Place,
  table: string,
  isWanted: (uri: string) => boolean = () => true,
): Promise<void> {
  for await (const entry of listObjects(s3, place, table))
    if (isWanted(`s3://${place.bucket}/${entry.key}`)) hash.add(entry.key.slice(place.prefix.length), entry);
}

async function addPartitions(
  { s3 }: AwsClients,
  hash: ObjectsHash,
  place: S3Place,
  table: Table,
  partitions: readonly PartitionPlace[],
): Promise<void> {
  const within = new Set<string>();
  const elsewhere: { name: string; place: S3Place }[] = [];
  for (const { values, location } of partitions) {
    const own = s3Place(location);
    if (own?.bucket === place.bucket && own.prefix.startsWith(place.prefix)) within.add(own.prefix);
    else if (own) elsewhere.push({ name: values.map(encodeURIComponent).join('/'), place: own });
  }
  await addRange(s3, hash, place, within, tableName(table));
  for (const other of elsewhere.sort((a, b) => byBytes(a.name, b.name)))
    for await (const entry of listObjects(s3, other.place, tableName(table)))
      hash.add(`${other.name}/${entry.key.slice(other.place.prefix.length)}`, entry);
}

/** One listing from the first partition to the last: S3 lists in the order of keys, and days lie side by side. */
async function addRange(
  s3: AwsClients['s3'],
  hash: ObjectsHash,
  place: S3Place,
  prefixes: ReadonlySet<string>,
  table: string,
): Promise<void> {
  const sorted = [...prefixes].sort(byBytes);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return;
  for await (const entry of listObjects(s3, place, table, first)) {
    if (liesIn(entry.key, prefixes)) hash.add(entry.key.slice(place.prefix.length), entry);
    else if (byBytes(entry.key, last) > 0 && !entry.key.startsWith(last)) return;
  }
}

function liesIn(key: string, prefixes: ReadonlySet<string>): boolean {
  for (let slash = key.lastIndexOf('/'); slash >= 0; slash = slash === 0 ? -1 : key.lastIndexOf('/', slash - 1))
    if (prefixes.has(key.slice(0, slash + 1))) return true;
  return prefixes.has('');
}

/** The order of S3, which is not that of JavaScript for every character. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function partitionsOf(
  { glue }: AwsClients,
  source: string,
  table: Table,
  window: SourceWindow | undefined,
  days: DayRange | undefined,
): Promise<PartitionPlace[]> {
  const index = window ? keyIndex(table, window) : -1;
  const isWanted = ({ values }: PartitionPlace): boolean => {
    const value = values[index] ?? '';
    if (!days) return true;
    if (value === NO_VALUE) return false;
    if (!days.isDay(value)) throw notDays(source, table, table.PartitionKeys?.[index] as Column);
    return days.holds(value);
  };
  const found: PartitionPlace[] = [];
  for await (const partition of listPartitions(glue, table, days?.expression))
    if (isWanted(partition)) found.push(partition);
  // No partition in range may mean that the key is compared with something else than it holds.
  if (days && found.length === 0)
    for await (const partition of listPartitions(glue, table, undefined, 1)) {
      isWanted(partition);
      break;
    }
  return found;
}

function keyIndex(table: Table, { column }: SourceWindow): number {
  return (table.PartitionKeys ?? []).findIndex(({ Name }) => Name?.toLowerCase() === column.toLowerCase());
}

function daysOf(source: string, table: Table, window: SourceWindow): DayRange {
  const key = table.PartitionKeys?.[keyIndex(table, window)];
  if (!key?.Name) {
    const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name).join(', ');
    throw new DefinitionError({
      code: 'partition_unknown',
      found: `source ${source}: ${tableName(table)} is not partitioned by ${window.column}${keys ? `, but by ${keys}` : ', nor by anything else'}`,
      remedy: keys ? `write one of ${keys} as partition.column of ${source}` : `take \`partition\` of ${source} out`,
    });
  }
  const days = dayRange({ ...window, column: key.Name }, key.Type ?? '');
  const isForeign = isProjected(table.Parameters ?? {}) && foreignFormat(table.Parameters ?? {}, key.Name);
  if (!days || isForeign) throw notDays(source, table, key);
  return days;
}

function notDays(source: string, table: Table, { Name, Type }: Column): DefinitionError {
  return new DefinitionError({
    code: 'partition_not_days',
    found: `source ${source}: the partition key ${Name} (${Type}) of ${tableName(table)} does not hold whole days`,
    remedy: `name a key that holds days as a date, as text YYYY-MM-DD or as an integer yyyymmdd, or take \`partition\` of ${source} out`,
  });
}
