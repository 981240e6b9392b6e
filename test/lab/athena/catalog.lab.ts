import {
  CreateDatabaseCommand,
  DeleteDatabaseCommand,
  DeleteTableCommand,
  paginateGetTables,
} from '@aws-sdk/client-glue';
import type { Definitions } from '../../../src/core/definitions';
import type { RollupPart } from '../../../src/core/run';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { attemptPrefix, manifestKey, POINTER_KEY } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import type { Ports } from '../../../src/pipeline/context';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { ORDERS, projectFile, runCli, writeProject } from '../../cli/run-cli';
import { model, modelSet } from '../../core/models/model';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import {
  COLUMNS,
  column,
  errorOf,
  finish,
  idsOf,
  models,
  PERSON,
  place,
  pointer,
  RUN,
  twoNights,
  write,
} from './small-catalog';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await openAthenaLab();
});
afterAll(() => lab?.stop());

describe('a catalog of an empty account', () => {
  test('has database, tables and views after one rebuild, and nothing is left to do for another', async () => {
    const { settings, ports } = await place(lab, 'empty', false);
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
    const { ports } = await place(lab, 'none', false);
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

test('a Glue that lost everything is rebuilt from the manifests', async () => {
  const { settings, ports } = await place(lab, 'lost');
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
  const { settings, ports } = await twoNights(lab, 'column');
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
  const { ports } = await twoNights(lab, 'outdated');
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
  const { settings, ports } = await place(lab, 'told');
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
    published_at: '2026-01-03T00:00:00.000Z',
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

test.each([
  ['people', 'table', 'create table people as select 1 as id'],
  ['people', 'view', 'create view people as select 1 as id'],
  ['current_run', 'view', 'create view current_run as select 1 as id'],
])('%s, a %s of somebody else, is told and left as it is, and nothing is made beside it', async (name, what, sql) => {
  const { settings, ports } = await place(lab, `foreign_${name}_${what}`, false);
  await lab.clients.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: settings.database } }));
  await finish(ports, await ports.engine.start({ sql }));
  expect(await errorOf(ports.catalog.rebuild(models(), []))).toMatchObject({
    code: 'table_elsewhere',
    place: { table: `${settings.database}.${name}` },
    found: expect.stringContaining(`a ${what} of somebody else`),
    remedy: expect.stringContaining('--database'),
  });
  const { rows } = await lab.trino(settings.database).query('show tables');
  expect(rows).toEqual([[name]]);
  expect(await idsOf(ports, name)).toEqual([1]);
});
