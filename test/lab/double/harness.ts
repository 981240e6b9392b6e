import { randomUUID } from 'node:crypto';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type Double, type DoubleOptions, startDouble } from './double';

/** A double over the running lab with the SDK's own clients, a database and a place of its own; for tests. */
export interface Harness {
  double: Double;
  athena: AthenaClient;
  glue: GlueClient;
  s3: S3Client;
  database: string;
  /** `s3://lake/<mark>`, empty at the start. */
  place: string;
  /** Starts a statement with a fresh token. */
  start(sql: string, more?: Partial<StartQueryExecutionCommandInput>): Promise<string>;
  /** Waits for its end. */
  end(id: string): Promise<QueryExecution>;
  run(sql: string, more?: Partial<StartQueryExecutionCommandInput>): Promise<QueryExecution>;
  /** Rows of a SELECT without the row of names; NULL as null. */
  rows(sql: string): Promise<(string | null)[][]>;
  /** Keys under a prefix of the place. */
  keys(prefix: string): Promise<string[]>;
  /** A Parquet table over a prefix of the place. */
  table(name: string, columns: string, prefix: string, keys?: string): Promise<void>;
  stop(): Promise<void>;
}

export async function openHarness(name: string, options: Partial<DoubleOptions> = {}): Promise<Harness> {
  const { LAB_TRINO: trino, LAB_S3: s3 } = process.env;
  if (!trino || !s3) throw new Error('no lab is running: use npm run test:lab');
  const double = await startDouble({ trino, s3, ...options });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const common = { region: 'us-east-1', credentials, maxAttempts: 1 };
  const clients = {
    athena: new AthenaClient({ ...common, endpoint: double.athena }),
    glue: new GlueClient({ ...common, endpoint: double.glue }),
    s3: new S3Client({ ...common, endpoint: double.s3, forcePathStyle: true }),
  };
  const database = `double_${name}`;
  await clients.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  return {
    double,
    ...clients,
    ...verbs(clients, database, `double/${name}-${Date.now()}`),
    database,
    stop: () => double.stop(),
  };
}

type Clients = Pick<Harness, 'athena' | 'glue' | 's3'>;

function verbs({ athena, glue, s3 }: Clients, database: string, mark: string) {
  const start: Harness['start'] = async (sql, more = {}) => {
    const input = { QueryString: sql, ClientRequestToken: randomUUID(), QueryExecutionContext: { Database: database } };
    return (await athena.send(new StartQueryExecutionCommand({ ...input, ...more }))).QueryExecutionId as string;
  };
  const end: Harness['end'] = async (id) => {
    for (;;) {
      const { QueryExecution: execution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      if (!['QUEUED', 'RUNNING'].includes(execution?.Status?.State as string)) return execution as QueryExecution;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const run: Harness['run'] = async (sql, more) => end(await start(sql, more));
  const rows: Harness['rows'] = async (sql) => {
    const { QueryExecutionId, Status } = await run(sql);
    if (Status?.State !== 'SUCCEEDED') throw new Error(Status?.StateChangeReason);
    const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
    return (ResultSet?.Rows ?? [])
      .slice(1)
      .map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue ?? null));
  };
  const keys: Harness['keys'] = async (prefix) => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: `${mark}/${prefix}` }));
    return Contents.map(({ Key }) => (Key as string).slice(mark.length + 1));
  };
  const columnsOf = (list: string) =>
    list
      .split(/,\s*(?![^<(]*[>)])/)
      .filter(Boolean)
      .map((column) => column.trim().split(/\s+/) as [string, string])
      .map(([Name, Type]) => ({ Name, Type }));
  const table: Harness['table'] = async (name, columns, prefix, partitionKeys = '') => {
    const SerializationLibrary = 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe';
    const TableInput = {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: columnsOf(partitionKeys),
      StorageDescriptor: {
        Columns: columnsOf(columns),
        Location: `s3://lake/${mark}/${prefix}`,
        SerdeInfo: { SerializationLibrary },
      },
    };
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput }));
  };
  return { start, end, run, rows, keys, table, place: `s3://lake/${mark}` };
}

/** An UNLOAD as Parquet. */
export function unloadTo(place: string, select: string, more = ''): string {
  return `UNLOAD (${select}) TO '${place}' WITH (format = 'PARQUET', compression = 'ZSTD'${more})`;
}
