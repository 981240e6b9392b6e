import { DeleteDatabaseCommand, DeleteTableCommand, GetTableCommand, paginateGetTables } from '@aws-sdk/client-glue';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Definitions } from '../../../src/core/definitions';
import { EngineError } from '../../../src/core/errors';
import type { ModelSet } from '../../../src/core/models/graph';
import type { RollupPart } from '../../../src/core/run';
import type { Manifest, Pointer } from '../../../src/core/snapshots/manifest';
import { attemptPrefix, manifestKey, POINTER_KEY } from '../../../src/core/snapshots/paths';
import { openAthenaCatalog } from '../../../src/engines/athena/catalog';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { decodeView, runOfView } from '../../../src/engines/athena/views';
import type { Ports } from '../../../src/pipeline/context';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import type { Catalog } from '../../../src/ports/catalog';
import type { QueryEngine } from '../../../src/ports/query-engine';
import { ORDERS, projectFile, runCli, writeProject } from '../../cli/run-cli';
import { model, modelSet } from '../../core/models/model';
import { type AthenaLab, openAthenaLab } from './athena-lab';

const column = (name: string, type: string) => ({ name, type, description: `The ${name}` });
const PEOPLE = [column('id', 'varchar'), column('spend', 'decimal(18,2)'), column('score', 'integer')];
const MONTHS = [column('month', 'date'), column('n', 'bigint')];
const COLUMNS = PEOPLE.map((each) => ({ ...each, segmentable: false }));
const PERSON = { public: true, unique_key: ['id'], columns: PEOPLE };

function models(more: ReturnType<typeof column>[] = []): ModelSet {
  return modelSet(
    model('stg_orders', 'staging', 'select 1 as x'),
    model('month_sums', 'rollups', "select x from {{ ref('stg_orders') }}", { columns: MONTHS }),
    model('people', 'snapshots', "select x from {{ ref('month_sums') }}", { ...PERSON, columns: [...PEOPLE, ...more] }),
  );
}

const RUN = (day: number) => `2026-01-0${day}-00000000000${day}`;

let lab: AthenaLab;
beforeAll(async () => {
  lab = await openAthenaLab();
});
afterAll(() => lab?.stop());

/** A place of its own with the tables of these models. */
async function place(name: string, rebuild = true): Promise<{ settings: AthenaSettings; ports: Ports }> {
  const settings = lab.settings(`cat_${name}`);
  const ports = lab.ports(settings);
  if (rebuild) await ports.catalog.rebuild(models(), []);
  return { settings, ports };
}

const rowsSql = (ids: readonly string[]): string =>
  `select * from (values ${ids.map((id, index) => `('${id}', cast(${index} as decimal(18,2)), ${index})`).join(', ')}) as t (id, spend, score)`;

async function finish(ports: Ports, handle: { id: string }): Promise<void> {
  for (;;) {
    const state = await ports.engine.poll(handle, 1000);
    if (state.status === 'failed') throw state.error;
    if (state.status === 'succeeded') return;
  }
}

/** Writes an attempt of people and registers it, as a night does. */
async function write(ports: Ports, runId: string, attempt: number, ids: readonly string[]): Promise<string> {
  const prefix = attemptPrefix('people', runId, attempt);
  const sql = ids.length > 0 ? rowsSql(ids) : `${rowsSql(['none'])} where false`;
  await finish(ports, await ports.engine.start({ sql, writeTo: prefix }));
  await ports.catalog.register('people', runId, attempt, { prefix });
  return prefix;
}

async function idsOf(ports: Ports, relation: string): Promise<unknown[]> {
  const handle = await ports.engine.start({ sql: `select id from ${relation} as t order by id` });
  await finish(ports, handle);
  return (await ports.engine.rows(handle)).map((row) => row.id);
}

/** The partitions that a query reads, as the planner sees them: the values of a key. */
async function partitionsRead(settings: AthenaSettings, sql: string, key: string): Promise<string[]> {
  const { rows } = await lab.trino(settings.database).query(`explain (type io, format json) ${sql}`);
  const plan = JSON.parse(String(rows[0]?.[0])) as {
    inputTableColumnInfos: {
      constraint: {
        columnConstraints: {
          columnName: string;
          domain: { ranges: { low: { value: string }; high: { value: string } }[] };
        }[];
      };
    }[];
  };
  return plan.inputTableColumnInfos.flatMap(({ constraint }) =>
    constraint.columnConstraints
      .filter(({ columnName }) => columnName === key)
      .flatMap(({ domain }) =>
        domain.ranges.map(({ low, high }) => (low.value === high.value ? low.value : 'a range')),
      ),
  );
}

const errorOf = (call: Promise<unknown>): Promise<{ code?: string; found?: string }> =>
  call.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: { code?: string }) => error,
  );

describe('a catalog of an empty account', () => {
  test('has database, tables and views after one rebuild, and nothing is left to do for another', async () => {
    const { settings, ports } = await place('empty', false);
    const made = [
      settings.database,
      'stg_orders_attempts',
      'month_sums_attempts',
      'people_attempts',
      'people_runs',
      'current_run',
      'people',
    ];
    const none = { made: 0, unchanged: 0 };
    expect(await ports.catalog.rebuild(models(), [])).toEqual({ made, extended: [], unchanged: 0, partitions: none });
    expect(await ports.catalog.rebuild(models(), [])).toEqual({
      made: [],
      extended: [],
      unchanged: 6,
      partitions: none,
    });
    expect(await idsOf(ports, 'people')).toEqual([]);
  });

  test('without its tables a night is told what to run', async () => {
    const { ports } = await place('none', false);
    const part = { prefix: attemptPrefix('people', RUN(1), 1) };
    const error = await errorOf(ports.catalog.register('people', RUN(1), 1, part));
    expect(error).toMatchObject({ code: 'table_missing', remedy: expect.stringContaining('tidemark catalog') });
  });
});

describe('tidemark catalog', () => {
  test('says what it made, and the second time that nothing was to do', async () => {
    const project = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS });
    const { bucket, database } = lab.settings('cat_cli');
    const env = { ...lab.double.environment, TIDEMARK_OUT: `s3://${bucket}/${database}`, TIDEMARK_DATABASE: database };
    const first = await runCli(['catalog', '--project', project], { env });
    expect([first.code, first.code === 0 ? '' : first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain(`Glue database ${database}, for s3://${bucket}/${database}\n`);
    expect(first.stdout).toMatch(/tables and views: \d\d made, 0 given new columns, 0 as they were/);
    expect(first.stdout).toContain('Nothing is published yet: the views have no rows.');
    const second = await runCli(['catalog', '--project', project, '--json'], { env });
    expect(JSON.parse(second.stdout)).toEqual({
      database,
      made: [],
      extended: [],
      unchanged: expect.any(Number),
      partitions: { made: 0, unchanged: 0 },
      nights: 0,
      current_run: null,
    });
    const { rows } = await lab.trino(database).query('select count(*) from people');
    expect(rows).toEqual([[0]]);
  });
});

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
    ({ settings, ports } = await place('attempts'));
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
    expect(await partitionsRead(settings, `select * from ${relation(1)}`, 'run_id')).toEqual([RUN(1)]);
    expect(await partitionsRead(settings, `select * from ${relation(1)}`, 'attempt')).toEqual(['2']);
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
    ({ settings, ports } = await place('files'));
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

describe('published nights', () => {
  const pointer = (day: number): Pointer => {
    const manifest = manifestKey(RUN(day));
    return {
      run_date: RUN(day).slice(0, 10),
      run_id: RUN(day),
      manifest,
      nights: { [RUN(day).slice(0, 10)]: manifest },
    };
  };

  async function twoNights(name: string) {
    const found = await place(name);
    for (const [day, ids] of [
      [1, ['a']],
      [2, ['b', 'c']],
    ] as const) {
      const prefix = await write(found.ports, RUN(day), day, ids);
      await found.ports.catalog.publish(RUN(day), [{ name: 'people', prefix }]);
    }
    return found;
  }

  const shown = async (settings: AthenaSettings) => {
    const command = new GetTableCommand({ DatabaseName: settings.database, Name: 'current_run' });
    return runOfView(decodeView((await lab.clients.glue.send(command)).Table?.ViewOriginalText));
  };

  test('readers see the run that the pointer names, from exactly one partition', async () => {
    const { settings, ports } = await twoNights('shown');
    expect(await idsOf(ports, 'people')).toEqual([]);
    await ports.catalog.follow(async () => pointer(1));
    expect(await idsOf(ports, 'people')).toEqual(['a']);
    await ports.catalog.follow(async () => pointer(2));
    expect(await idsOf(ports, 'people')).toEqual(['b', 'c']);
    expect(await partitionsRead(settings, 'select * from people', 'run_id')).toEqual([RUN(2)]);
  });

  test('publishing again is harmless, and never shows other files', async () => {
    const { ports } = await twoNights('again');
    const prefix = attemptPrefix('people', RUN(1), 1);
    await ports.catalog.publish(RUN(1), [{ name: 'people', prefix }]);
    const other = await write(ports, RUN(1), 7, ['z']);
    const error = await errorOf(ports.catalog.publish(RUN(1), [{ name: 'people', prefix: other }]));
    expect(error.code).toBe('partition_elsewhere');
  });

  test('a view that shows the pointer already is left alone; without a pointer nothing is done', async () => {
    const { ports } = await twoNights('left');
    await ports.catalog.follow(async () => pointer(1));
    lab.double.forget();
    await ports.catalog.follow(async () => pointer(1));
    await ports.catalog.follow(async () => undefined);
    expect(lab.double.calls.map(({ action }) => action)).toEqual(['glue:GetTable']);
  });

  test('of two runs at once the pointer wins, whichever is slower', async () => {
    const { settings, ports } = await twoNights('race');
    let current = pointer(1);
    // The first one has read the pointer; then the second one moves it and follows, before the first one acts.
    let isSlow = true;
    const slow = async (): Promise<Pointer> => {
      const read = current;
      if (isSlow) {
        isSlow = false;
        current = pointer(2);
        await ports.catalog.follow(async () => current);
        expect(await shown(settings)).toBe(RUN(2));
      }
      return read;
    };
    await ports.catalog.follow(slow);
    expect(await shown(settings)).toBe(RUN(2));
    expect(await idsOf(ports, 'people')).toEqual(['b', 'c']);
    current = pointer(1);
    const both = lab.ports(settings);
    await Promise.all([ports, both].map(({ catalog }) => catalog.follow(async () => current)));
    expect(await shown(settings)).toBe(RUN(1));
  });

  test('a change that fails because another one came first is no failure; any other is', async () => {
    const { settings, ports } = await twoNights('conflict');
    const failing = (meanwhile: () => Promise<void>): Catalog => {
      const start = async (): Promise<never> => {
        await meanwhile();
        throw new EngineError({ code: 'engine_failed', found: 'a conflict', remedy: 'none' });
      };
      return openAthenaCatalog(settings, lab.clients, { ...ports.engine, start } as QueryEngine);
    };
    let current = pointer(1);
    await failing(async () => {
      current = pointer(2);
      await ports.catalog.follow(async () => current);
    }).follow(async () => current);
    expect(await shown(settings)).toBe(RUN(2));
    current = pointer(1);
    const error = await errorOf(failing(async () => undefined).follow(async () => current));
    expect(error.code).toBe('engine_failed');
  });

  test('a Glue that lost everything is rebuilt from the manifests', async () => {
    const { settings, ports } = await place('lost');
    const prefixes = [await write(ports, RUN(1), 1, ['a']), await write(ports, RUN(2), 3, ['b', 'c'])];
    const own = attemptPrefix('month_sums', RUN(2), 1);
    const taken = attemptPrefix('month_sums', RUN(1), 1);
    const parts = [
      { prefix: own, files: [], from: '2026-01-01' },
      { prefix: taken, files: [], before: '2026-01-01' },
    ];
    for (const [index, prefix] of prefixes.entries()) await publishManifest(ports, index + 1, prefix, parts);
    await putPointer(ports);
    const definitions = { models: models() } as Definitions;
    const rebuild = () => rebuildCatalog({ ports: lab.ports(settings), definitions, hashSalt: undefined });
    await rebuild();
    expect(await idsOf(ports, 'people')).toEqual(['b', 'c']);

    await wipe(settings);
    expect((await errorOf(idsOf(ports, 'people'))).code).toBe('table_missing');
    const rebuilt = await rebuild();
    expect(rebuilt).toMatchObject({
      made: [
        settings.database,
        'stg_orders_attempts',
        'month_sums_attempts',
        'people_attempts',
        'people_runs',
        'current_run',
        'people',
      ],
      nights: 2,
      partitions: { made: 6, unchanged: 0 },
      current_run: { run_id: RUN(2), run_date: '2026-01-02' },
    });
    expect(await idsOf(ports, 'people')).toEqual(['b', 'c']);
    for (const [index, prefix] of prefixes.entries()) {
      const relation = ports.catalog.relation('people', COLUMNS, [{ prefix }]);
      expect(await idsOf(ports, relation)).toEqual(index === 0 ? ['a'] : ['b', 'c']);
    }
    expect(await rebuild()).toMatchObject({ made: [], partitions: { made: 0, unchanged: 6 } });
  });

  test('a new column of a model joins at the end, null in the nights before', async () => {
    const { settings, ports } = await twoNights('column');
    await ports.catalog.follow(async () => pointer(2));
    const more = models([column('city', 'varchar')]);
    expect(await lab.ports(settings).catalog.rebuild(more, [])).toMatchObject({
      made: ['people'],
      extended: [
        { table: 'people_attempts', columns: ['city'] },
        { table: 'people_runs', columns: ['city'] },
      ],
    });
    const { rows } = await lab.trino(settings.database).query('select id, city from people order by id');
    expect(rows).toEqual([
      ['b', null],
      ['c', null],
    ]);
  });

  test('a table that lacks a column of the models is told before it is read', async () => {
    const { ports } = await twoNights('outdated');
    const prefix = attemptPrefix('people', RUN(1), 1);
    const later = [...COLUMNS, { ...column('city', 'varchar'), segmentable: false }];
    const read = () => ports.catalog.relation('people', later, [{ prefix }]);
    expect(read).toThrow(
      expect.objectContaining({ code: 'table_outdated', place: expect.objectContaining({ column: 'city' }) }),
    );
    await ports.catalog.rebuild(models([column('city', 'varchar')]), []);
    await ports.catalog.register('people', RUN(1), 1, { prefix });
    expect(await idsOf(ports, read())).toEqual(['a']);
  });

  test('a column of another type, and tables of another place, are told', async () => {
    const { settings, ports } = await place('told');
    const other = modelSet(
      model('people', 'snapshots', 'select 1 as x', { ...PERSON, columns: [column('id', 'bigint')] }),
    );
    expect(await errorOf(ports.catalog.rebuild(other, []))).toMatchObject({
      code: 'column_type_changed',
      found: 'this column is string in Glue and bigint in the models',
    });
    const elsewhere = lab.ports({ ...settings, prefix: 'elsewhere/' });
    expect((await errorOf(elsewhere.catalog.rebuild(models(), []))).code).toBe('table_elsewhere');
  });

  async function publishManifest(ports: Ports, day: number, prefix: string, parts: RollupPart[]): Promise<void> {
    const manifest: Partial<Manifest> = {
      run_date: RUN(day).slice(0, 10),
      run_id: RUN(day),
      supersedes: null,
      sources: {},
      parameters: {},
      rollups: { month_sums: { id: 'same', parts } },
      tables: [{ name: 'people', version: 1, prefix, files: [], rows: 0, columns: [], content_hash: '0:0' }],
      audiences: [],
      facts: {},
      warnings: [],
    };
    await ports.store.put(manifestKey(RUN(day)), JSON.stringify(manifest));
  }

  async function putPointer(ports: Ports): Promise<void> {
    const nights = { '2026-01-01': manifestKey(RUN(1)), '2026-01-02': manifestKey(RUN(2)) };
    await ports.store.put(POINTER_KEY, JSON.stringify({ ...pointer(2), nights }));
  }

  async function wipe({ database: DatabaseName }: AthenaSettings): Promise<void> {
    const names: string[] = [];
    for await (const page of paginateGetTables({ client: lab.clients.glue }, { DatabaseName }))
      names.push(...(page.TableList ?? []).map(({ Name }) => Name as string));
    for (const Name of names) await lab.clients.glue.send(new DeleteTableCommand({ DatabaseName, Name }));
    await lab.clients.glue.send(new DeleteDatabaseCommand({ Name: DatabaseName }));
  }
});
