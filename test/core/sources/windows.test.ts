import { groundOf, isMonthly, partsBefore, rollupId } from '../../../src/core/models/rollups';
import type { ProjectFile } from '../../../src/core/project-file';
import {
  SOURCE_NAMES,
  type SourceName,
  sourceColumns,
  WINDOWED_DAYS,
  WINDOWED_SOURCES,
} from '../../../src/core/sources/contract';
import { decideWindows, keepsKnownOrders, lateMonth, type WindowingInput } from '../../../src/core/sources/windows';
import { monthsCondition } from '../../../src/core/sql/months';
import { testModels } from '../../support/model-text';

const ORDERS = { from: 'o.csv', columns: { order_id: 'id', customer_id: 'c', ordered_at: 'd', amount: 'a' } };
const LINES = { from: 'l.csv', columns: { order_id: 'id', product_id: 'p', quantity: 'q' } };
const REFUNDS = { from: 'r.csv', columns: { order_id: 'id', refunded_at: 'd', amount: 'a' } };
const EVENTS = { from: 'e.csv', columns: { customer_id: 'c', occurred_at: 'd', type: 't' } };
const partition = { column: 'dt', slack_days: 2 };

/** A run's rollups, each with the id it has in base too, unless `changed` says otherwise. */
async function windowing(sources: Record<string, unknown>, changed: string[] = [], more: Partial<WindowingInput> = {}) {
  const { file, models } = await testModels({ sources });
  const names = [...models.values()].filter(isMonthly).map((model) => model.name);
  const parts = [{ prefix: 'tables/x/v1/a/1/', files: [] }];
  const rollups = Object.fromEntries(names.map((name) => [name, { id: changed.includes(name) ? 'old' : name, parts }]));
  const ids = Object.fromEntries(names.map((name) => [name, name]));
  return decideWindows({ models, file, ids, base: { run_date: '2026-03-05', rollups }, ...more });
}

const takenOver = ({ rollups }: Awaited<ReturnType<typeof windowing>>): string[] =>
  Object.keys(rollups)
    .filter((name) => rollups[name]?.from !== null)
    .sort();

describe('what may have a partition', () => {
  test('is what nothing but rollups by month stands on, whatever the models', async () => {
    const { models } = await testModels({
      sources: Object.fromEntries(
        SOURCE_NAMES.map((name) => {
          const required = Object.entries(sourceColumns(name)).filter(([column, contract]) => {
            return contract.required || column === 'order_id';
          });
          const columns = Object.fromEntries(required.map(([column]) => [column, column]));
          return [name, { from: 'a.csv', columns, ...(name === 'orders' && { partition }) }];
        }),
      ),
    });
    const readers = (source: string): string[] =>
      [...models.values()]
        .filter(({ layer }) => layer !== 'staging' && layer !== 'settings')
        .filter((model) => stagingOf(models, model.name).has(source) && !isMonthly(model))
        .map((model) => model.name);
    // What is read by nobody yet is not worth a window.
    const unread = ['campaigns', 'calendar', 'occasions'];
    const absorbed = SOURCE_NAMES.filter((source) => readers(source).length === 0 && !unread.includes(source));
    expect(absorbed.filter((source) => source !== 'products').sort()).toEqual([...WINDOWED_SOURCES].sort());
  });

  test('has a column that says which day a row is about', () => {
    for (const source of WINDOWED_SOURCES)
      expect([source, sourceColumns(source)[WINDOWED_DAYS[source]]?.type]).toEqual([source, 'time']);
  });
});

/** Sources that a model reads through staging alone, not through other models of its layer or rollups. */
function stagingOf(models: WindowingInput['models'], name: string): ReadonlySet<string> {
  const staging = new Map([...models].filter(([, model]) => model.layer === 'staging' || model.name === name));
  return groundOf(staging, name).sources;
}

describe('the window', () => {
  test('begins with the month of the first late day before the night built on, less the slack', async () => {
    const { windows, rollups } = await windowing({ orders: { ...ORDERS, partition } });
    expect(windows).toEqual({ orders: { column: 'dt', from: '2026-01-30' } });
    expect(rollups.purchase_days).toEqual({
      id: 'purchase_days',
      from: '2026-02-01',
      earlier: [{ prefix: 'tables/x/v1/a/1/', files: [], before: '2026-02-01' }],
    });
  });

  test.each([
    ['2026-03-08', 7, '2026-03-01'],
    ['2026-03-07', 7, '2026-02-01'],
    ['2026-01-01', 1, '2025-12-01'],
    ['2026-03-31', 0, '2026-03-01'],
  ])('late days of %s, %s of them, begin in the month of %s', (date, days, month) => {
    expect(lateMonth(date, days)).toBe(month);
  });

  test('is open where there is no base, or everything is to be read: the column alone stays', async () => {
    const { windows, rollups, warnings } = await windowing({ orders: { ...ORDERS, partition } }, [], {
      base: undefined,
    });
    expect(windows).toEqual({ orders: { column: 'dt' } });
    expect(rollups.purchase_days).toEqual({ id: 'purchase_days', from: null, earlier: [] });
    expect(warnings).toEqual([]);
  });

  test('without a partition nothing is taken over', async () => {
    const whole = await windowing({ orders: ORDERS, events: EVENTS });
    expect(whole.windows).toEqual({});
    expect(takenOver(whole)).toEqual([]);
  });

  test('months are taken over by what stands on a source that is read in part, beside whole ones too', async () => {
    const sources = { orders: ORDERS, order_lines: { ...LINES, partition }, events: EVENTS };
    expect(takenOver(await windowing(sources))).toEqual(['category_days', 'return_days']);
  });

  test('a rollup that has changed makes its sources be read whole, and nothing else', async () => {
    const sources = {
      orders: { ...ORDERS, partition },
      order_lines: { ...LINES, partition },
      events: { ...EVENTS, partition },
    };
    const { windows, ...rest } = await windowing(sources, ['category_days']);
    expect(windows).toEqual({
      orders: { column: 'dt' },
      order_lines: { column: 'dt' },
      events: { column: 'dt', from: '2026-01-30' },
    });
    expect(takenOver({ windows, ...rest })).toEqual(['activity_days']);
    expect(rest.warnings.map(({ code, message }) => [code, message.split(' ')[0]])).toEqual([
      ['partition_read_whole', 'orders'],
      ['partition_read_whole', 'order_lines'],
    ]);
  });
});

test.each<[string, Record<string, unknown>, boolean]>([
  ['refunds name orders', { orders: { ...ORDERS, partition }, refunds: REFUNDS }, true],
  ['lines name orders', { orders: { ...ORDERS, partition }, order_lines: LINES }, true],
  [
    'refunds name customers alone',
    {
      orders: { ...ORDERS, partition },
      refunds: { from: 'r.csv', columns: { customer_id: 'c', refunded_at: 'd', amount: 'a' } },
    },
    false,
  ],
  ['orders are read whole', { orders: ORDERS, refunds: { ...REFUNDS, partition } }, false],
])('orders are kept by number where %s: %s', async (_what, sources, isKept) => {
  const { file, models } = await testModels({ sources });
  expect(keepsKnownOrders(file)).toBe(isKept);
  expect(isMonthly(models.get('known_orders') as never)).toBe(isKept);
});

describe('parts of a rollup', () => {
  const part = (prefix: string, from?: string, before?: string) => ({
    prefix,
    files: [],
    ...(from && { from }),
    ...(before && { before }),
  });

  test('those that own nothing before the month are gone, the others end there', () => {
    const parts = [part('c', '2026-03-01'), part('b', '2026-01-01', '2026-03-01'), part('a', undefined, '2026-01-01')];
    expect(partsBefore(parts, '2026-03-01')).toEqual(parts.slice(1));
    expect(partsBefore(parts, '2026-04-01')).toEqual([part('c', '2026-03-01', '2026-04-01'), ...parts.slice(1)]);
    expect(partsBefore(parts, '2026-02-01')).toEqual([part('b', '2026-01-01', '2026-02-01'), parts[2]]);
    expect(partsBefore(parts, '2026-01-01')).toEqual([parts[2]]);
  });

  test.each<[{ from?: string; before?: string }, string | undefined]>([
    [{}, undefined],
    [{ from: '2026-01-01' }, `"month" >= date '2026-01-01'`],
    [{ before: '2026-02-01' }, `"month" < date '2026-02-01'`],
    [{ from: '2026-01-01', before: '2026-02-01' }, `"month" >= date '2026-01-01' and "month" < date '2026-02-01'`],
  ])('their months are literals: %j', (bounds, condition) => {
    expect(monthsCondition(bounds)).toBe(condition);
  });
});

describe('the id of a rollup', () => {
  const idOf = async (
    name: string,
    sources: Partial<Record<SourceName, unknown>>,
    more: Partial<ProjectFile> = {},
    salt?: string,
  ): Promise<string> => {
    const { file, models } = await testModels({ sources, ...more });
    const project = { directory: '/', file, sources: {}, segments: [] };
    return rollupId(name, { models, project, product_version: '1.0.0' }, salt);
  };

  test.each<[string, Partial<Record<SourceName, unknown>>, Partial<ProjectFile>]>([
    ['a source that it does not read', { orders: ORDERS, events: EVENTS }, {}],
    ['a partition', { orders: { ...ORDERS, partition } }, {}],
    ['the late days', { orders: ORDERS }, { late_arrival_days: 30 }],
    ['the name of the shop', { orders: ORDERS }, { shop: 'another' }],
  ])('does not change with %s', async (_what, sources, more) => {
    expect(await idOf('purchase_days', sources, more)).toBe(await idOf('purchase_days', { orders: ORDERS }));
  });

  test.each<[string, Partial<Record<SourceName, unknown>>, Partial<ProjectFile>]>([
    ['the mapping', { orders: { ...ORDERS, where: "a > '0'" } }, {}],
    ['where the rows lie', { orders: { ...ORDERS, from: 'b.csv' } }, {}],
    ['placeholder ids', { orders: ORDERS }, { not_customers: ['till'] }],
    ['the time zone', { orders: ORDERS }, { time_zone: 'UTC' }],
    ['the currency', { orders: ORDERS }, { currency: 'GBP' }],
    [
      'which source of orders there is',
      { order_lines: { ...LINES, columns: { ...LINES.columns, customer_id: 'c', ordered_at: 'd' } } },
      {},
    ],
  ])('changes with %s', async (_what, sources, more) => {
    expect(await idOf('purchase_days', sources, more)).not.toBe(await idOf('purchase_days', { orders: ORDERS }));
  });

  test('changes with the salt where ids are hashed, and only there', async () => {
    const hashed = { orders: { ...ORDERS, columns: { ...ORDERS.columns, customer_id: { column: 'c', hash: true } } } };
    expect(await idOf('purchase_days', hashed, {}, 'a')).not.toBe(await idOf('purchase_days', hashed, {}, 'b'));
    expect(await idOf('purchase_days', { orders: ORDERS }, {}, 'a')).toBe(
      await idOf('purchase_days', { orders: ORDERS }, {}, 'b'),
    );
  });
});
