import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GlueClient } from '@aws-sdk/client-glue';
import { BatchCreatePartitionCommand, CreateDatabaseCommand, CreateTableCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parse, stringify } from 'yaml';
import type { SourceRelation } from '../../../src/core/sources/relation';
import { openLocalCatalog } from '../../../src/engines/duckdb/catalog';
import { openDatabase } from '../../../src/engines/duckdb/database';
import { findSources } from '../../../src/pipeline/find-sources';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { BUCKET } from '../servers';

/** Hive types by DuckDB's; decimals keep their own. */
const HIVE_TYPES: Readonly<Record<string, string>> = {
  VARCHAR: 'string',
  BIGINT: 'bigint',
  INTEGER: 'int',
  SMALLINT: 'smallint',
  DOUBLE: 'double',
  FLOAT: 'float',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  'VARCHAR[]': 'array<string>',
};

/**
 * Puts a shop with local files before Athena: each source as Parquet on S3 under a Glue table, all columns as they are.
 *
 * @param database of Glue, made here; its name is also the key prefix of the files.
 * @param partitions text column by source; its table is partitioned by it, one file a value.
 * @param bucket of the files; there already.
 * @returns a project folder like the shop's own, whose sources are these tables.
 */
export async function shareShop(
  shop: string,
  database: string,
  clients: Clients,
  partitions: Readonly<Record<string, string>> = {},
  bucket = BUCKET,
): Promise<string> {
  const definitions = await loadDefinitions(shop);
  const { notes } = await findSources(definitions.project, openLocalCatalog(shop));
  await clients.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const instance = await openDatabase({ memoryLimit: '1GB' });
  const connection = await instance.connect();
  const scratch = mkdtempSync(join(tmpdir(), 'glue-shop-'));
  try {
    for (const [name, source] of Object.entries(notes)) {
      const table = { database, name, bucket, location: `${database}/${name}/`, key: partitions[name] };
      await shareSource(connection, source, table, join(scratch, name), clients);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return writeProject(shop, database);
}

interface Clients {
  s3: S3Client;
  glue: GlueClient;
}

interface Shared {
  database: string;
  name: string;
  bucket: string;
  location: string;
  /** Column that partitions the table. */
  key: string | undefined;
}

async function shareSource(
  connection: DuckDBConnection,
  { relation }: SourceRelation,
  table: Shared,
  folder: string,
  { s3, glue }: Clients,
): Promise<void> {
  const { database, name, bucket, location, key } = table;
  const values = key ? await valuesOf(connection, relation, key) : [undefined];
  mkdirSync(folder);
  let columns: HiveColumn[] = [];
  for (const value of values) {
    const rows = key
      ? `select * exclude (${key}) from ${relation} as files where ${key} = '${value}'`
      : `select * from ${relation} as files`;
    const file = join(folder, `${value ?? 'rows'}.parquet`);
    columns = await writeRows(connection, rows, file);
    const path = `${location}${key ? `${key}=${value}/` : ''}rows.parquet`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: path, Body: readFileSync(file) }));
  }
  const TableInput = tableOf(name, `s3://${bucket}/${location}`, columns, key);
  await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput }));
  if (!key) return;
  const PartitionInputList = values.map((value) => {
    const Location = `s3://${bucket}/${location}${key}=${value}/`;
    return { Values: [value as string], StorageDescriptor: { ...TableInput.StorageDescriptor, Location } };
  });
  await glue.send(new BatchCreatePartitionCommand({ DatabaseName: database, TableName: name, PartitionInputList }));
}

async function valuesOf(connection: DuckDBConnection, relation: string, key: string): Promise<string[]> {
  const found = await connection.runAndReadAll(`select distinct ${key} from ${relation} as files order by ${key}`);
  return found.getRows().map(([value]) => String(value));
}

interface HiveColumn {
  Name: string;
  Type: string;
}

async function writeRows(connection: DuckDBConnection, sql: string, file: string): Promise<HiveColumn[]> {
  await connection.run(`copy (${sql}) to '${file}' (format parquet, compression zstd)`);
  const described = await connection.runAndReadAll(`describe select * from read_parquet('${file}')`);
  return described.getRowObjects().map((row) => {
    const type = String(row.column_type);
    return { Name: String(row.column_name).toLowerCase(), Type: HIVE_TYPES[type] ?? type.toLowerCase() };
  });
}

function tableOf(name: string, location: string, columns: HiveColumn[], key: string | undefined) {
  return {
    Name: name,
    PartitionKeys: key ? [{ Name: key, Type: 'string' }] : [],
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', classification: 'parquet' },
    StorageDescriptor: {
      Columns: columns,
      Location: location,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}

function writeProject(shop: string, database: string): string {
  const project = mkdtempSync(join(tmpdir(), 'glue-project-'));
  const file = parse(readFileSync(join(shop, 'tidemark.yml'), 'utf8')) as {
    sources: Record<string, { from?: unknown; format?: unknown }>;
  };
  for (const [name, source] of Object.entries(file.sources)) {
    source.from = `${database}.${name}`;
    delete source.format;
  }
  writeFileSync(join(project, 'tidemark.yml'), stringify(file));
  if (existsSync(join(shop, 'segments')))
    cpSync(join(shop, 'segments'), join(project, 'segments'), { recursive: true });
  return project;
}
