import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceTables } from './sources';

export interface SourceReader {
  partition: string;
  region: string;
  /** Where the nights run. */
  account: string;
  /** Of the roles of the nights, such as /tidemark/corner-store/. */
  rolePath: string;
}

interface Statement {
  Sid: string;
  Effect: 'Allow';
  Principal: { AWS: string };
  Action: string[];
  Resource: string | string[];
  Condition: Record<string, Record<string, string | string[]>>;
}

const READ_TABLES = [
  'glue:GetDatabase',
  'glue:GetTable',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];

/**
 * What the owner of a source adds to the policies of its buckets, keys and Glue catalog where these lie in another account,
 * or shut out everybody who is not named. Files by name, statements as JSON: they are added to a policy, they replace none.
 */
export function sourcePolicies(source: SourceTables, reader: SourceReader): Record<string, string> {
  const { database, locations, keys, owner } = source;
  const buckets = new Map<string, string[]>();
  for (const { bucket, prefix } of locations) buckets.set(bucket, [...(buckets.get(bucket) ?? []), prefix]);
  const files = [...buckets].map(([bucket, prefixes]) => [
    `bucket-${bucket}.json`,
    bucketStatements(bucket, prefixes, reader),
  ]);
  if (keys.length > 0) files.push(['keys.json', [statement('TidemarkDecrypts', ['kms:Decrypt'], '*', reader)]]);
  if (owner) files.push(['catalog.json', [catalogStatement(source, owner, reader)]]);
  return Object.fromEntries(
    files.map(([name, statements]) => [`${database}/${name}`, `${JSON.stringify(statements, null, 2)}\n`]),
  );
}

/** Writes them below `source-policies/` of a folder. */
export function writeSourcePolicies(folder: string, sources: readonly SourceTables[], reader: SourceReader): void {
  for (const source of sources) {
    for (const [name, text] of Object.entries(sourcePolicies(source, reader))) {
      const path = join(folder, 'source-policies', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
}

function bucketStatements(bucket: string, prefixes: readonly string[], reader: SourceReader): Statement[] {
  const arn = `arn:${reader.partition}:s3:::${bucket}`;
  const listed = prefixes.flatMap((prefix) => (prefix === '' ? ['*'] : [prefix, `${prefix}*`, prefix.slice(0, -1)]));
  return [
    statement('TidemarkFindsBucket', ['s3:GetBucketLocation'], arn, reader),
    statement('TidemarkLists', ['s3:ListBucket'], arn, reader, { StringLike: { 's3:prefix': listed } }),
    statement(
      'TidemarkReads',
      ['s3:GetObject'],
      prefixes.map((prefix) => `${arn}/${prefix}*`),
      reader,
    ),
  ];
}

function catalogStatement(
  { database, tables }: SourceTables,
  owner: NonNullable<SourceTables['owner']>,
  reader: SourceReader,
): Statement {
  const glue = `arn:${reader.partition}:glue:${reader.region}:${owner.account}`;
  const name = owner.database ?? database;
  return statement(
    'TidemarkReadsTables',
    READ_TABLES,
    [`${glue}:catalog`, `${glue}:database/${name}`, ...tables.map((table) => `${glue}:table/${name}/${table}`)],
    reader,
  );
}

/** Roles are known by their path before they exist, and a policy may name an account whose roles come and go. */
function statement(
  Sid: string,
  Action: string[],
  Resource: string | string[],
  { partition, account, rolePath }: SourceReader,
  more: Statement['Condition'] = {},
): Statement {
  const iam = `arn:${partition}:iam::${account}`;
  return {
    Sid,
    Effect: 'Allow',
    Principal: { AWS: `${iam}:root` },
    Action,
    Resource,
    Condition: { ArnLike: { 'aws:PrincipalArn': `${iam}:role${rolePath}*` }, ...more },
  };
}
