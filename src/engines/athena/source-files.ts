import type { Table } from '@aws-sdk/client-glue';
import { ObjectsHash } from './fingerprints';
import { listPartitions, type PartitionPlace } from './glue';
import { listObjects, type S3Place, s3Place } from './listing';
import { isProjected, mayLieIn } from './projection';
import type { AwsClients } from './settings';
import type { DayKey } from './source-days';

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
  table: Table,
  key: DayKey | undefined,
): Promise<FoundFiles | undefined> {
  const place = s3Place(table.StorageDescriptor?.Location);
  if (!place) return undefined;
  const parameters = table.Parameters ?? {};
  const hash = new ObjectsHash([table.VersionId ?? '']);
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name ?? '');
  if (keys.length === 0) await addAll(clients, hash, place, tableName(table));
  else if (isProjected(parameters)) {
    const location = `s3://${place.bucket}/${place.prefix}`;
    const isWanted = key ? mayLieIn(location, keys, parameters, keys[key.index] as string, key.days) : () => true;
    await addAll(clients, hash, place, tableName(table), isWanted);
  } else await addPartitions(clients, hash, place, table, await partitionsOf(clients, table, key));
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

/** As a query would choose them: rows without a value are in no range, but in the whole. */
async function partitionsOf({ glue }: AwsClients, table: Table, key: DayKey | undefined): Promise<PartitionPlace[]> {
  const isWanted = (value: string): boolean =>
    !key || (value === NO_VALUE ? !key.days.isBounded : key.days.holds(value));
  const found: PartitionPlace[] = [];
  for await (const partition of listPartitions(glue, table, key?.days.expression))
    if (isWanted(partition.values[key?.index ?? 0] ?? '')) found.push(partition);
  return found;
}
