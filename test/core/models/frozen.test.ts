import { frozenIds, inheritedTables } from '../../../src/core/models/frozen';
import { projectFileSchema } from '../../../src/core/project-file';
import type { Manifest } from '../../../src/core/snapshots/manifest';
import { model, modelSet } from './model';

const file = (more: Record<string, unknown> = {}) =>
  projectFileSchema.parse({
    shop: 's',
    time_zone: 'UTC',
    currency: 'EUR',
    sources: { orders: { from: 'a.csv', columns: { customer_id: 'c', ordered_at: 'd' } } },
    ...more,
  });

const models = (staged = 'select 1') =>
  modelSet(
    model('stg', 'staging', staged),
    model('other', 'staging', 'select 2'),
    model('orders', 'features', "from {{ ref('stg') }} where {{ param('as_of') }}"),
    model('cuts', 'scores', "from {{ ref('orders@frozen_date') }}", { frozen: 'quarter' }),
    model('horizon', 'scores', "from {{ ref('stg') }}", { frozen: 'kept' }),
    model('people', 'snapshots', "from {{ ref('cuts') }} {{ ref('other') }}"),
  );

const ids = frozenIds(models(), file(), '2025-12-31');

describe('the id of a frozen table', () => {
  test('is known for frozen tables only', () => {
    expect(Object.keys(ids).sort()).toEqual(['cuts', 'horizon']);
    expect(ids.cuts).toMatch(/^[0-9a-f]{16}$/);
  });

  test('changes with the quarter, unless the table is kept for good', () => {
    const later = frozenIds(models(), file(), '2026-03-31');
    expect(later.cuts).not.toBe(ids.cuts);
    expect(later.horizon).toBe(ids.horizon);
  });

  test('changes with the text of what it reads, however far away, and of nothing else', () => {
    const changed = frozenIds(models('select 3'), file(), '2025-12-31');
    expect(changed.cuts).not.toBe(ids.cuts);
    expect(changed.horizon).not.toBe(ids.horizon);
    const elsewhere = new Map(models()).set('other', model('other', 'staging', 'select 4'));
    expect(frozenIds(elsewhere, file(), '2025-12-31')).toEqual(ids);
  });

  test.each([
    ['a setting of RFM', { rfm: { window_days: 365 } }],
    ['the currency', { currency: 'GBP' }],
    ['the mapping', { sources: { orders: { from: 'a.csv', columns: { customer_id: 'c', ordered_at: 'e' } } } }],
    ['the placeholder ids', { not_customers: ['0'] }],
    ['the horizon', { predictions: { horizon_days: 28 } }],
  ])('changes with %s', (_what, more) => {
    expect(frozenIds(models(), file(more), '2025-12-31').cuts).not.toBe(ids.cuts);
  });

  test.each([
    ['the name of the shop', { shop: 'another' }],
    ['late arrivals', { late_arrival_days: 30 }],
  ])('does not change with %s', (_what, more) => {
    expect(frozenIds(models(), file(more), '2025-12-31')).toEqual(ids);
  });
});

describe('a table is taken from base', () => {
  const table = (id: string | undefined, provisional = false) => ({
    id,
    as_of_date: '2025-12-31',
    provisional,
    prefix: 'tables/cuts/',
    values: { a: 'b' },
    inherited: true,
  });
  const base = (parameters: Record<string, unknown>) => ({ parameters }) as unknown as Manifest;

  test('under the same id', () => {
    expect(inheritedTables(ids, base({ cuts: table(ids.cuts), horizon: table('0123456789abcdef') }))).toEqual({
      cuts: { id: ids.cuts, as_of_date: '2025-12-31', provisional: false, prefix: 'tables/cuts/', values: { a: 'b' } },
    });
  });

  test('unless it was provisional', () => {
    expect(inheritedTables(ids, base({ cuts: table(ids.cuts, true) }))).toEqual({});
  });

  test('and nothing without a base', () => {
    expect(inheritedTables(ids, undefined)).toEqual({});
  });
});
