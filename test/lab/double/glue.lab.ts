import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchGetPartitionCommand,
  CreateDatabaseCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type Harness, openHarness, unloadTo } from './harness';
import { hiveType, trinoType } from './hive-types';

let h: Harness;
beforeAll(async () => {
  h = await openHarness('glue');
  await h.run(unloadTo(`${h.place}/one/`, 'select 1 as n'));
  await h.run(unloadTo(`${h.place}/two/`, 'select 2 as n'));
});
afterAll(() => h.stop());

const names = (TableName: string) => ({ DatabaseName: h.database, TableName });
const partition = (value: string, prefix = 'none') => ({
  Values: [value],
  StorageDescriptor: { Location: `${h.place}/${prefix}/` },
});
const missing = { name: 'EntityNotFoundException' };

test('databases: made once, told, unknown ones refused', async () => {
  const { Database } = await h.glue.send(new GetDatabaseCommand({ Name: h.database.toUpperCase() }));
  expect(Database?.Name).toBe(h.database);
  const again = new CreateDatabaseCommand({ DatabaseInput: { Name: h.database } });
  await expect(h.glue.send(again)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  await expect(h.glue.send(new GetDatabaseCommand({ Name: 'gone' }))).rejects.toMatchObject({
    ...missing,
    message: 'Database gone not found.',
  });
});

test('partitions have places of their own, and one without any object has no rows', async () => {
  await h.table('runs', 'n int', 'runs/', 'run_id string');
  const PartitionInputList = [partition('a', 'one'), partition('b', 'two'), partition('c')];
  expect((await h.glue.send(new BatchCreatePartitionCommand({ ...names('runs'), PartitionInputList }))).Errors).toEqual(
    [],
  );
  expect(await h.rows('select n, run_id from runs order by n')).toEqual([
    ['1', 'a'],
    ['2', 'b'],
  ]);
  await h.run(unloadTo(`${h.place}/none/`, 'select 3 as n'));
  expect(await h.rows("select n from runs where run_id = 'c'")).toEqual([['3']]);
  const PartitionsToDelete = [{ Values: ['a'] }, { Values: ['x'] }];
  const { Errors } = await h.glue.send(new BatchDeletePartitionCommand({ ...names('runs'), PartitionsToDelete }));
  expect(Errors?.map(({ PartitionValues, ErrorDetail }) => [PartitionValues, ErrorDetail?.ErrorCode])).toEqual([
    [['x'], 'EntityNotFoundException'],
  ]);
  await h.glue.send(new DeletePartitionCommand({ ...names('runs'), PartitionValues: ['c'] }));
  expect(await h.rows('select n from runs')).toEqual([['2']]);
});

test('a partition that is there already is told in Errors, the others are made', async () => {
  await h.table('again', 'n int', 'again/', 'run_id string');
  await h.glue.send(new CreatePartitionCommand({ ...names('again'), PartitionInput: partition('a', 'one') }));
  const one = new CreatePartitionCommand({ ...names('again'), PartitionInput: partition('a') });
  await expect(h.glue.send(one)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  const PartitionInputList = [partition('a', 'two'), partition('b', 'two')];
  const { Errors } = await h.glue.send(new BatchCreatePartitionCommand({ ...names('again'), PartitionInputList }));
  expect(Errors).toEqual([
    {
      PartitionValues: ['a'],
      ErrorDetail: { ErrorCode: 'AlreadyExistsException', ErrorMessage: 'Partition already exists.' },
    },
  ]);
  expect(await h.rows('select n, run_id from again order by n')).toEqual([
    ['1', 'a'],
    ['2', 'b'],
  ]);
  const PartitionValues = ['a'];
  const { Partition } = await h.glue.send(new GetPartitionCommand({ ...names('again'), PartitionValues }));
  expect(Partition?.StorageDescriptor?.Location).toBe(`${h.place}/one/`);
  const batch = new BatchGetPartitionCommand({
    ...names('again'),
    PartitionsToGet: [{ Values: ['b'] }, { Values: ['x'] }],
  });
  const { Partitions, UnprocessedKeys } = await h.glue.send(batch);
  expect([Partitions?.map(({ Values }) => Values), UnprocessedKeys]).toEqual([[['b']], [{ Values: ['x'] }]]);
  const tooMany = Array.from({ length: 101 }, (_, index) => partition(String(index)));
  const hundredAndOne = new BatchCreatePartitionCommand({ ...names('again'), PartitionInputList: tooMany });
  await expect(h.glue.send(hundredAndOne)).rejects.toThrow('Member must have length less than or equal to 100');
});

test.each([
  ["dt >= '2026-01-02'", ['2026-01-02/7', '2026-01-03/11']],
  ["dt between '2026-01-01' and '2026-01-02' and hour < 7", ['2026-01-01/3']],
  ['hour in (3, 11)', ['2026-01-01/3', '2026-01-03/11']],
  ["(dt = '2026-01-01' or hour > 7)", ['2026-01-01/3', '2026-01-03/11']],
  ["dt like '2026-01-%'", ['2026-01-01/3', '2026-01-02/7', '2026-01-03/11']],
])('partitions by the expression %s', async (Expression, expected) => {
  const name = `days_${Buffer.from(Expression).toString('hex').slice(0, 24)}`;
  await h.table(name, 'n int', `${name}/`, 'dt date, hour int');
  for (const Values of [
    ['2026-01-01', '3'],
    ['2026-01-02', '7'],
    ['2026-01-03', '11'],
  ])
    await h.glue.send(new CreatePartitionCommand({ ...names(name), PartitionInput: { ...partition('x'), Values } }));
  const { Partitions } = await h.glue.send(new GetPartitionsCommand({ ...names(name), Expression }));
  expect(Partitions?.map(({ Values }) => Values?.join('/'))).toEqual(expected);
});

test('partitions and tables come in pages, and a bad expression is refused', async () => {
  await h.table('paged', 'n int', 'paged/', 'k string');
  for (const value of ['a', 'b', 'c'])
    await h.glue.send(new CreatePartitionCommand({ ...names('paged'), PartitionInput: partition(value) }));
  const first = await h.glue.send(new GetPartitionsCommand({ ...names('paged'), MaxResults: 2 }));
  const NextToken = first.NextToken as string;
  const second = await h.glue.send(new GetPartitionsCommand({ ...names('paged'), MaxResults: 2, NextToken }));
  expect([first, second].map(({ Partitions }) => Partitions?.map(({ Values }) => Values?.[0]))).toEqual([
    ['a', 'b'],
    ['c'],
  ]);
  expect(second.NextToken).toBeUndefined();
  const bad = new GetPartitionsCommand({ ...names('paged'), Expression: "nothing = 'x'" });
  await expect(h.glue.send(bad)).rejects.toMatchObject({ name: 'InvalidInputException' });
  const tables = new GetTablesCommand({ DatabaseName: h.database, Expression: 'page*' });
  expect((await h.glue.send(tables)).TableList?.map(({ Name }) => Name)).toEqual(['paged']);
});

test('UpdateTable counts versions, and the engine reads by the new columns', async () => {
  await h.table('changing', 'n int', 'one/');
  const get = async () =>
    (await h.glue.send(new GetTableCommand({ DatabaseName: h.database, Name: 'changing' }))).Table;
  const before = await get();
  const { Name, TableType, StorageDescriptor, PartitionKeys } = before ?? {};
  const TableInput = { Name: Name as string, TableType: TableType as string, PartitionKeys: PartitionKeys ?? [] };
  const Columns = [
    { Name: 'n', Type: 'int' },
    { Name: 'later', Type: 'array<string>' },
  ];
  const update = { ...TableInput, StorageDescriptor: { ...StorageDescriptor, Columns } };
  await h.glue.send(new UpdateTableCommand({ DatabaseName: h.database, TableInput: update }));
  const after = await get();
  expect([before?.VersionId, after?.VersionId]).toEqual(['0', '1']);
  expect(after?.UpdateTime?.getTime()).toBeGreaterThan(before?.UpdateTime?.getTime() as number);
  expect(after?.CreateTime).toEqual(before?.CreateTime);
  expect(await h.rows('select n, later from changing')).toEqual([['1', null]]);
  await h.glue.send(new DeleteTableCommand({ DatabaseName: h.database, Name: 'changing' }));
  await expect(get()).rejects.toMatchObject(missing);
  await expect(h.rows('select * from changing')).rejects.toThrow(/^TABLE_NOT_FOUND/);
  expect(await h.keys('one/')).toHaveLength(1);
});

test('a view put into Glue is one for statements, even before what it reads is there', async () => {
  const view = {
    originalSql: 'select n + 10 as m from coming',
    catalog: 'awsdatacatalog',
    schema: h.database,
    columns: [],
  };
  const TableInput = {
    Name: 'ahead',
    TableType: 'VIRTUAL_VIEW',
    StorageDescriptor: { Columns: [{ Name: 'm', Type: 'int' }] },
    Parameters: { presto_view: 'true' },
    ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`,
    ViewExpandedText: '/* Presto View */',
  };
  await h.glue.send(new CreateTableCommand({ DatabaseName: h.database, TableInput }));
  await expect(h.rows('select * from ahead')).rejects.toThrow(/^TABLE_NOT_FOUND/);
  await h.table('coming', 'n int', 'two/');
  expect(await h.rows('select * from ahead')).toEqual([['12']]);
});

test('a table that the engine cannot have yet keeps its partitions for later', async () => {
  await h.table('odd', 'n uniontype<int>', 'odd/', 'k string');
  await h.glue.send(new CreatePartitionCommand({ ...names('odd'), PartitionInput: partition('a', 'two') }));
  await expect(h.rows('select * from odd')).rejects.toThrow(/^TABLE_NOT_FOUND/);
  const { Table } = await h.glue.send(new GetTableCommand({ DatabaseName: h.database, Name: 'odd' }));
  const StorageDescriptor = { ...Table?.StorageDescriptor, Columns: [{ Name: 'n', Type: 'int' }] };
  const TableInput = { Name: 'odd', PartitionKeys: Table?.PartitionKeys ?? [], StorageDescriptor };
  await h.glue.send(new UpdateTableCommand({ DatabaseName: h.database, TableInput }));
  expect(await h.rows('select n, k from odd')).toEqual([['2', 'a']]);
});

test('CSV tables, header line skipped', async () => {
  await h.s3.send(
    new PutObjectCommand({ Bucket: 'lake', Key: `${h.place.slice(10)}/csv/a.csv`, Body: 'id,name\n1,"a, b"\n' }),
  );
  const TableInput = {
    Name: 'commas',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { 'skip.header.line.count': '1' },
    StorageDescriptor: {
      Location: `${h.place}/csv/`,
      Columns: ['id', 'name'].map((Name) => ({ Name, Type: 'string' })),
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde' },
    },
  };
  await h.glue.send(new CreateTableCommand({ DatabaseName: h.database, TableInput }));
  expect(await h.rows('select * from commas')).toEqual([['1', 'a, b']]);
});

test('projected partitions need no registration, and only those in range are seen', async () => {
  await h.run(unloadTo(`${h.place}/daily/2026/01/02/`, 'select 5 as n'));
  await h.run(unloadTo(`${h.place}/daily/2026/02/01/`, 'select 6 as n'));
  const TableInput = {
    Name: 'daily',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [{ Name: 'dt', Type: 'string' }],
    Parameters: {
      'projection.enabled': 'true',
      'projection.dt.type': 'date',
      'projection.dt.format': 'yyyy/MM/dd',
      'projection.dt.range': '2026/01/01,2026/01/31',
      'storage.location.template': `${h.place}/daily/\${dt}/`,
    },
    StorageDescriptor: {
      Location: `${h.place}/daily/`,
      Columns: [{ Name: 'n', Type: 'int' }],
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
  await h.glue.send(new CreateTableCommand({ DatabaseName: h.database, TableInput }));
  h.double.forget();
  expect(await h.rows("select n, dt from daily where dt < '2026/01/03'")).toEqual([['5', '2026/01/02']]);
  expect(await h.rows("select n from daily where dt > '2026/01/31'")).toEqual([]);
  const objects = h.double.calls.filter(({ by, action }) => by === 'implied' && action === 's3:GetObject');
  const days = objects.map(({ resources }) => /daily\/(.*)$/.exec(resources[0] as string)?.[1]).filter(Boolean);
  expect(days).toEqual(['2026/01/01/*', '2026/01/02/*']);
  expect(h.double.calls.filter(({ action }) => action === 'glue:GetPartitions')).toEqual([]);
});

test.each([
  ['string', 'varchar'],
  ['int', 'integer'],
  ['decimal(18,4)', 'decimal(18,4)'],
  ['timestamp', 'timestamp(3)'],
  ['array<struct<a:int,b:map<string,double>>>', 'array(row("a" integer, "b" map(varchar, double)))'],
])("Hive's %s is the engine's %s, and back", (hive, trino) => {
  expect(trinoType(hive)).toBe(trino);
  expect(hiveType(trino)).toBe(hive);
});
