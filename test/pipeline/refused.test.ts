import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DefinitionErrors, SourceContractErrors, TidemarkError } from '../../src/core/errors';
import { filesBelow } from '../support/folders';
import { pointerText, runNight } from '../support/night';
import { ORDER_COLUMNS, type OrdersProject, ordersProject } from '../support/orders-project';

/** Data that break their contract: one clear error each, and the published snapshot stays as it is. */
jest.setTimeout(60_000);
const GOOD = 'id,buyer,day,total\n1,anna,2025-05-03,20.00\n2,anna,2025-06-03,30.00\n3,bert,2025-06-04,10.00\n';
const folders: string[] = [];
let out: string;
let published: Record<string, string>;
let pointer: string;

const make = (project: OrdersProject): string => {
  const folder = ordersProject(project);
  folders.push(folder);
  return folder;
};

beforeAll(async () => {
  const shop = make({ orders: GOOD });
  out = join(shop, 'out');
  const manifest = await runNight(shop, out, '2025-06-04');
  pointer = pointerText(out);
  const kept = [
    'current.json',
    `manifests/${manifest.run_id}.json`,
    ...manifest.tables.flatMap((table) => table.files.map((file) => file.key)),
  ];
  published = Object.fromEntries(Object.entries(filesBelow(out)).filter(([key]) => kept.includes(key)));
  expect(Object.keys(published)).toHaveLength(kept.length);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Refused {
  code: string;
  place: Record<string, unknown>;
  found: RegExp;
  project: OrdersProject;
  name?: string;
}

const IDENTITIES = { identities: 'customer_id: from, canonical_customer_id: into, valid_from: since' };
const many = (rows: number, row: (index: number) => string): string =>
  Array.from({ length: rows }, (_, index) => row(index)).join('');

const CASES: Record<string, Refused> = {
  'missing file': {
    code: 'source_missing',
    place: { file: expect.stringContaining('orders.csv') },
    found: /source orders: there is no such file/,
    project: {},
  },
  'empty file': {
    code: 'source_empty',
    place: { file: expect.stringContaining('orders.csv') },
    found: /0 bytes/,
    project: { orders: '' },
  },
  'no rows below the header': {
    code: 'source_empty',
    place: { file: expect.stringContaining('orders.csv') },
    found: /no rows/,
    project: { orders: 'id,buyer,day,total\n' },
  },
  'missing column': {
    code: 'source_column_missing',
    place: { table: 'orders', column: 'amount' },
    found: /totl/,
    project: { orders: GOOD, columns: ORDER_COLUMNS.replace('total', 'totl') },
  },
  'column of another type': {
    code: 'unreadable_values',
    place: { table: 'orders' },
    found: /is_gift/,
    project: { orders: GOOD, columns: `${ORDER_COLUMNS}, is_gift: total` },
  },
  'unreadable date': {
    code: 'unreadable_values',
    place: { table: 'orders' },
    found: /^1 rows? .*ordered_at/,
    project: { orders: `${GOOD}4,cleo,2025-13-45,5.00\n` },
  },
  'text in amount': {
    code: 'unreadable_values',
    place: { table: 'orders' },
    found: /^1 rows? .*amount.* 4/,
    project: { orders: `${GOOD}4,cleo,2025-06-04,plenty\n` },
  },
  'times without an offset and no times_in': {
    code: 'no_offset',
    place: { table: 'orders', column: 'ordered_at' },
    found: /busiest hour/,
    project: { orders: 'id,buyer,day,total\n1,anna,2025-05-03 10:00:00,20.00\n2,anna,2025-06-03 10:30:00,30.00\n' },
  },
  'one order id with two contents': {
    code: 'conflicting_rows',
    place: { table: 'orders' },
    found: /order 3/,
    project: { orders: `${GOOD}3,bert,2025-06-04,11.00\n` },
  },
  'chain of identities': {
    code: 'identity_chains',
    place: { table: 'identities' },
    found: /chain or a cycle/,
    project: {
      orders: GOOD,
      sources: IDENTITIES,
      files: { 'identities.csv': 'from,into,since\nanna,bert,2025-01-01\nbert,cleo,2025-01-01\n' },
    },
  },
  'cycle of identities': {
    code: 'identity_chains',
    place: { table: 'identities' },
    found: /chain or a cycle/,
    project: {
      orders: GOOD,
      sources: IDENTITIES,
      files: { 'identities.csv': 'from,into,since\nanna,bert,2025-01-01\nbert,anna,2025-01-01\n' },
    },
  },
  'an id merged into itself': {
    code: 'self_references',
    place: { table: 'identities' },
    found: /into itself/,
    project: {
      orders: GOOD,
      sources: IDENTITIES,
      files: { 'identities.csv': 'from,into,since\nanna,anna,2025-01-01\n' },
    },
  },
  'e-mail addresses as customer ids': {
    code: 'personal_ids',
    place: { table: 'orders' },
    found: /looks? like e-mail addresses/,
    project: { orders: `${GOOD}4,dora@example.org,2025-06-04,5.00\n` },
  },
  'phone numbers as customer ids': {
    code: 'personal_ids',
    place: { table: 'orders' },
    found: /phone numbers/,
    project: { orders: `${GOOD}4,+43 660 1234567,2025-06-04,5.00\n` },
  },
  'over 0.1 % of rows after today': {
    code: 'future_rows',
    place: { table: 'orders' },
    found: /^2 orders/,
    project: {
      orders: `${GOOD}${many(1500, (index) => `m${index},c${index % 90},2025-06-01,5.00\n`)}f1,anna,2025-07-01,5.00\nf2,anna,2025-08-01,5.00\n`,
    },
  },
  'over 1 % of orders of an unmapped status': {
    code: 'unusable_orders',
    place: { table: 'orders' },
    found: /^1 orders? .*status/,
    project: {
      orders: 'id,buyer,day,total,state\n1,anna,2025-05-03,20.00,ok\n2,anna,2025-06-03,30.00,odd\n',
      columns: `${ORDER_COLUMNS}, status: { column: state, values: { ok: completed } }`,
    },
  },
};

test.each(Object.entries(CASES))('%s', async (_, refused) => {
  const error = await runNight(make(refused.project), out, '2025-06-04').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TidemarkError);
  const one = error instanceof SourceContractErrors || error instanceof DefinitionErrors ? error.errors[0] : error;
  expect(one).toMatchObject({
    name: 'SourceContractError',
    exitCode: 3,
    code: refused.code,
    place: refused.place,
    found: expect.stringMatching(refused.found),
  });
  const { message, remedy } = one as TidemarkError;
  expect(remedy.length).toBeGreaterThan(10);
  for (const personal of ['dora@example.org', '+43 660', 'cleo,', 'plenty']) expect(message).not.toContain(personal);
  expect(pointerText(out)).toBe(pointer);
  expect(filesBelow(out)).toMatchObject(published);
});

test('1 row in 1,500 after today is counted and moves nothing', async () => {
  const orders = `${GOOD}${many(1500, (index) => `m${index},c${index % 90},2025-06-01,5.00\n`)}f1,anna,2025-07-01,5.00\n`;
  const folder = make({ orders });
  const manifest = await runNight(folder, join(folder, 'out'));
  expect(manifest.run_date).toBe('2025-06-04');
  expect(manifest.facts.stg_orders).toMatchObject({ rows_after_run_date: 1, purchases: 1503 });
  expect(readFileSync(join(folder, 'out', 'current.json'), 'utf8')).toContain('"run_date": "2025-06-04"');
});

/** Without --run-date the newest order decides; where there is none, the reason is told apart. */
const DATELESS: Record<string, { code: string; found: RegExp; remedy: RegExp; project: OrdersProject }> = {
  'where keeps no row': {
    code: 'no_orders',
    found: /^`where` of orders keeps no row$/,
    remedy: /check `where` of orders/,
    project: { orders: GOOD, source: "    where: buyer = 'nobody'\n" },
  },
  'days first': {
    code: 'unreadable_values',
    found: /2 rows with a time that cannot be read$/,
    remedy: /YYYY-MM-DD, YYYYMMDD, .*substr\(d, 7, 4\) \|\| '-'/,
    project: { orders: 'id,buyer,day,total\n1,anna,26.10.2024 14:05,20.00\n2,anna,27.10.2024 09:00,30.00\n' },
  },
  'no times at all, one of them odd': {
    code: 'unreadable_values',
    found: /1 row with a time that cannot be read, 1 row without a time, 1 row after today$/,
    remedy: /read are/,
    project: { orders: 'id,buyer,day,total\n1,anna,,20.00\n2,anna,soon,30.00\n3,anna,2030-01-01,1.00\n' },
  },
  'all after today': {
    code: 'no_orders',
    found: /up to today: 1 row after today$/,
    remedy: /--run-date/,
    project: { orders: 'id,buyer,day,total\n1,anna,2030-01-01,20.00\n' },
  },
  'times without an offset': {
    code: 'no_offset',
    found: /busiest hour/,
    remedy: /times_in/,
    project: { orders: 'id,buyer,day,total\n1,anna,2025-05-03 10:00:00,20.00\n' },
  },
};

test.each(Object.entries(DATELESS))('no run date: %s', async (_, { code, found, remedy, project }) => {
  const folder = make(project);
  await expect(runNight(folder, join(folder, 'out'))).rejects.toMatchObject({
    name: 'SourceContractError',
    code,
    found: expect.stringMatching(found),
    remedy: expect.stringMatching(remedy),
  });
});
