import {
  BatchGetQueryExecutionCommand,
  GetQueryResultsCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { GetPartitionsCommand, GetTableCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { type Harness, openHarness, unloadTo } from './harness';

let h: Harness;
beforeAll(async () => {
  h = await openHarness('statements');
});
afterAll(() => h.stop());

async function textOf(uri: string): Promise<string> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) as unknown as string[];
  return (await (await h.s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) as string;
}

test('values are text as Athena writes it, and columns tell their types', async () => {
  const sql = `select 1 as i, 9223372036854775807 as b, 1.0e0 as d, 1e10 as e, nan() as n, cast(1.5 as decimal(18, 4)) as m,
    'x' as v, true as t, date '2026-01-02' as a, timestamp '2026-01-02 03:04:05.006' as s, array['p', null] as l,
    map(array['k'], array[1]) as o, cast(row(1, 'z') as row(x integer, y varchar)) as r, x'6162' as u, null as z`;
  const { QueryExecutionId } = await h.run(sql);
  const { ResultSet } = await h.athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  const [names, values] = (ResultSet?.Rows ?? []).map(({ Data }) => Data?.map(({ VarCharValue }) => VarCharValue));
  expect(names?.join('')).toBe('ibdenmvtasloruz');
  expect(values).toEqual([
    ...['1', '9223372036854775807', '1.0', '1.0E10', 'NaN', '1.5000', 'x', 'true', '2026-01-02'],
    ...['2026-01-02 03:04:05.006', '[p, null]', '{k=1}', '{x=1, y=z}', '61 62', undefined],
  ]);
  const infos = ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  expect(infos.map(({ Type }) => Type).slice(0, 13)).toEqual([
    ...['integer', 'bigint', 'double', 'double', 'double', 'decimal', 'varchar', 'boolean', 'date', 'timestamp'],
    ...['array', 'map', 'row'],
  ]);
  expect(infos[5]).toMatchObject({ Precision: 18, Scale: 4, Nullable: 'UNKNOWN' });
});

test('results come in pages of 1,000 rows, the names on the first', async () => {
  const { QueryExecutionId } = await h.run('select n from unnest(sequence(1, 2500)) as t(n) order by n');
  const pages: string[][] = [];
  let NextToken: string | undefined;
  do {
    const answer = await h.athena.send(
      new GetQueryResultsCommand({ QueryExecutionId, ...(NextToken && { NextToken }) }),
    );
    pages.push((answer.ResultSet?.Rows ?? []).map(({ Data }) => Data?.[0]?.VarCharValue as string));
    NextToken = answer.NextToken;
  } while (NextToken);
  expect(pages.map((page) => page.length)).toEqual([1000, 1000, 501]);
  expect([pages[0]?.[0], pages[0]?.[1], pages[2]?.at(-1)]).toEqual(['n', '1', '2500']);
  const tooMany = new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 1001 });
  await expect(h.athena.send(tooMany)).rejects.toThrow('MaxResults is more than maximum allowed length 1000');
});

test('a SELECT leaves its rows as CSV', async () => {
  const { ResultConfiguration, QueryExecutionId } = await h.run(`select 'a "b"' as x, null as y`);
  expect(ResultConfiguration?.OutputLocation).toBe(`s3://athena-results/${QueryExecutionId}.csv`);
  expect(await textOf(ResultConfiguration?.OutputLocation as string)).toBe('"x","y"\n"a ""b""",\n');
});

test('UNLOAD writes Parquet that a table reads back, and a manifest of its files', async () => {
  const sql = unloadTo(`${h.place}/written/`, `select 1 as id, 'a;b)' as name -- ) TO 'nowhere'\n`);
  const { Status, Statistics, StatementType } = await h.run(`-- a comment first\n${sql};`);
  expect([Status?.State, StatementType]).toEqual(['SUCCEEDED', 'DML']);
  const keys = await h.keys('written/');
  const manifest = await textOf(Statistics?.DataManifestLocation as string);
  expect(manifest.trim().split('\n')).toEqual(keys.map((key) => `${h.place}/${key}`));
  await h.table('written', 'id int, name string', 'written/');
  expect(await h.rows('select * from written')).toEqual([['1', 'a;b)']]);
});

test('no rows, no file', async () => {
  expect((await h.run(unloadTo(`${h.place}/none/`, 'select 1 as id where false'))).Status?.State).toBe('SUCCEEDED');
  expect(await h.keys('none/')).toEqual([]);
});

test('the compression asked for is the one written', async () => {
  const codec = async (compression: string): Promise<string> => {
    const place = `${h.place}/${compression}/`;
    await h.run(`UNLOAD (select 1 as id) TO '${place}' WITH (format = 'PARQUET', compression = '${compression}')`);
    const [key] = await h.keys(`${compression}/`);
    const { Body } = await h.s3.send(new GetObjectCommand({ Bucket: 'lake', Key: `${h.place.slice(10)}/${key}` }));
    const { parquetMetadata } = await import('hyparquet');
    const bytes = (await Body?.transformToByteArray()) as Uint8Array;
    const metadata = parquetMetadata(bytes.slice().buffer as ArrayBuffer);
    return metadata.row_groups[0]?.columns[0]?.meta_data?.codec as string;
  };
  expect([await codec('ZSTD'), await codec('SNAPPY'), await codec('GZIP')]).toEqual(['ZSTD', 'SNAPPY', 'GZIP']);
});

test('a view made by SQL is in Glue as Athena keeps it, and is replaced in place', async () => {
  await h.run('create or replace view seen as select 1 as n');
  await h.run("create or replace view seen as select 2 as n, date '2026-01-01' as d");
  const { Table } = await h.glue.send(new GetTableCommand({ DatabaseName: h.database, Name: 'seen' }));
  expect(Table).toMatchObject({ TableType: 'VIRTUAL_VIEW', VersionId: '1', ViewExpandedText: '/* Presto View */' });
  expect(Table?.StorageDescriptor?.Columns).toEqual([
    { Name: 'n', Type: 'int' },
    { Name: 'd', Type: 'date' },
  ]);
  const encoded = /^\/\* Presto View: (.*) \*\/$/.exec(Table?.ViewOriginalText ?? '')?.[1] as string;
  const view = JSON.parse(Buffer.from(encoded, 'base64').toString());
  expect(view).toMatchObject({ originalSql: "select 2 as n, date '2026-01-01' as d", schema: h.database });
  expect(await h.rows('select n from seen')).toEqual([['2']]);
  await h.run('drop view seen');
  await expect(h.glue.send(new GetTableCommand({ DatabaseName: h.database, Name: 'seen' }))).rejects.toMatchObject({
    name: 'EntityNotFoundException',
  });
});

test('CREATE TABLE AS SELECT makes a table of Glue over its own place', async () => {
  const sql = `create table made with (external_location = '${h.place}/made/', partitioned_by = array['p']) as select 1 as id, 'x' as p`;
  expect((await h.run(sql)).Status?.State).toBe('SUCCEEDED');
  const { Table } = await h.glue.send(new GetTableCommand({ DatabaseName: h.database, Name: 'made' }));
  expect(Table?.PartitionKeys).toEqual([{ Name: 'p', Type: 'varchar(1)' }]);
  expect(Table?.StorageDescriptor).toMatchObject({
    Location: `${h.place}/made/`,
    Columns: [{ Name: 'id', Type: 'int' }],
  });
  await h.run("insert into made select 2, 'y'");
  const { Partitions } = await h.glue.send(new GetPartitionsCommand({ DatabaseName: h.database, TableName: 'made' }));
  expect(Partitions?.map(({ Values, StorageDescriptor }) => [Values, StorageDescriptor?.Location])).toEqual([
    [['x'], `${h.place}/made/p=x/`],
    [['y'], `${h.place}/made/p=y/`],
  ]);
  expect(await h.rows('select id, p from made order by id')).toEqual([
    ['1', 'x'],
    ['2', 'y'],
  ]);
});

test('a failure has the words of the engine, and places as the caller counts them', async () => {
  const { Status } = await h.run(unloadTo(`${h.place}/failed/`, 'select\n  nothing from (values 1) as t(n)'));
  expect(Status?.StateChangeReason).toMatch(
    /^COLUMN_NOT_FOUND: line 2:3: Column 'nothing' cannot be resolved or requester/,
  );
  expect(Status?.AthenaError).toMatchObject({
    ErrorCategory: 2,
    Retryable: false,
    ErrorMessage: Status?.StateChangeReason,
  });
  const missing = await h.run('select * from nowhere');
  expect(missing.Status?.StateChangeReason).toBe(
    `TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.${h.database}.nowhere' does not exist`,
  );
  expect((await h.run('select 1 / 0')).Status?.StateChangeReason).toBe('DIVISION_BY_ZERO: Division by zero');
  await expect(
    h.athena.send(new GetQueryResultsCommand({ QueryExecutionId: missing.QueryExecutionId })),
  ).rejects.toThrow('Query did not finish successfully. Final query state: FAILED');
});

interface TrinoQuery {
  query: string;
  state: string;
}

test('a statement that is stopped ends CANCELLED, on the engine too', async () => {
  const many = 'unnest(sequence(1, 9999))';
  const mark = `-- ${Date.now()}`;
  const id = await h.start(
    `${mark}\nselect count(*) from ${many} a(a), ${many} b(b), ${many} c(c) where a + b * c = 7`,
  );
  const isRunning = async (): Promise<boolean> => {
    const headers = { 'X-Trino-User': 'lab' };
    const queries = (await (await fetch(`${process.env.LAB_TRINO}/v1/query`, { headers })).json()) as TrinoQuery[];
    return queries.some(({ query, state }) => query.includes(mark) && state === 'RUNNING');
  };
  while (!(await isRunning())) await new Promise((resolve) => setTimeout(resolve, 50));
  await h.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  expect((await h.end(id)).Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Query cancelled by user' });
  expect(await isRunning()).toBe(false);
});

test('several are told at once, unknown ones apart', async () => {
  const { QueryExecutionId: known } = await h.run('select 1');
  const ids = [known as string, 'b8b2b2b2-0000-4000-8000-000000000000'];
  const answer = await h.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }));
  expect(answer.QueryExecutions?.map(({ QueryExecutionId }) => QueryExecutionId)).toEqual([known]);
  expect(answer.UnprocessedQueryExecutionIds).toHaveLength(1);
});
