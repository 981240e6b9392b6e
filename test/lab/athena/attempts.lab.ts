import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { attemptPrefix } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import type { Ports } from '../../../src/pipeline/context';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { COLUMNS, errorOf, finish, idsOf, MONTHS, partitionsRead, place, RUN, write } from './small-catalog';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await openAthenaLab();
});
afterAll(() => lab?.stop());

describe('attempts', () => {
  let settings: AthenaSettings;
  let ports: Ports;
  let parts: { prefix: string }[];
  const relation = (...indices: number[]) =>
    ports.catalog.relation(
      'people',
      COLUMNS,
      indices.map((index) => parts[index] as { prefix: string }),
    );

  beforeAll(async () => {
    ({ settings, ports } = await place(lab, 'attempts'));
    parts = [
      { prefix: await write(ports, RUN(1), 1, ['a']) },
      { prefix: await write(ports, RUN(1), 2, ['b', 'c']) },
      { prefix: await write(ports, RUN(2), 1, ['d']) },
      { prefix: await write(ports, RUN(2), 2, ['e']) },
    ];
  });

  test('each is read alone', async () => {
    expect(await idsOf(ports, relation(0))).toEqual(['a']);
    expect(await idsOf(ports, relation(1))).toEqual(['b', 'c']);
    expect(await partitionsRead(lab, settings, `select * from ${relation(1)}`, 'run_id')).toEqual([RUN(1)]);
    expect(await partitionsRead(lab, settings, `select * from ${relation(1)}`, 'attempt')).toEqual(['2']);
  });

  test('several are read together, and no other combination of their runs and attempts', async () => {
    expect(await idsOf(ports, relation(1, 2))).toEqual(['b', 'c', 'd']);
    const read = `select distinct "$partition" from ${settings.database}.people_attempts`;
    const condition = /where (.*)\)$/.exec(relation(1, 2))?.[1];
    const { rows } = await lab.trino(settings.database).query(`${read} where ${condition}`);
    expect(rows.flat().sort()).toEqual([`run_id=${RUN(1)}/attempt=2`, `run_id=${RUN(2)}/attempt=1`]);
  });

  test('no file of another attempt is opened, whatever combination is read', async () => {
    for (const index of [0, 3]) {
      const Key = `${settings.prefix}${parts[index]?.prefix}broken.parquet`;
      await lab.clients.s3.send(new PutObjectCommand({ Bucket: settings.bucket, Key, Body: 'no Parquet' }));
    }
    expect(await idsOf(ports, relation(1, 2))).toEqual(['b', 'c', 'd']);
    await errorOf(idsOf(ports, relation(0, 1)));
    for (const index of [0, 3]) {
      const Key = `${settings.prefix}${parts[index]?.prefix}broken.parquet`;
      await lab.clients.s3.send(new DeleteObjectCommand({ Bucket: settings.bucket, Key }));
    }
  });

  test('of a rollup each run gives the months that are its own', async () => {
    const months = ['2025-11-01', '2025-12-01', '2026-01-01'].map((month) => `(date '${month}', cast(%n as bigint))`);
    const prefixes: string[] = [];
    for (const day of [1, 2]) {
      const prefix = attemptPrefix('month_sums', RUN(day), 1);
      const sql = `select * from (values ${months.join(', ').replaceAll('%n', String(day))}) as t (month, n)`;
      await finish(ports, await ports.engine.start({ sql, writeTo: prefix }));
      await ports.catalog.register('month_sums', RUN(day), 1, { prefix });
      prefixes.push(prefix);
    }
    const [earlier, later] = prefixes as [string, string];
    const read = ports.catalog.relation(
      'month_sums',
      MONTHS.map((each) => ({ ...each, segmentable: false })),
      [
        { prefix: later, from: '2025-12-01' },
        { prefix: earlier, before: '2025-12-01' },
      ],
    );
    const { rows } = await lab.trino(settings.database).query(`select * from ${read} as t order by month`);
    expect(rows).toEqual([
      ['2025-11-01', 1],
      ['2025-12-01', 2],
      ['2026-01-01', 2],
    ]);
  });

  test('none at all is an empty relation of the same types', async () => {
    expect(await idsOf(ports, relation())).toEqual([]);
    expect(await ports.catalog.columnsOf('people', relation())).toEqual(
      await ports.catalog.columnsOf('people', relation(0)),
    );
  });

  test('an attempt without rows leaves no file and is read as empty', async () => {
    const prefix = await write(ports, RUN(3), 1, []);
    expect(await ports.catalog.files({ prefix }, 0)).toEqual([]);
    expect(await idsOf(ports, ports.catalog.relation('people', COLUMNS, [{ prefix }]))).toEqual([]);
  });

  test('registering again is harmless; a partition never moves', async () => {
    await ports.catalog.register('people', RUN(1), 1, parts[0] as { prefix: string });
    const error = await errorOf(ports.catalog.register('people', RUN(1), 1, parts[1] as { prefix: string }));
    expect(error.code).toBe('partition_elsewhere');
    expect(await idsOf(ports, relation(0))).toEqual(['a']);
  });

  test.each([
    'tables/people/v1/',
    'tables/orders/v1/2026-01-01-000000000001/1/',
    "tables/people/v1/2026-01-01-000000000001/1' or '1'='1/",
    'tables/people/v1/../1/',
    'tables/people/v1/2026-01-01-000000000001/0/',
    'tables/people/v2/2026-01-01-000000000001/1/',
  ])('%s is no attempt of people', (prefix) => {
    expect(() => ports.catalog.relation('people', COLUMNS, [{ prefix }])).toThrow(
      expect.objectContaining({ code: 'prefix_unknown' }),
    );
  });
});

describe('files of an attempt', () => {
  let settings: AthenaSettings;
  let ports: Ports;
  const prefix = attemptPrefix('people', RUN(4), 1);
  const key = (name: string) => `${settings.prefix}${prefix}${name}`;

  beforeAll(async () => {
    ({ settings, ports } = await place(lab, 'files'));
    const [one] = await filesOf(await write(ports, RUN(1), 1, ['a', 'b']));
    const [other] = await filesOf(await write(ports, RUN(1), 2, ['c', 'd', 'e']));
    for (const [name, from] of Object.entries({ 'x.parquet': one, 'y.parquet': other })) {
      const CopySource = `${settings.bucket}/${settings.prefix}${from}`;
      await lab.clients.s3.send(new CopyObjectCommand({ Bucket: settings.bucket, Key: key(name), CopySource }));
    }
  });

  const filesOf = async (from: string) => (await ports.store.list(from)).map((object) => object.key);

  test('one has the rows that the check counted', async () => {
    const attempt = attemptPrefix('people', RUN(1), 1);
    const [listed] = await ports.store.list(attempt);
    expect(await ports.catalog.files({ prefix: attempt }, 2)).toEqual([{ ...listed, rows: 2 }]);
  });

  test('several have the rows of their footers', async () => {
    expect((await ports.catalog.files({ prefix }, 5)).map(({ key: name, rows }) => [name, rows])).toEqual([
      [`${prefix}x.parquet`, 2],
      [`${prefix}y.parquet`, 3],
    ]);
  });

  test.each([4, 6, 0])('%i rows by the check are not what they hold', async (rows) => {
    expect((await errorOf(ports.catalog.files({ prefix }, rows))).code).toBe('files_damaged');
  });

  test('files that are gone are noticed', async () => {
    const gone = attemptPrefix('people', RUN(9), 1);
    expect((await errorOf(ports.catalog.files({ prefix: gone }, 1))).code).toBe('files_damaged');
  });

  test('what is no Parquet file is noticed', async () => {
    await lab.clients.s3.send(
      new PutObjectCommand({ Bucket: settings.bucket, Key: key('z.parquet'), Body: 'x'.repeat(40) }),
    );
    expect(await errorOf(ports.catalog.files({ prefix }, 5))).toMatchObject({
      code: 'files_damaged',
      found: expect.stringContaining('no readable Parquet'),
    });
  });
});
