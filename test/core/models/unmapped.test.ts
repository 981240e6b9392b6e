import { nodesOf } from '../../../src/core/models/planned';
import { projectFileSchema } from '../../../src/core/project-file';
import { SOURCES, sourceColumns } from '../../../src/core/sources/contract';
import { assembleDefinitions } from '../../../src/project/load-definitions';
import { loadModels } from '../../../src/project/load-models';
import { SQL_FOLDER } from '../../../src/project/product';

const ORDERS = { from: 'orders.csv', columns: { customer_id: 'buyer', ordered_at: 'day', amount: 'total' } };
const WITH_ROWS_OF_SOURCES = ['activity_days', 'customer_consents', 'customer_voice', 'internal_people', 'person_ids'];

async function written(sources: Record<string, unknown>): Promise<string[]> {
  const file = projectFileSchema.parse({
    shop: 'test',
    time_zone: 'Europe/Vienna',
    currency: 'EUR',
    sources: { orders: ORDERS, ...sources },
  });
  const models = await loadModels(SQL_FOLDER);
  const definitions = assembleDefinitions({ directory: '/', file, sources: {}, segments: [] }, models);
  return [...new Set(nodesOf(definitions.models).map(({ model }) => model.name))];
}

test('what a model needs is a source, or a column of one', async () => {
  const needs = (await loadModels(SQL_FOLDER)).flatMap(({ sidecar }) => sidecar.needs ?? []);
  expect(needs.length).toBeGreaterThan(10);
  const isKnown = (need: string): boolean => {
    const [source, column] = need.split('.') as [keyof typeof SOURCES, string?];
    return Object.hasOwn(SOURCES, source) && (column === undefined || Object.hasOwn(sourceColumns(source), column));
  };
  expect(needs.filter((need) => !isKnown(need))).toEqual([]);
});

test('nothing is written of what orders alone cannot tell', async () => {
  const names = await written({});
  expect(names).toEqual(expect.arrayContaining(['stg_orders', 'purchase_days', 'people']));
  expect(names.filter((name) => WITH_ROWS_OF_SOURCES.includes(name))).toEqual([]);
});

test.each([
  [
    'a source',
    { events: { from: 'e.csv', columns: { customer_id: 'c', occurred_at: 't', type: 'k' } } },
    'activity_days',
  ],
  [
    'one of two sources',
    { suppressions: { from: 's.csv', columns: { customer_id: 'c', from_date: 'd' } } },
    'customer_voice',
  ],
  ['a column', { orders: { ...ORDERS, columns: { ...ORDERS.columns, cancelled_at: 'gone' } } }, 'person_ids'],
])('%s that is mapped brings what needs it', async (_what, sources, name) => {
  expect(await written(sources)).toContain(name);
});

test('a source without the column that matters brings nothing', async () => {
  const customers = { from: 'c.csv', columns: { customer_id: 'id', country: 'country' } };
  const names = await written({ customers });
  expect(names).toContain('customer_attributes');
  expect(names).not.toContain('internal_people');
});
