import { errorOf } from './small-catalog';
import { COLUMNS, SourceTables } from './source-tables';

let tables: SourceTables;
beforeAll(async () => {
  tables = await SourceTables.open('src');
  await tables.table('plain');
});
afterAll(() => tables?.lab.stop());

describe('a plain table', () => {
  test('its columns, size and number of files come from metadata', async () => {
    await tables.put('plain/a.parquet', '12345');
    await tables.put('plain/deeper/b.parquet', '123');
    await tables.put('plain/_SUCCESS', 'x');
    expect(await tables.look('plain')).toEqual({
      relation: `"${tables.database}"."plain"`,
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
    await tables.table('changing');
    await tables.put('changing/a.parquet', 'one');
    await tables.put('changing_too/a.parquet', 'one');
    const seen = [await tables.print('changing')];
    const changes: [string, () => Promise<unknown>, boolean][] = [
      ['nothing', async () => undefined, false],
      ['a marker', () => tables.put('changing/_SUCCESS', 'x'), false],
      ['a neighbour', () => tables.put('changing_too/a.parquet', 'other'), false],
      ['a new object', () => tables.put('changing/b.parquet', 'two'), true],
      ['other content of the same size', () => tables.put('changing/b.parquet', 'TWO'), true],
      ['an object gone', () => tables.remove('changing/a.parquet'), true],
    ];
    for (const [what, change, isSeen] of changes) {
      await change();
      const now = await tables.print('changing');
      expect([what, now !== seen.at(-1)]).toEqual([what, isSeen]);
      seen.push(now);
    }
  });

  test('equal content elsewhere has an equal fingerprint', async () => {
    for (const name of ['here', 'there']) {
      await tables.table(name);
      await tables.put(`${name}/a/x.parquet`, 'one');
    }
    expect(await tables.print('here')).toBe(await tables.print('there'));
  });

  test('names are found in any case, as Glue keeps them in small letters', async () => {
    const found = await tables.ports.catalog.source('orders', { from: [`${tables.database.toUpperCase()}.PLAIN`] });
    expect(found.relation).toBe(`"${tables.database}"."plain"`);
  });
});

describe('views and Iceberg', () => {
  test('a view leaves no trace of its data; its columns are those that Athena keeps', async () => {
    await tables.table('base_of_view');
    const sql = `create or replace view "${tables.database}"."seen" as select order_id, ordered_at at time zone 'UTC' as at, tags from "${tables.database}"."base_of_view"`;
    const handle = await tables.ports.engine.start({ sql });
    while ((await tables.ports.engine.poll(handle, 1000)).status === 'running');
    expect(await tables.look('seen', { column: 'order_id' })).toEqual({
      relation: `"${tables.database}"."seen"`,
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
    tables.table(name, {
      Parameters: { table_type: 'ICEBERG', metadata_location: tables.uri(`${name}/metadata/1.metadata.json`) },
    });

  test('an Iceberg table is known by its snapshot, to the last digit', async () => {
    await iceberg('ice');
    await tables.put('ice/metadata/1.metadata.json', metadata('7638259640157239011'));
    expect(await tables.look('ice')).toEqual({
      relation: `"${tables.database}"."ice"`,
      columns: [{ name: 'at', type: 'instant' }],
      fingerprint: 'iceberg-7638259640157239011-0',
      bytes: 77,
      files: 2,
    });
    await tables.put('ice/data/new.parquet', 'not committed');
    expect(await tables.print('ice')).toBe('iceberg-7638259640157239011-0');
    await tables.put('ice/metadata/1.metadata.json', metadata('7638259640157239012'));
    expect(await tables.print('ice')).toBe('iceberg-7638259640157239012-0');
  });

  test.each(['', 'no JSON'])('one whose metadata cannot be read (%j) has no version', async (text) => {
    const name = `ice_${text.length}`;
    await iceberg(name);
    if (text) await tables.put(`${name}/metadata/1.metadata.json`, text);
    const found = await tables.look(name);
    expect(found).toMatchObject({ fingerprint: 'unversioned', files: 1, bytes: 0 });
    expect(found.columns).toHaveLength(COLUMNS.length);
  });

  test('a table that does not lie on S3 has none either', async () => {
    const StorageDescriptor = { Columns: COLUMNS, Location: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders' };
    await tables.table('elsewhere', { StorageDescriptor });
    expect(await tables.print('elsewhere')).toBe('unversioned');
  });
});

describe('what is told of a source', () => {
  const source = (...from: string[]) => tables.ports.catalog.source('orders', { from });

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
    const call = tables.ports.catalog.source('orders', { from: ['a.b'], format: {} as never });
    expect((await errorOf(call)).code).toBe('format_not_used');
  });

  test('a missing table comes with the nearest one there is', async () => {
    await tables.table('order_history');
    expect(await errorOf(source(`${tables.database}.order_histroy`))).toMatchObject({
      code: 'source_missing',
      found: expect.stringContaining(`Did you mean ${tables.database}.order_history?`),
    });
    expect((await errorOf(source(`${tables.database}.zzzzzzzzz`))).found).not.toContain('Did you mean');
  });

  test('so does a missing database', async () => {
    const error = await errorOf(source(`${tables.database}x.plain`));
    expect(error).toMatchObject({
      code: 'source_missing',
      found: expect.stringContaining('there is no Glue database'),
    });
    expect(error.found).toContain(`Did you mean ${tables.database}.plain?`);
  });

  test('who may not list is told which permission to ask for', async () => {
    await tables.table('denied');
    const refuse = { kind: 'refuse', type: 'AccessDenied', status: 403 } as const;
    tables.lab.double.faults.add({ on: 's3:ListBucket', times: 50, do: refuse });
    const error = await errorOf(tables.look('denied'));
    tables.lab.double.faults.clear();
    expect(error).toMatchObject({ code: 'table_access_denied', place: { table: `${tables.database}.denied` } });
    expect(error.remedy).toContain('s3:ListBucket');
  });

  test('so is who may not look into Glue', async () => {
    const message = `User: arn:aws:iam::1:user/x is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:1:table/${tables.database}/plain`;
    tables.lab.double.faults.add({
      on: 'glue:GetTable',
      do: { kind: 'refuse', type: 'AccessDeniedException', message, status: 400 },
    });
    const error = await errorOf(tables.look('plain'));
    tables.lab.double.faults.clear();
    expect(`${error.found} ${error.remedy}`).toContain('glue:GetTable');
    expect(error).toMatchObject({ code: 'table_access_denied', place: { table: `${tables.database}.plain` } });
  });

  test('a query over sources has its columns without being run', async () => {
    const relation = `(select order_id, cast(amount as double) as sum, tags, array[1] as ns, current_timestamp as at from "${tables.database}"."plain")`;
    expect(await tables.ports.catalog.columnsOf('orders', relation)).toEqual([
      { name: 'order_id', type: 'text' },
      { name: 'sum', type: 'double' },
      { name: 'tags', type: 'text_array' },
      { name: 'ns', type: 'other' },
      { name: 'at', type: 'instant' },
    ]);
  });

  test('a query that names what is not there is told as the source that it stands for', async () => {
    const relation = `(select ordr_id from "${tables.database}"."plain")`;
    expect(await errorOf(tables.ports.catalog.columnsOf('orders', relation))).toMatchObject({
      code: 'query_invalid',
      place: { table: 'orders' },
      found: expect.stringContaining('ordr_id'),
    });
  });
});
