import { rmSync } from 'node:fs';
import {
  CreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  GetTableCommand,
  type TableInput,
} from '@aws-sdk/client-glue';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { walkNight } from '../../../src/cli/walk';
import type { Definitions } from '../../../src/core/definitions';
import { awaitSources } from '../../../src/pipeline/await-sources';
import type { StepContext } from '../../../src/pipeline/context';
import { planRun } from '../../../src/pipeline/plan-run';
import { rebuildCatalog } from '../../../src/pipeline/rebuild-catalog';
import { loadDefinitions } from '../../../src/project/load-definitions';
import { ordersProject } from '../../support/orders-project';
import { smallPipeline } from '../../support/small-pipeline';
import { trinoType } from '../double/hive-types';
import { BUCKET } from '../servers';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { shareShop } from './glue-shop';
import { errorOf, finish } from './small-catalog';

/** How late a source is, for every way in which a table of Glue may lie; and what tells one that came truncated. */
const DAYS = ['2025-05-10', '2025-05-11', '2025-05-12', '2025-05-13'];
const [BASE, NIGHT] = ['2025-05-13', '2025-05-14'] as const;
/** The morning after, before and at six in Vienna. */
const [EARLY, LATE] = [Date.parse('2025-05-15T03:50:00Z'), Date.parse('2025-05-15T04:00:00Z')];

const local = ordersProject({
  orders: [
    'id,buyer,day,total,dt',
    ...[...DAYS, NIGHT].flatMap((day) => Array.from({ length: 40 }, (_, n) => `${day}-${n},c${n},${day},10.00,${day}`)),
    '',
  ].join('\n'),
  top: 'freshness: { orders: { wait_until: "06:00" } }\n',
});
let lab: AthenaLab;
let context: StepContext;
let shop: string;
let definitions: Definitions;

beforeAll(async () => {
  lab = await openAthenaLab();
  const settings = lab.settings('fresh');
  shop = `${settings.database}_shop`;
  definitions = smallPipeline(await loadDefinitions(await shareShop(local, shop, lab.clients, { orders: 'dt' })));
  context = { ports: lab.ports(settings), definitions, hashSalt: undefined };
  // The last day is still to come.
  await copy(rows(NIGHT), 'later.parquet');
  await remove(rows(NIGHT));
  await dropPartition('orders', [NIGHT]);
  await defineTables();
});
afterAll(async () => {
  await lab?.stop();
  rmSync(local, { recursive: true, force: true });
});

/** Keys below the shop's own prefix. */
const rows = (day: string): string => `orders/dt=${day}/rows.parquet`;
const at = (path: string): string => `s3://${BUCKET}/${shop}/${path}`;
const put = (path: string, Body: string | Buffer) =>
  lab.clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${shop}/${path}`, Body }));
const remove = (path: string) =>
  lab.clients.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${shop}/${path}` }));
const copy = (from: string, to: string) => {
  const CopySource = encodeURI(`${BUCKET}/${shop}/${from}`);
  return lab.clients.s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: `${shop}/${to}`, CopySource }));
};

async function addPartition(TableName: string, Values: string[], path: string): Promise<void> {
  const { Table } = await lab.clients.glue.send(new GetTableCommand({ DatabaseName: shop, Name: TableName }));
  const PartitionInput = { Values, StorageDescriptor: { ...Table?.StorageDescriptor, Location: at(path) } };
  await lab.clients.glue.send(new CreatePartitionCommand({ DatabaseName: shop, TableName, PartitionInput }));
}

async function dropPartition(TableName: string, PartitionValues: string[]): Promise<void> {
  await lab.clients.glue.send(new DeletePartitionCommand({ DatabaseName: shop, TableName, PartitionValues }));
}

/** Tables of other kinds over the same rows. */
async function defineTables(): Promise<void> {
  const { Table } = await lab.clients.glue.send(new GetTableCommand({ DatabaseName: shop, Name: 'orders' }));
  const define = (Name: string, path: string, more: Partial<TableInput> = {}) => {
    const StorageDescriptor = { ...Table?.StorageDescriptor, Location: at(path) };
    const TableInput = { Name, TableType: 'EXTERNAL_TABLE', StorageDescriptor, ...more };
    return lab.clients.glue.send(new CreateTableCommand({ DatabaseName: shop, TableInput }));
  };
  const projection = {
    'projection.enabled': 'true',
    'projection.dt.type': 'date',
    'projection.dt.format': 'yyyy-MM-dd',
    'projection.dt.range': '2025-05-01,2025-05-31',
    'projection.dt.interval': '1',
    'projection.dt.interval.unit': 'DAYS',
  };
  const PartitionKeys = ['year', 'month', 'day_of_month'].map((name) => ({ Name: name, Type: 'string' }));
  await define('by_parts', 'orders/', { PartitionKeys });
  for (const day of DAYS) await addPartition('by_parts', day.split('-'), `orders/dt=${day}/`);
  await define('projected', 'orders/', { PartitionKeys: [{ Name: 'dt', Type: 'string' }], Parameters: projection });
  for (const day of DAYS) await copy(rows(day), `plain/${day}.parquet`);
  await define('plain', 'plain/');
  const view = `create view ${shop}.seen as select * from ${shop}.plain`;
  await finish(context.ports, await context.ports.engine.start({ sql: view }));
  // Glue says Iceberg; what Athena would read there, the engine reads as the same files.
  const metadata_location = at('ice.metadata.json');
  await define('ice', 'plain/', { Parameters: { table_type: 'ICEBERG', metadata_location } });
  await commitIceberg('1');
  const columns = (Table?.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => `${Name} ${trinoType(Type ?? '')}`);
  const storage = `format = 'PARQUET', external_location = '${at('plain/')}'`;
  await lab.trino(shop).query(`create table ice (${columns}) with (${storage})`);
}

const commitIceberg = (snapshot: string) =>
  put(
    'ice.metadata.json',
    `{"current-schema-id":0,"schemas":[{"schema-id":0,"fields":[{"id":1,"name":"id","type":"string"},{"id":2,"name":"buyer","type":"string"},
      {"id":3,"name":"day","type":"string"},{"id":4,"name":"total","type":"string"}]}],"current-snapshot-id":${snapshot},
      "snapshots":[{"snapshot-id":${snapshot},"summary":{"total-files-size":"77","total-data-files":"4"}}]}`,
  );

/** The same project over another table, by days of a column. */
function over(table: string, column?: string, top: Partial<Definitions['project']['file']> = {}): Definitions {
  const { project } = definitions;
  const { orders } = project.sources;
  if (!orders) throw new Error('orders are mapped');
  const mapping = { ...orders.mapping, partition: column === undefined ? undefined : { column, slack_days: 0 } };
  const file = { ...project.file, sources: { ...project.file.sources, orders: mapping }, ...top };
  const location = { from: [`${shop}.${table}`] };
  return {
    ...definitions,
    project: { ...project, file, sources: { ...project.sources, orders: { ...orders, mapping, location } } },
  };
}

const by = (now: number, other: Definitions): StepContext => ({
  ...context,
  ports: { ...context.ports, clock: { now: () => now } },
  definitions: other,
});

/** What the first step says, and how many statements it took. */
async function ask(other: Definitions, now = EARLY) {
  lab.double.forget();
  const answer = await awaitSources({ run_date: NIGHT }, by(now, other));
  const queries = lab.double.calls.filter(({ action }) => action === 'athena:StartQueryExecution').length;
  return { state: answer.state, newest: answer.state === 'waiting' ? answer.looks.orders?.newest_day : null, queries };
}

const staleOf = async (other: Definitions): Promise<string> => {
  const error = (await errorOf(awaitSources({ run_date: NIGHT }, by(LATE, other)))) as {
    errors?: { code: string; found: string }[];
  };
  const [first] = error.errors ?? [];
  expect(first?.code).toBe('source_stale');
  return first?.found ?? '';
};

/** Table, partition column as mapped, statements a look takes. */
const KINDS: [string, string | undefined, number][] = [
  ['orders', 'dt', 0],
  ['orders', undefined, 1],
  ['by_parts', undefined, 1],
  ['projected', 'dt', 1],
  ['plain', undefined, 1],
  ['seen', undefined, 1],
  ['ice', undefined, 1],
];

test.each(KINDS)('%s, by days of %s: its newest day is found, and waited for', async (table, column, queries) => {
  expect(await ask(over(table, column))).toEqual({ state: 'waiting', newest: '2025-05-13', queries });
});

test.each(KINDS.slice(0, 2))('%s, by days of %s: once its time is over the night fails', async (table, column) => {
  expect(await staleOf(over(table, column))).toMatch(
    /^its newest day is 2025-05-13, and the night of 2025-05-14 needs it up to 2025-05-14 by 06:00/,
  );
});

test('a key that holds no whole days is told at once', async () => {
  const asked = awaitSources({ run_date: NIGHT }, by(EARLY, over('by_parts', 'day_of_month')));
  expect(await errorOf(asked)).toMatchObject({ code: 'partition_not_days' });
});

test('a table that does not exist is told at once, with the nearest there is', async () => {
  for (const [table, column] of [
    ['order', undefined],
    ['order', 'dt'],
  ] as const) {
    const error = await errorOf(awaitSources({ run_date: NIGHT }, by(EARLY, over(table, column))));
    expect(error).toMatchObject({ code: 'source_missing', found: expect.stringContaining(`${shop}.orders?`) });
  }
});

test('a partition that is there before its rows does not count, nor does an empty file', async () => {
  await addPartition('orders', [NIGHT], `orders/dt=${NIGHT}/`);
  await put(`orders/dt=${NIGHT}/_SUCCESS`, 'x');
  await put(`orders/dt=${NIGHT}/empty.parquet`, Buffer.alloc(0));
  expect(await ask(over('orders', 'dt'))).toEqual({ state: 'waiting', newest: '2025-05-13', queries: 0 });
  await remove(`orders/dt=${NIGHT}/empty.parquet`);
});

describe('once the day has come', () => {
  beforeAll(async () => {
    await copy('later.parquet', rows(NIGHT));
    await copy('later.parquet', `plain/${NIGHT}.parquet`);
    await addPartition('by_parts', NIGHT.split('-'), `orders/dt=${NIGHT}/`);
    await commitIceberg('2');
  });

  test.each(KINDS)('%s, by days of %s: the night begins', async (table, column, queries) => {
    expect(await ask(over(table, column), LATE)).toEqual({ state: 'done', newest: null, queries });
  });
});

describe('a source that came truncated', () => {
  const none = { freshness: {} };
  const walk = (other: Definitions, run_date: string) => walkNight(by(LATE, other), { run_date });

  beforeAll(async () => {
    await rebuildCatalog(context);
    await walk(over('plain', undefined, none), BASE);
  });

  test('its newest day gone: the gate is closed; a night that waits for it says that rows are gone', async () => {
    await remove(`plain/${NIGHT}.parquet`);
    await remove(`plain/${BASE}.parquet`);
    expect(await errorOf(walk(over('plain', undefined, none), NIGHT))).toMatchObject({
      code: 'gate_closed',
      found: expect.stringContaining('newest day of source orders: 2025-05-13 before, 2025-05-12 now'),
    });
    expect(await staleOf(over('plain'))).toContain(
      'its newest day is 2025-05-12; the night of 2025-05-13 had read it up to 2025-05-13: rows that were there are gone',
    );
  });

  test('less than half of its bytes: the first step refuses, unless accepted', async () => {
    await remove('plain/2025-05-12.parquet');
    await remove('plain/2025-05-11.parquet');
    const cut = by(LATE, over('plain', undefined, none));
    expect(await errorOf(planRun({ run_date: NIGHT }, cut))).toMatchObject({
      errors: [{ code: 'source_shrunk', place: { table: 'orders' } }],
    });
    expect(await planRun({ run_date: NIGHT, accept: true }, cut)).toMatchObject({ is_published: false });
  });
});
