import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { readTable, runNight, type TableRow } from '../support/night';
import { ORDER_COLUMNS, ordersProject } from '../support/orders-project';

/** What a night leaves out it counts, in the facts of its manifest; a shop with a known number of each. */
jest.setTimeout(60_000);
const D = '2025-05-31';
let folder: string;
let manifest: Manifest;
let people: TableRow[];

const good = Array.from(
  { length: 400 },
  (_, index) => `g${index},c${index % 60},2025-0${1 + (index % 5)}-11,10.00,ok\n`,
);
const ORDERS = [
  'id,buyer,day,total,state\n',
  ...good,
  // The same row again, twice; rows without id; rows of a placeholder; tests; an unmapped status; no amount; cancelled.
  'g1,c1,2025-02-11,10.00,ok\n',
  'g1,c1,2025-02-11,10.00,ok\n',
  'n1,,2025-05-01,7.00,ok\nn2,,2025-05-01,8.00,ok\nn3,,2025-05-01,9.00,ok\n',
  't1,till,2025-05-02,1.00,ok\nt2,till,2025-05-02,2.00,ok\n',
  'x1,c3,2025-05-03,3.00,trial\n',
  'u1,c4,2025-05-04,4.00,mystery\n',
  'm1,c5,2025-05-05,,ok\n',
  'v1,c6,2025-05-06,6.00,void\n',
  'a1,c7,2025-06-01,7.00,ok\na2,c7,2025-06-02,7.00,ok\n',
  'i1,staff,2025-05-07,5.00,ok\ni2,staff,2025-05-08,5.00,ok\n',
  // A negative document and a returned status: refunds are mapped, so neither is the source of returns.
  'd1,c8,2025-05-09,-5.00,ok\n',
  'r1,c9,2025-05-09,5.00,back\n',
];

beforeAll(async () => {
  folder = ordersProject({
    orders: ORDERS.join(''),
    columns: `${ORDER_COLUMNS}, status: { column: state, values: { ok: completed, trial: test, void: cancelled, back: returned } }`,
    sources: {
      customers: 'customer_id: id, is_internal: staff',
      refunds: 'order_id: order, refunded_at: day, amount: total',
      order_lines: 'order_id: order, product_id: product, quantity: pieces, amount: total',
    },
    files: {
      'customers.csv': 'id,staff\nc1,false\nstaff,true\ntill,false\n,false\nc1,false\n',
      'refunds.csv': 'order,day,total\ng0,2025-02-20,2.50\ng5,2025-07-01,3.00\n',
      'order_lines.csv': 'order,product,pieces,total\ng0,p1,1,10.00\ng0,p2,-1,-2.50\n',
    },
  });
  manifest = await runNight(folder, join(folder, 'out'), D);
  people = await readTable(join(folder, 'out'), manifest, 'people');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('orders', () => {
  expect(manifest.facts.stg_orders).toMatchObject({
    rows_after_run_date: 2,
    identical_rows: 2,
    test_orders: 1,
    orders_without_customer_id: 3,
    orders_of_placeholder_ids: 2,
    orders_of_unmapped_status: 1,
    orders_without_amount: 1,
    unidentified_orders: 5,
    unidentified_purchase_amount: '27.0000',
  });
});

test('internal people and their purchases', () => {
  expect(manifest.facts.stg_customers).toMatchObject({
    internal_customers: 1,
    customers_without_customer_id: 1,
    older_customer_versions: 1,
  });
  expect(people.map((row) => row.id)).not.toContain('staff');
  expect(manifest.facts.internal_people).toMatchObject({ internal_people: 1, purchases_of_internal_people: 2 });
});

test('returns in sources that do not count', () => {
  expect(manifest.facts.return_source).toMatchObject({
    return_source: 'refunds',
    uncounted_return_lines: 1,
    uncounted_negative_documents: 1,
    uncounted_returned_orders: 1,
  });
  expect(manifest.facts.stg_refunds).toMatchObject({ refunds: 1, refunds_after_run_date: 1 });
  expect(people.find((row) => row.id === 'c0')?.spend_amount).toBe('67.50');
  expect(people.find((row) => row.id === 'c8')?.spend_amount).toBe('70.00');
});

test('none of them counts in a person', () => {
  const orders = people.reduce((sum, row) => sum + Number(row.order_count), 0);
  expect(orders).toBe(401);
  expect(people.map((row) => row.id).sort()).toEqual(Array.from({ length: 60 }, (_, index) => `c${index}`).sort());
});

test('values without a mapping are told once more as a warning', () => {
  expect(manifest.warnings).toContainEqual(
    expect.objectContaining({ code: 'unmapped_values', message: expect.stringContaining('status') }),
  );
});
