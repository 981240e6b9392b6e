import { gzipSync } from 'node:zlib';
import { ObjectsHash } from '../../../src/engines/athena/fingerprints';
import { readIcebergMetadata } from '../../../src/engines/athena/iceberg';
import { s3Place } from '../../../src/engines/athena/listing';
import { type DayRange, dayRange } from '../../../src/engines/athena/partition-days';
import { dayFormat, isProjected, mayLieIn } from '../../../src/engines/athena/projection';

describe('objects', () => {
  const hashOf = (facts: string[], ...objects: [string, number, string][]): ObjectsHash => {
    const hash = new ObjectsHash(facts);
    for (const [name, bytes, etag] of objects) hash.add(name, { bytes, etag });
    return hash;
  };

  test('name, size, ETag and the facts of the table all count', () => {
    const same = hashOf(['1'], ['a', 1, 'x'], ['b', 2, 'y']).digest();
    expect(hashOf(['1'], ['a', 1, 'x'], ['b', 2, 'y']).digest()).toBe(same);
    const others = [
      hashOf(['2'], ['a', 1, 'x'], ['b', 2, 'y']),
      hashOf(['1'], ['a', 1, 'x']),
      hashOf(['1'], ['c', 1, 'x'], ['b', 2, 'y']),
      hashOf(['1'], ['a', 3, 'x'], ['b', 2, 'y']),
      hashOf(['1'], ['a', 1, 'z'], ['b', 2, 'y']),
      hashOf(['1'], ['a","1', 1, 'x'], ['b', 2, 'y']),
    ].map((hash) => hash.digest());
    expect(new Set([same, ...others]).size).toBe(others.length + 1);
  });

  test('bytes and files are counted', () => {
    const { bytes, files } = hashOf([], ['a', 1, 'x'], ['b', 2, 'y']);
    expect({ bytes, files }).toEqual({ bytes: 3, files: 2 });
  });

  test.each([
    ['s3://lake/shop/orders', { bucket: 'lake', prefix: 'shop/orders/' }],
    ['s3a://lake/shop/orders/', { bucket: 'lake', prefix: 'shop/orders/' }],
    ['s3n://lake', { bucket: 'lake', prefix: '' }],
    ['s3://lake/', { bucket: 'lake', prefix: '' }],
    ['hdfs://cluster/shop', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('location %s', (location, place) => {
    expect(s3Place(location)).toEqual(place);
  });
});

describe('days of a partition key', () => {
  const window = { column: 'dt', from: '2026-01-30', to: '2026-02-01' };

  test.each(['string', 'date', 'varchar(10)', 'CHAR(10)'])('of type %s are compared as texts', (type) => {
    const days = dayRange(window, type) as DayRange;
    expect(days.expression).toBe("dt >= '2026-01-30' and dt < '2026-02-02'");
    const held = ['2026-01-29', '2026-01-30', '2026-02-01', '2026-02-01-23', '2026-02-02'].filter(days.holds);
    expect(held).toEqual(['2026-01-30', '2026-02-01', '2026-02-01-23']);
    expect(['2026', '2026/01/30', '20260130', ''].some(days.isDay)).toBe(false);
  });

  test.each(['int', 'bigint', 'Integer'])('of type %s are compared as yyyymmdd', (type) => {
    const days = dayRange(window, type) as DayRange;
    expect(days.expression).toBe('dt >= 20260130 and dt <= 20260201');
    expect(['20260129', '20260130', '20260201', '20260202'].filter(days.holds)).toEqual(['20260130', '20260201']);
    expect(['2026', '202601', '2026-01-30'].some(days.isDay)).toBe(false);
  });

  test('of compact texts are compared as texts of yyyymmdd', () => {
    const days = dayRange(window, 'string', true) as DayRange;
    expect(days.expression).toBe("dt >= '20260130' and dt <= '20260201'");
    expect(['20260129', '20260130', '20260201', '20260202'].filter(days.holds)).toEqual(['20260130', '20260201']);
    expect(dayRange(window, 'date', true)?.expression).toBe("dt >= '2026-01-30' and dt < '2026-02-02'");
  });

  test('an open end reads on', () => {
    expect(dayRange({ column: 'dt', from: '2026-01-30' }, 'date')?.expression).toBe("dt >= '2026-01-30'");
    expect(dayRange({ column: 'dt', to: '2026-01-31' }, 'int')?.expression).toBe('dt <= 20260131');
    const all = dayRange({ column: 'dt' }, 'date');
    expect(all).toMatchObject({ expression: undefined, isBounded: false });
    expect(all?.holds('1970-01-01')).toBe(true);
  });

  test.each(['timestamp', 'boolean', 'decimal(8,0)', 'array<string>', ''])('a key of type %j holds none', (type) => {
    expect(dayRange(window, type)).toBeUndefined();
  });

  test('a column whose name says more to a parser than a name is filtered here alone', () => {
    const days = dayRange({ ...window, column: 'order day' }, 'string');
    expect(days?.expression).toBeUndefined();
    expect(days?.holds('2026-01-29')).toBe(false);
  });

  test.each(["2026-01-30' or '1'='1", '2026-02-30', ''])('%j is no day', (from) => {
    const read = () => dayRange({ column: 'dt', from }, 'string')?.expression;
    if (from === '') expect(read()).toBeUndefined();
    else expect(read).toThrow(/is not a day/);
  });
});

describe('partition projection', () => {
  const location = 's3://lake/events/';
  const days = dayRange({ column: 'dt', from: '2026-01-02', to: '2026-01-03' }, 'string') as DayRange;
  const chosen = (keys: string[], parameters: Record<string, string>, names: string[]): string[] => {
    const isWanted = mayLieIn(location, keys, parameters, 'dt', days);
    return names.filter((name) => isWanted(`${location}${name}`));
  };

  test('the usual layout is pruned by its folders', () => {
    const names = ['dt=2026-01-01/a', 'dt=2026-01-02/a', 'dt=2026-01-03/b', 'dt=2026-01-04/c'];
    expect(chosen(['dt'], {}, names)).toEqual(['dt=2026-01-02/a', 'dt=2026-01-03/b']);
    expect(
      chosen(
        ['shop', 'dt'],
        {},
        names.map((name) => `shop=7/${name}`),
      ),
    ).toHaveLength(2);
  });

  test('a template is followed', () => {
    const parameters = { 'storage.location.template': `${location}v1/\${dt}/\${hour}` };
    const names = ['v1/2026-01-01/05/a', 'v1/2026-01-02/05/a', 'v1/2026-01-03/23/a', 'v1/2026-01-04/00/a'];
    expect(chosen(['dt', 'hour'], parameters, names)).toEqual(names.slice(1, 3));
  });

  test('where the layout leaves a doubt, an object counts', () => {
    const names = ['elsewhere/a', 'dt=never/a', 'dt=2026-01-01/a'];
    expect(chosen(['dt'], {}, names)).toEqual(['elsewhere/a', 'dt=never/a']);
    const twice = { 'storage.location.template': `${location}\${dt}/\${dt}/` };
    expect(chosen(['dt'], twice, ['2026-01-01/2026-01-01/a'])).toHaveLength(1);
    const never = { 'storage.location.template': `${location}all/` };
    expect(chosen(['dt'], never, ['all/2026-01-01'])).toHaveLength(1);
  });

  test('a template is no pattern', () => {
    const parameters = { 'storage.location.template': `${location}a.b/\${dt}/` };
    expect(chosen(['dt'], parameters, ['a.b/2026-01-01/x', 'aXb/2026-01-01/x'])).toEqual(['aXb/2026-01-01/x']);
  });

  test('a table may say how it writes days', () => {
    expect(dayFormat({ 'projection.dt.format': 'yyyy/MM/dd' }, 'DT')).toBe('yyyy/MM/dd');
    expect(dayFormat({}, 'dt')).toBeUndefined();
  });

  test('it is on where its property says so', () => {
    expect([{ 'projection.enabled': 'TRUE' }, { 'projection.enabled': 'false' }, {}].map(isProjected)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('Iceberg metadata', () => {
  const metadata = (changes: object = {}): string =>
    JSON.stringify({
      'format-version': 2,
      'current-schema-id': 1,
      schemas: [
        { 'schema-id': 0, fields: [{ id: 1, name: 'old', type: 'int' }] },
        {
          'schema-id': 1,
          fields: [
            { id: 1, name: 'Ordered_At', type: 'timestamptz' },
            { id: 2, name: 'tags', type: { type: 'list', element: 'string' } },
            { id: 3, name: 'place', type: { type: 'struct', fields: [] } },
          ],
        },
      ],
      'current-snapshot-id': 0,
      snapshots: [{ 'snapshot-id': 0, summary: { 'total-files-size': '1200', 'total-data-files': '3' } }],
      ...changes,
    }).replaceAll(/("(?:current-)?snapshot-id":)0/g, '$17638259640157239011');

  test('snapshot, schema, columns and size are read, the id to its last digit', () => {
    expect(readIcebergMetadata(Buffer.from(metadata()))).toEqual({
      snapshot: '7638259640157239011',
      schema: '1',
      columns: [
        { name: 'Ordered_At', type: 'timestamptz' },
        { name: 'tags', type: 'array<string>' },
        { name: 'place', type: 'struct' },
      ],
      bytes: 1200,
      files: 3,
    });
  });

  test('so is a compressed file', () => {
    expect(readIcebergMetadata(gzipSync(metadata()))?.snapshot).toBe('7638259640157239011');
  });

  test('a table nobody has written to has snapshot -1', () => {
    const state = readIcebergMetadata(Buffer.from(metadata({ 'current-snapshot-id': null, snapshots: [] })));
    expect(state).toMatchObject({ snapshot: '-1', bytes: 0, files: 0 });
  });

  test('the first version of the format has one schema', () => {
    const fields = [{ id: 1, name: 'id', type: 'string' }];
    const state = readIcebergMetadata(
      Buffer.from(metadata({ schemas: undefined, 'current-schema-id': undefined, schema: { fields } })),
    );
    expect(state?.columns).toEqual([{ name: 'id', type: 'string' }]);
  });

  test.each(['', 'no JSON', '{}', '[]', 'null', '{"current-snapshot-id": "x"}'])('%j is no metadata', (text) => {
    expect(readIcebergMetadata(Buffer.from(text))).toBeUndefined();
  });
});
