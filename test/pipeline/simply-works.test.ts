import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { readTable, runNight, type TableRow } from '../support/night';
import { type OrdersProject, ordersProject } from '../support/orders-project';

/** Shops that are odd but in order: a night over them must simply work. */
jest.setTimeout(60_000);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Night {
  manifest: Manifest;
  people: Map<string, TableRow>;
  members: string[];
}

async function night(
  project: OrdersProject,
  date?: string,
  prepare?: (folder: string) => Promise<void>,
): Promise<Night> {
  const folder = ordersProject(project);
  folders.push(folder);
  await prepare?.(folder);
  const out = join(folder, 'out');
  const manifest = await runNight(folder, out, date);
  const people = new Map((await readTable(out, manifest, 'people')).map((row) => [row.id as string, row]));
  return {
    manifest,
    people,
    members: (await readTable(out, manifest, 'memberships')).map((row) => row.person_id as string),
  };
}

const HEADER = 'id,buyer,day,total\n';

test('one customer with one order, of the shop that opened today', async () => {
  const { manifest, people } = await night({ orders: `${HEADER}1,anna,2025-06-01,20.00\n` });
  expect(manifest.run_date).toBe('2025-06-01');
  expect([...people.values()]).toEqual([
    expect.objectContaining({
      id: 'anna',
      recency_days: '0',
      purchase_days: '1',
      spend_amount: '20.00',
      lifecycle_stage: 'new',
      lifecycle_basis: 'fixed_days',
      overdue_ratio: null,
      horizon_days: '91',
    }),
  ]);
  for (const score of ['r_score', 'f_score', 'm_score']) expect(people.get('anna')?.[score]).toMatch(/^[1-5]$/);
});

test('only one order each: frequency never tells people apart', async () => {
  const rows = Array.from(
    { length: 120 },
    (_, index) => `${index},c${index},2025-0${1 + (index % 5)}-1${index % 10},${10 + index}.50\n`,
  );
  const { people, members } = await night({ orders: HEADER + rows.join('') }, '2025-06-01');
  expect(people.size).toBe(120);
  expect(new Set([...people.values()].map((row) => row.f_score))).toEqual(new Set(['1']));
  expect(new Set([...people.values()].map((row) => row.r_score)).size).toBeGreaterThan(2);
  expect(members).toEqual([]);
});

test('a million orders of one customer', async () => {
  const { manifest, people } = await night(
    {
      columns: 'order_id: id, customer_id: buyer, ordered_at: day, amount: total',
      orders: undefined as never,
      source: '',
    },
    '2025-06-01',
    async (folder) => {
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      await connection.run(
        `copy (select i as id, case when i = 1 then 'bert' else 'anna' end as buyer, date '2025-06-01' - cast(i % 1000 as integer) as day, cast(1.25 as decimal(18,2)) as total from range(1000001) as r (i)) to '${join(folder, 'orders.csv')}' (header)`,
      );
      connection.closeSync();
    },
  );
  expect(people.get('anna')).toMatchObject({
    order_count: '1000000',
    purchase_days: '1000',
    spend_amount: '1250000.00',
    recency_days: '0',
    mean_gap_days: '1',
  });
  expect(manifest.warnings.map((warning) => warning.code)).toContain('heavy_customer');
});

test('amounts of zero and below: no purchases, and negative documents are returns on their own day', async () => {
  const { people, manifest } = await night(
    {
      orders: `${HEADER}1,anna,2025-05-01,20.00\n2,anna,2025-05-20,-5.00\n3,bert,2025-05-02,0.00\n4,cleo,2025-05-03,-7.00\n5,dora,2025-05-04,0.01\n`,
    },
    '2025-06-01',
  );
  expect([...people.keys()].sort()).toEqual(['anna', 'dora']);
  expect(people.get('anna')).toMatchObject({
    order_count: '1',
    last_order_date: '2025-05-01',
    spend_amount: '15.00',
    spend_365d: '15.00',
  });
  expect(manifest.facts.return_source).toMatchObject({ return_source: 'documents' });
});

test('more given back than bought: net spend below zero', async () => {
  const { people } = await night(
    { orders: `${HEADER}1,anna,2025-05-01,20.00\n2,anna,2025-05-20,-25.00\n3,bert,2025-05-01,20.00\n` },
    '2025-06-01',
  );
  expect(people.get('anna')).toMatchObject({ spend_amount: '-5.00', m_score: '1' });
});

const ODD_IDS = [
  "o'neil",
  'a;drop table people;--',
  'semi;colon',
  '"quoted"',
  'emoji 🛍️',
  '  spaces  ',
  'Ünïcödé',
  '{{ ref(people) }}',
  "\\'; --",
  '../../etc',
  '日本',
  `long-${'x'.repeat(1000)}`,
  'NULL',
  '%',
  '-0',
  '007',
];

test('odd customer ids come out as they went in', async () => {
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = ODD_IDS.flatMap((id, index) => [
    `a${index},${cell(id)},2025-05-01,5.00\n`,
    `b${index},${cell(id)},2025-05-09,5.00\n`,
  ]);
  const { people, members, manifest } = await night({ orders: HEADER + rows.join('') }, '2025-06-01');
  expect([...people.keys()].sort()).toEqual([...ODD_IDS].sort());
  expect([...members].sort()).toEqual([...ODD_IDS].sort());
  expect(manifest.tables.find((table) => table.name === 'people')?.rows).toBe(ODD_IDS.length);
});

test('a shop three days old stages everybody by fixed days', async () => {
  const { people, manifest } = await night({
    orders: `${HEADER}1,anna,2025-05-01,5.00\n2,bert,2025-05-02,6.00\n3,anna,2025-05-03,7.00\n`,
  });
  expect(manifest.run_date).toBe('2025-05-03');
  expect([...people.values()].map((row) => [row.id, row.lifecycle_stage, row.lifecycle_basis]).sort()).toEqual([
    ['anna', 'active', 'fixed_days'],
    ['bert', 'new', 'fixed_days'],
  ]);
  expect(manifest.parameters.rfm_cuts?.provisional).toBe(true);
});

test('no amounts at all: everything about money abstains, the rest runs', async () => {
  const { people, manifest } = await night(
    {
      columns: 'order_id: id, customer_id: buyer, ordered_at: day',
      orders: 'id,buyer,day\n1,anna,2025-05-01\n2,anna,2025-05-05\n3,bert,2025-04-01\n',
    },
    '2025-06-01',
  );
  expect(people.get('anna')).toMatchObject({
    order_count: '2',
    spend_amount: null,
    spend_365d: null,
    m_score: null,
    value_tier: null,
    value_abstain_reason: 'no_amounts',
    rfm_abstain_reason: null,
  });
  expect(people.get('anna')?.rfm_segment).not.toBeNull();
  expect(manifest.facts.people).toMatchObject({ without_value: 2, without_rfm: 0 });
});

test('nothing but customer, day and amount; the folder of the project has a space and a quote', async () => {
  const { people } = await night(
    {
      columns: 'customer_id: buyer, ordered_at: day, amount: total',
      orders: 'buyer,day,total\nanna,2025-05-01,5\nanna,2025-05-01,5\nbert,2025-05-02,6\n',
      source: '',
    },
    undefined,
    async (folder) => {
      mkdirSync(join(folder, "it's here"));
    },
  );
  expect(people.get('anna')).toMatchObject({ order_count: '2', purchase_days: '1', spend_amount: '10.00' });
});

test('days that stand first and comma decimals, by the expressions README gives', async () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const [day, total] = ['ordered_at', 'amount'].map(
    (column) => new RegExp(`\`${column}: (\\{ sql: "[^\`]*(?:day|total,)[^\`]*" \\})\``).exec(readme)?.[1],
  );
  const { manifest, people } = await night({
    orders: 'id,buyer,day,total\n1,anna,31.05.2025,"1.020,50"\n2,anna,01.06.2025,"9,50"\n',
    columns: `order_id: id, customer_id: buyer, ordered_at: ${day}, amount: ${total}`,
  });
  expect(manifest.run_date).toBe('2025-06-01');
  expect(people.get('anna')).toMatchObject({ purchase_days: '2', spend_amount: '1030.00' });
});
