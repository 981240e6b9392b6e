import {
  CreateDatabaseCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  type TableInput,
} from '@aws-sdk/client-glue';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { SourceRelation, SourceWindow } from '../../../src/core/sources/relation';
import type { Ports } from '../../../src/pipeline/context';
import { BUCKET } from '../servers';
import { type AthenaLab, openAthenaLab } from './athena-lab';

let lab: AthenaLab;
let ports: Ports;
/** Glue database of a shop, and prefix of its files. */
let shop: string;

beforeAll(async () => {
  lab = await openAthenaLab();
  const settings = lab.settings('src_own');
  ports = lab.ports(settings);
  shop = `src_shop_${lab.mark}`;
  for (const Name of [shop, settings.database])
    await lab.clients.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }));
  await table('plain');
});
afterAll(() => lab?.stop());

const COLUMNS = [
  { Name: 'order_id', Type: 'string' },
  { Name: 'amount', Type: 'decimal(12,2)' },
  { Name: 'ordered_at', Type: 'timestamp' },
  { Name: 'tags', Type: 'array<string>' },
];
const PARQUET = {
  InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
};

const uri = (path: string): string => `s3://${BUCKET}/${shop}/${path}`;

async function table(name: string, more: Partial<TableInput> = {}): Promise<void> {
  const StorageDescriptor = { Columns: COLUMNS, Location: uri(`${name}/`), ...PARQUET };
  const TableInput = { Name: name, TableType: 'EXTERNAL_TABLE', StorageDescriptor, ...more };
  await lab.clients.glue.send(new CreateTableCommand({ DatabaseName: shop, TableInput }));
}

async function partition(name: string, Values: string[], path: string): Promise<void> {
  const StorageDescriptor = { Columns: COLUMNS, Location: uri(path), ...PARQUET };
  const PartitionInput = { Values, StorageDescriptor };
  await lab.clients.glue.send(new CreatePartitionCommand({ DatabaseName: shop, TableName: name, PartitionInput }));
}

const put = (path: string, Body: string | Uint8Array) =>
  lab.clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${shop}/${path}`, Body }));
const remove = (path: string) =>
  lab.clients.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${shop}/${path}` }));

const look = (name: string, window?: SourceWindow): Promise<SourceRelation> =>
  ports.catalog.source('orders', { from: [`${shop}.${name}`] }, window);
const print = async (name: string, window?: SourceWindow): Promise<string> => (await look(name, window)).fingerprint;

const errorOf = (call: Promise<unknown>): Promise<{ code?: string; found?: string; remedy?: string }> =>
  call.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: { code?: string }) => error,
  );

describe('a plain table', () => {
  test('its columns, size and number of files come from metadata', async () => {
    await put('plain/a.parquet', '12345');
    await put('plain/deeper/b.parquet', '123');
    await put('plain/_SUCCESS', 'x');
    expect(await look('plain')).toEqual({
      relation: `"${shop}"."plain"`,
      columns: [
        { name: 'order_id', type: 'text' },
        { name: 'amount', type: 'decimal' },
        { name: 'ordered_at', type: 'timestamp' },
        { name: 'tags', type: 'text_array' },
      ],
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: 8,
      files: 2,
    });
  });

  test('its fingerprint changes exactly when one of its objects does', async () => {
    await table('changing');
    await put('changing/a.parquet', 'one');
    await put('changing_too/a.parquet', 'one');
    const seen = [await print('changing')];
    const changes: [string, () => Promise<unknown>, boolean][] = [
      ['nothing', async () => undefined, false],
      ['a marker', () => put('changing/_SUCCESS', 'x'), false],
      ['a neighbour', () => put('changing_too/a.parquet', 'other'), false],
      ['a new object', () => put('changing/b.parquet', 'two'), true],
      ['other content of the same size', () => put('changing/b.parquet', 'TWO'), true],
      ['an object gone', () => remove('changing/a.parquet'), true],
    ];
    for (const [what, change, isSeen] of changes) {
      await change();
      const now = await print('changing');
      expect([what, now !== seen.at(-1)]).toEqual([what, isSeen]);
      seen.push(now);
    }
  });

  test('equal content elsewhere has an equal fingerprint', async () => {
    for (const name of ['here', 'there']) {
      await table(name);
      await put(`${name}/a/x.parquet`, 'one');
    }
    expect(await print('here')).toBe(await print('there'));
  });

  test('names are found in any case, as Glue keeps them in small letters', async () => {
    const found = await ports.catalog.source('orders', { from: [`${shop.toUpperCase()}.PLAIN`] });
    expect(found.relation).toBe(`"${shop}"."plain"`);
  });
});

describe('a partitioned table', () => {
  const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];
  const window = { column: 'dt', from: '2026-01-02', to: '2026-01-03' };

  beforeAll(async () => {
    await table('parted', { PartitionKeys: [{ Name: 'dt', Type: 'string' }] });
    for (const day of days) {
      await put(`parted/dt=${day}/a.parquet`, day);
      await partition('parted', [day], `parted/dt=${day}/`);
    }
    await put('parted/dt=2026-01-03x/a.parquet', 'no partition');
  });

  test('its keys are columns, and files of no partition do not count', async () => {
    const found = await look('parted');
    expect(found.columns.at(-1)).toEqual({ name: 'dt', type: 'text' });
    expect(found).toMatchObject({ files: 4, bytes: 40 });
  });

  test('a window counts the objects of its days alone', async () => {
    expect(await look('parted', window)).toMatchObject({ files: 2, bytes: 20 });
    expect(await look('parted', { column: 'DT', from: '2026-01-02' })).toMatchObject({ files: 3 });
    expect(await look('parted', { column: 'dt' })).toMatchObject({ files: 4 });
    expect(await look('parted', { column: 'dt', from: '2027-01-01' })).toMatchObject({ files: 0, bytes: 0 });
    const listed = lab.double.calls.filter(({ action }) => action === 's3:ListBucket').length;
    await look('parted', window);
    expect(lab.double.calls.filter(({ action }) => action === 's3:ListBucket')).toHaveLength(listed + 1);
  });

  test('its fingerprint changes exactly when an object in range does', async () => {
    const before = await print('parted', window);
    await put('parted/dt=2026-01-01/a.parquet', 'changed');
    await put('parted/dt=2026-01-04/b.parquet', 'new');
    expect(await print('parted', window)).toBe(before);
    await put('parted/dt=2026-01-03/b.parquet', 'new');
    const after = await print('parted', window);
    expect(after).not.toBe(before);
    await put('parted/dt=2026-01-02/c.parquet', 'new');
    expect(await print('parted', window)).not.toBe(after);
  });

  test('partitions that lie elsewhere are listed there', async () => {
    const before = await print('parted', window);
    const DatabaseName = shop;
    await lab.clients.glue.send(
      new DeletePartitionCommand({ DatabaseName, TableName: 'parted', PartitionValues: ['2026-01-03'] }),
    );
    await partition('parted', ['2026-01-03'], 'moved/away/');
    await put('moved/away/a.parquet', 'moved');
    const after = await print('parted', window);
    expect(after).not.toBe(before);
    await put('moved/away/b.parquet', 'more');
    expect(await print('parted', window)).not.toBe(after);
  });

  test.each([
    ['date', ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'], { name: 'day', type: 'date' }],
    ['int', ['20260101', '20260102', '20260103', '20260104'], { name: 'day', type: 'integer' }],
    ['string', ['20260101', '20260102', '20260103', '20260104'], { name: 'day', type: 'text', looks: 'integer' }],
  ])('a key of type %s', async (type, values, column) => {
    const name = `by_${type}_${values[0]?.length}`;
    await table(name, {
      PartitionKeys: [
        { Name: 'region', Type: 'string' },
        { Name: 'day', Type: type },
      ],
    });
    for (const value of values) {
      await put(`${name}/eu/${value}/a.parquet`, value);
      await partition(name, ['eu', value], `${name}/eu/${value}/`);
    }
    const found = await look(name, { ...window, column: 'day' });
    expect(found).toMatchObject({ files: 2 });
    expect(found.columns.at(-1)).toEqual(column);
  });

  test('rows without a day are in no range, but in the whole', async () => {
    await table('nulls', { PartitionKeys: [{ Name: 'dt', Type: 'string' }] });
    for (const value of ['2026-01-02', '__HIVE_DEFAULT_PARTITION__']) {
      await put(`nulls/dt=${value}/a.parquet`, value);
      await partition('nulls', [value], `nulls/dt=${value}/`);
    }
    expect(await look('nulls', { column: 'dt' })).toMatchObject({ files: 2 });
    expect(await look('nulls', { column: 'dt', from: '2026-01-01' })).toMatchObject({ files: 1 });
  });

  test('a window over a column that is no key names the keys there are', async () => {
    const error = await errorOf(look('parted', { column: 'ordered_at', from: '2026-01-01' }));
    expect(error).toMatchObject({ code: 'partition_unknown', remedy: 'write one of dt as partition.column of orders' });
    const none = await errorOf(look('plain', { column: 'dt' }));
    expect(none).toMatchObject({ code: 'partition_unknown', found: expect.stringContaining('nor by anything else') });
  });

  test.each([
    ['string', '2026'],
    ['int', '2026'],
    ['string', '2026/01/01'],
    ['timestamp', '2026-01-01 00:00:00'],
  ])('a key of type %s with %s is not by day', async (type, value) => {
    const name = `not_by_day_${type}_${value.length}`;
    await table(name, { PartitionKeys: [{ Name: 'day', Type: type }] });
    await partition(name, [value], `${name}/x/`);
    expect((await errorOf(look(name, { column: 'day' }))).code).toBe('partition_not_days');
  });
});

describe('partition projection', () => {
  const keys = [{ Name: 'dt', Type: 'string' }];
  const projected = (more: Record<string, string> = {}) => ({
    'projection.enabled': 'true',
    'projection.dt.type': 'date',
    'projection.dt.format': 'yyyy-MM-dd',
    'projection.dt.range': '2020-01-01,NOW',
    ...more,
  });
  const window = { column: 'dt', from: '2026-01-02', to: '2026-01-03' };

  test('its objects are listed, without a partition in Glue, and pruned where the template makes days certain', async () => {
    const template = { 'storage.location.template': `${uri('projected/')}\${dt}/` };
    await table('projected', { PartitionKeys: keys, Parameters: projected(template) });
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'])
      await put(`projected/${day}/a.parquet`, day);
    expect(await look('projected')).toMatchObject({ files: 4 });
    expect(await look('projected', window)).toMatchObject({ files: 2 });
    const before = await print('projected', window);
    await put('projected/2026-01-04/a.parquet', 'changed');
    expect(await print('projected', window)).toBe(before);
    await put('projected/2026-01-03/a.parquet', 'changed');
    expect(await print('projected', window)).not.toBe(before);
  });

  test('days written otherwise are told', async () => {
    await table('slashes', { PartitionKeys: keys, Parameters: projected({ 'projection.dt.format': 'yyyy/MM/dd' }) });
    expect((await errorOf(look('slashes', window))).code).toBe('partition_not_days');
    expect(await look('slashes')).toMatchObject({ files: 0 });
  });
});

describe('views and Iceberg', () => {
  test('a view leaves no trace of its data; its columns are those that Athena keeps', async () => {
    await table('base_of_view');
    const sql = `create or replace view "${shop}"."seen" as select order_id, ordered_at at time zone 'UTC' as at, tags from "${shop}"."base_of_view"`;
    const handle = await ports.engine.start({ sql });
    while ((await ports.engine.poll(handle, 1000)).status === 'running');
    expect(await look('seen', { column: 'order_id' })).toEqual({
      relation: `"${shop}"."seen"`,
      columns: [
        { name: 'order_id', type: 'text' },
        { name: 'at', type: 'instant' },
        { name: 'tags', type: 'text_array' },
      ],
      fingerprint: 'unversioned',
      bytes: 0,
      files: 1,
    });
  });

  const metadata = (snapshot: string, type = 'timestamptz'): string =>
    `{"current-schema-id":0,"schemas":[{"schema-id":0,"fields":[{"id":1,"name":"at","type":"${type}"}]}],"current-snapshot-id":${snapshot},
      "snapshots":[{"snapshot-id":${snapshot},"summary":{"total-files-size":"77","total-data-files":"2"}}]}`;
  const iceberg = (name: string) =>
    table(name, { Parameters: { table_type: 'ICEBERG', metadata_location: uri(`${name}/metadata/1.metadata.json`) } });

  test('an Iceberg table is known by its snapshot, to the last digit', async () => {
    await iceberg('ice');
    await put('ice/metadata/1.metadata.json', metadata('7638259640157239011'));
    expect(await look('ice')).toEqual({
      relation: `"${shop}"."ice"`,
      columns: [{ name: 'at', type: 'instant' }],
      fingerprint: 'iceberg-7638259640157239011-0',
      bytes: 77,
      files: 2,
    });
    await put('ice/data/new.parquet', 'not committed');
    expect(await print('ice')).toBe('iceberg-7638259640157239011-0');
    await put('ice/metadata/1.metadata.json', metadata('7638259640157239012'));
    expect(await print('ice')).toBe('iceberg-7638259640157239012-0');
  });

  test.each(['', 'no JSON'])('one whose metadata cannot be read (%j) has no version', async (text) => {
    const name = `ice_${text.length}`;
    await iceberg(name);
    if (text) await put(`${name}/metadata/1.metadata.json`, text);
    const found = await look(name);
    expect(found).toMatchObject({ fingerprint: 'unversioned', files: 1, bytes: 0 });
    expect(found.columns).toHaveLength(COLUMNS.length);
  });

  test('a table that does not lie on S3 has none either', async () => {
    const StorageDescriptor = { Columns: COLUMNS, Location: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders' };
    await table('elsewhere', { StorageDescriptor });
    expect(await print('elsewhere')).toBe('unversioned');
  });
});

describe('what is told of a source', () => {
  const source = (...from: string[]) => ports.catalog.source('orders', { from });

  test.each([
    ['/home/me/orders.csv'],
    ['s3://bucket/orders/'],
    ['orders'],
    ['a.b.c'],
    ['shop."orders"'],
    ["shop.orders'; drop table x"],
  ])('%s is no table', async (from) => {
    const error = await errorOf(source(from));
    expect(error).toMatchObject({ code: 'source_not_a_table', remedy: expect.stringContaining('database.table') });
  });

  test('nor is a list of two, or nothing', async () => {
    expect((await errorOf(source('a.b', 'c.d'))).code).toBe('source_not_a_table');
    expect((await errorOf(source())).code).toBe('source_not_a_table');
  });

  test('a format is of text files', async () => {
    const call = ports.catalog.source('orders', { from: ['a.b'], format: {} as never });
    expect((await errorOf(call)).code).toBe('format_not_used');
  });

  test('a missing table comes with the nearest one there is', async () => {
    await table('order_history');
    expect(await errorOf(source(`${shop}.order_histroy`))).toMatchObject({
      code: 'source_missing',
      found: expect.stringContaining(`Did you mean ${shop}.order_history?`),
    });
    expect((await errorOf(source(`${shop}.zzzzzzzzz`))).found).not.toContain('Did you mean');
  });

  test('so does a missing database', async () => {
    const error = await errorOf(source(`${shop.slice(0, -1)}0.plain`));
    expect(error).toMatchObject({
      code: 'source_missing',
      found: expect.stringContaining('there is no Glue database'),
    });
    expect(error.found).toContain(`Did you mean ${shop}.plain?`);
  });

  test('who may not list is told which permission to ask for', async () => {
    await table('denied');
    const refuse = { kind: 'refuse', type: 'AccessDenied', status: 403 } as const;
    lab.double.faults.add({ on: 's3:ListBucket', times: 50, do: refuse });
    const error = await errorOf(look('denied'));
    lab.double.faults.clear();
    expect(error).toMatchObject({ code: 'table_access_denied', place: { table: `${shop}.denied` } });
    expect(error.remedy).toContain('s3:ListBucket');
  });

  test('so is who may not look into Glue', async () => {
    const message = `User: arn:aws:iam::1:user/x is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:1:table/${shop}/plain`;
    lab.double.faults.add({
      on: 'glue:GetTable',
      do: { kind: 'refuse', type: 'AccessDeniedException', message, status: 400 },
    });
    const error = await errorOf(look('plain'));
    lab.double.faults.clear();
    expect(`${error.found} ${error.remedy}`).toContain('glue:GetTable');
    expect(error).toMatchObject({ code: 'table_access_denied', place: { table: `${shop}.plain` } });
  });

  test('a query over sources has its columns without being run', async () => {
    const relation = `(select order_id, cast(amount as double) as sum, tags, array[1] as ns, current_timestamp as at from "${shop}"."plain")`;
    expect(await ports.catalog.columnsOf('orders', relation)).toEqual([
      { name: 'order_id', type: 'text' },
      { name: 'sum', type: 'double' },
      { name: 'tags', type: 'text_array' },
      { name: 'ns', type: 'other' },
      { name: 'at', type: 'instant' },
    ]);
  });

  test('a query that names what is not there is told as the source that it stands for', async () => {
    const relation = `(select ordr_id from "${shop}"."plain")`;
    expect(await errorOf(ports.catalog.columnsOf('orders', relation))).toMatchObject({
      code: 'query_invalid',
      place: { table: 'orders' },
      found: expect.stringContaining('ordr_id'),
    });
  });
});
