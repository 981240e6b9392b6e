import { errorOf } from './small-catalog';
import { SourceTables } from './source-tables';

let tables: SourceTables;
beforeAll(async () => {
  tables = await SourceTables.open('src_parts');
  await tables.table('plain');
});
afterAll(() => tables?.lab.stop());

describe('a partitioned table', () => {
  const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];
  const window = { column: 'dt', from: '2026-01-02', to: '2026-01-03' };

  beforeAll(async () => {
    await tables.table('parted', { PartitionKeys: [{ Name: 'dt', Type: 'string' }] });
    for (const day of days) {
      await tables.put(`parted/dt=${day}/a.parquet`, day);
      await tables.partition('parted', [day], `parted/dt=${day}/`);
    }
    await tables.put('parted/dt=2026-01-03x/a.parquet', 'no partition');
  });

  test('its keys are columns, and files of no partition do not count', async () => {
    const found = await tables.look('parted');
    expect(found.columns.at(-1)).toEqual({ name: 'dt', type: 'text' });
    expect(found).toMatchObject({ files: 4, bytes: 40 });
  });

  test('a window counts the objects of its days alone', async () => {
    expect(await tables.look('parted', window)).toMatchObject({ files: 2, bytes: 20 });
    expect(await tables.look('parted', { column: 'DT', from: '2026-01-02' })).toMatchObject({ files: 3 });
    expect(await tables.look('parted', { column: 'dt' })).toMatchObject({ files: 4 });
    expect(await tables.look('parted', { column: 'dt', from: '2027-01-01' })).toMatchObject({ files: 0, bytes: 0 });
    const listed = tables.lab.double.calls.filter(({ action }) => action === 's3:ListBucket').length;
    await tables.look('parted', window);
    expect(tables.lab.double.calls.filter(({ action }) => action === 's3:ListBucket')).toHaveLength(listed + 1);
  });

  test('its fingerprint changes exactly when an object in range does', async () => {
    const before = await tables.print('parted', window);
    await tables.put('parted/dt=2026-01-01/a.parquet', 'changed');
    await tables.put('parted/dt=2026-01-04/b.parquet', 'new');
    expect(await tables.print('parted', window)).toBe(before);
    await tables.put('parted/dt=2026-01-03/b.parquet', 'new');
    const after = await tables.print('parted', window);
    expect(after).not.toBe(before);
    await tables.put('parted/dt=2026-01-02/c.parquet', 'new');
    expect(await tables.print('parted', window)).not.toBe(after);
  });

  test('partitions that lie elsewhere are listed there', async () => {
    const before = await tables.print('parted', window);
    await tables.dropPartition('parted', ['2026-01-03']);
    await tables.partition('parted', ['2026-01-03'], 'moved/away/');
    await tables.put('moved/away/a.parquet', 'moved');
    const after = await tables.print('parted', window);
    expect(after).not.toBe(before);
    await tables.put('moved/away/b.parquet', 'more');
    expect(await tables.print('parted', window)).not.toBe(after);
  });

  test.each([
    ['date', ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'], { name: 'day', type: 'date' }],
    ['int', ['20260101', '20260102', '20260103', '20260104'], { name: 'day', type: 'integer' }],
    ['string', ['20260101', '20260102', '20260103', '20260104'], { name: 'day', type: 'text', looks: 'integer' }],
  ])('a key of type %s', async (type, values, column) => {
    const name = `by_${type}_${values[0]?.length}`;
    await tables.table(name, {
      PartitionKeys: [
        { Name: 'region', Type: 'string' },
        { Name: 'day', Type: type },
      ],
    });
    for (const value of values) {
      await tables.put(`${name}/eu/${value}/a.parquet`, value);
      await tables.partition(name, ['eu', value], `${name}/eu/${value}/`);
    }
    const found = await tables.look(name, { ...window, column: 'day' });
    expect(found).toMatchObject({ files: 2 });
    expect(found.columns.at(-1)).toEqual(column);
  });

  test('rows without a day are in no range, but in the whole', async () => {
    await tables.table('nulls', { PartitionKeys: [{ Name: 'dt', Type: 'string' }] });
    for (const value of ['2026-01-02', '__HIVE_DEFAULT_PARTITION__']) {
      await tables.put(`nulls/dt=${value}/a.parquet`, value);
      await tables.partition('nulls', [value], `nulls/dt=${value}/`);
    }
    expect(await tables.look('nulls', { column: 'dt' })).toMatchObject({ files: 2 });
    expect(await tables.look('nulls', { column: 'dt', from: '2026-01-01' })).toMatchObject({ files: 1 });
  });

  test('a window over a column that is no key names the keys there are', async () => {
    const error = await errorOf(tables.look('parted', { column: 'ordered_at', from: '2026-01-01' }));
    expect(error).toMatchObject({ code: 'partition_unknown', remedy: 'write one of dt as partition.column of orders' });
    const none = await errorOf(tables.look('plain', { column: 'dt' }));
    expect(none).toMatchObject({ code: 'partition_unknown', found: expect.stringContaining('nor by anything else') });
  });

  test.each([
    ['string', '2026'],
    ['int', '2026'],
    ['string', '2026/01/01'],
    ['timestamp', '2026-01-01 00:00:00'],
  ])('a key of type %s with %s is not by day', async (type, value) => {
    const name = `not_by_day_${type}_${value.length}`;
    await tables.table(name, { PartitionKeys: [{ Name: 'day', Type: type }] });
    await tables.partition(name, [value], `${name}/x/`);
    expect((await errorOf(tables.look(name, { column: 'day' }))).code).toBe('partition_not_days');
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
    const template = { 'storage.location.template': `${tables.uri('projected/')}\${dt}/` };
    await tables.table('projected', { PartitionKeys: keys, Parameters: projected(template) });
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'])
      await tables.put(`projected/${day}/a.parquet`, day);
    expect(await tables.look('projected')).toMatchObject({ files: 4 });
    expect(await tables.look('projected', window)).toMatchObject({ files: 2 });
    const before = await tables.print('projected', window);
    await tables.put('projected/2026-01-04/a.parquet', 'changed');
    expect(await tables.print('projected', window)).toBe(before);
    await tables.put('projected/2026-01-03/a.parquet', 'changed');
    expect(await tables.print('projected', window)).not.toBe(before);
  });

  test('days written otherwise are told', async () => {
    await tables.table('slashes', {
      PartitionKeys: keys,
      Parameters: projected({ 'projection.dt.format': 'yyyy/MM/dd' }),
    });
    expect((await errorOf(tables.look('slashes', window))).code).toBe('partition_not_days');
    expect(await tables.look('slashes')).toMatchObject({ files: 0 });
  });
});
