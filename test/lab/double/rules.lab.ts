import { GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { type Harness, openHarness, unloadTo } from './harness';

const workgroups = {
  primary: { outputLocation: 's3://athena-results/' },
  enforced: { enforced: true, outputLocation: 's3://lake/enforced-results/' },
  frugal: { outputLocation: 's3://athena-results/', bytesScannedCutoffPerQuery: 100 },
};

let h: Harness;
beforeAll(async () => {
  h = await openHarness('rules', { workgroups });
});
afterAll(() => h.stop());

describe('where UNLOAD writes', () => {
  test('a place that holds anything is refused', async () => {
    const sql = unloadTo(`${h.place}/twice/`, 'select 1 as n');
    expect((await h.run(sql)).Status?.State).toBe('SUCCEEDED');
    const { Status } = await h.run(sql);
    expect(Status).toMatchObject({ State: 'FAILED', AthenaError: { Retryable: false } });
    expect(Status?.StateChangeReason).toMatch(/^HIVE_PATH_ALREADY_EXISTS: .*s3:\/\/lake\/.*\/twice\//);
    expect(await h.keys('twice/')).toHaveLength(1);
  });

  test('a partitioned UNLOAD adds to what is there', async () => {
    const sql = unloadTo(
      `${h.place}/parts/`,
      "select 1 as n, p from (values 'a', 'b') as t(p)",
      ", partitioned_by = ARRAY['p']",
    );
    expect((await h.run(sql)).Status?.State).toBe('SUCCEEDED');
    expect((await h.run(sql)).Status?.State).toBe('SUCCEEDED');
    const folders = (await h.keys('parts/')).map((key) => key.split('/').slice(0, 2).join('/'));
    expect(folders).toEqual(['parts/p=a', 'parts/p=a', 'parts/p=b', 'parts/p=b']);
    expect((await h.keys('')).filter((key) => key.startsWith('parts__'))).toEqual([]);
  });

  test('100 partitions and no more', async () => {
    const sql = (count: number): string =>
      unloadTo(
        `${h.place}/p${count}/`,
        `select 1 as n, p from unnest(sequence(1, ${count})) as t(p)`,
        ", partitioned_by = ARRAY['p']",
      );
    expect((await h.run(sql(100))).Status?.State).toBe('SUCCEEDED');
    expect(await h.keys('p100/')).toHaveLength(100);
    const { Status } = await h.run(sql(101));
    expect(Status?.StateChangeReason).toBe(
      'HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets',
    );
  });
});

describe('workgroups', () => {
  test('one that enforces its settings takes no place from the client, and no external_location', async () => {
    const ResultConfiguration = { OutputLocation: 's3://lake/other/' };
    const { ResultConfiguration: used } = await h.run('select 1', { WorkGroup: 'enforced', ResultConfiguration });
    expect(used?.OutputLocation).toMatch(/^s3:\/\/lake\/enforced-results\/[\w-]+\.csv$/);
    const ctas = `create table t with (external_location = '${h.place}/ctas/') as select 1 as n`;
    await expect(h.start(ctas, { WorkGroup: 'enforced' })).rejects.toThrow(/^The Create Table As Select query failed/);
    const unloaded = await h.run(unloadTo(`${h.place}/enforced/`, 'select 1 as n'), { WorkGroup: 'enforced' });
    expect(unloaded.Status?.State).toBe('SUCCEEDED');
  });

  test('a query that reads more than allowed is cut off, and says how much it read', async () => {
    await h.run(unloadTo(`${h.place}/big/`, 'select n from unnest(sequence(1, 1000)) as t(n)'));
    await h.table('big', 'n int', 'big/');
    const { Status, Statistics } = await h.run('select sum(n) from big', { WorkGroup: 'frugal' });
    expect(Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' });
    expect(Statistics?.DataScannedInBytes).toBeGreaterThan(100);
    const free = await h.run('select sum(n) from big');
    expect([free.Status?.State, free.Statistics?.DataScannedInBytes]).toEqual([
      'SUCCEEDED',
      Statistics?.DataScannedInBytes,
    ]);
    expect((await h.run('select 1', { WorkGroup: 'frugal' })).Status?.State).toBe('SUCCEEDED');
  });

  test('GetWorkGroup tells the settings', async () => {
    const { WorkGroup } = await h.athena.send(new GetWorkGroupCommand({ WorkGroup: 'frugal' }));
    expect(WorkGroup).toMatchObject({ State: 'ENABLED', Configuration: { BytesScannedCutoffPerQuery: 100 } });
    await expect(h.athena.send(new GetWorkGroupCommand({ WorkGroup: 'gone' }))).rejects.toThrow(
      'WorkGroup is not found.',
    );
  });
});

describe("Hive's parser", () => {
  beforeAll(async () => {
    await h.table('kept', 'n int', 'kept/');
    await h.run('create or replace view kept_view as select 1 as n');
  });

  test.each([
    ['/* c */ describe kept', "line 1:0 cannot recognize input near '/' '*' 'c'"],
    ['describe /* c */ kept', "line 1:0 cannot recognize input near 'describe' '/' '*' in describe statement"],
    ['SHOW /* c */ CREATE TABLE kept', "line 1:5 cannot recognize input near 'SHOW' '/' '*' in ddl statement"],
    [
      'SHOW CREATE /* c */ TABLE kept',
      "line 1:12 mismatched input '/' expecting TABLE near 'CREATE' in show statement",
    ],
    ['show create table /* 1 */ kept', "line 1:18 cannot recognize input near '/' '*' '1' in table name"],
    ['MSCK REPAIR /* c */ TABLE kept', "line 1:12 missing EOF at '/' near 'REPAIR'"],
    [
      'ALTER /* c */ TABLE kept ADD COLUMNS (m int)',
      "line 1:0 cannot recognize input near 'ALTER' '/' '*' in alter statement",
    ],
    ['DROP TABLE "kept"', `line 1:11 cannot recognize input near '"kept"' in table name`],
    ['describe "kept"', `line 1:9 cannot recognize input near '"kept"' in table name`],
  ])('refuses %s', async (sql, reason) => {
    const { Status } = await h.run(sql);
    expect(Status).toMatchObject({ State: 'FAILED', StateChangeReason: `FAILED: ParseException ${reason}` });
    expect(Status?.AthenaError).toMatchObject({ ErrorCategory: 1, ErrorType: 1003 });
  });

  test.each(['-- c\ndescribe kept', 'describe `kept`', '/* c */ describe kept_view', '/* c */ select * from "kept"'])(
    'leaves %s alone',
    async (sql) => {
      expect((await h.run(sql)).Status).toMatchObject({ State: 'SUCCEEDED' });
    },
  );

  test('what the double has not, it says', async () => {
    expect((await h.run('alter table kept add columns (m int)')).Status?.StateChangeReason).toBe(
      'NOT_SUPPORTED: the double has no alter table kept',
    );
  });
});
