import { localInstant } from '../../src/core/dates';
import { dayColumn, waitDeadline } from '../../src/core/sources/freshness';

test.each([
  ['2026-01-31', '06:00', 'Europe/Vienna', '2026-01-31T05:00:00.000Z'],
  ['2026-01-31', '00:00', 'America/New_York', '2026-01-31T05:00:00.000Z'],
  ['2026-01-31', '23:59', 'Asia/Kolkata', '2026-01-31T18:29:00.000Z'],
  // The clocks go forward from 02:00 to 03:00, and back from 03:00 to 02:00.
  ['2026-03-29', '01:30', 'Europe/Vienna', '2026-03-29T00:30:00.000Z'],
  ['2026-03-29', '06:00', 'Europe/Vienna', '2026-03-29T04:00:00.000Z'],
  ['2026-03-29', '02:30', 'Europe/Vienna', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25', '06:00', 'Europe/Vienna', '2026-10-25T05:00:00.000Z'],
  ['2026-10-25', '02:30', 'Europe/Vienna', '2026-10-25T00:30:00.000Z'],
])('%s %s in %s is %s', (date, time, zone, instant) => {
  expect(new Date(localInstant(date, time, zone)).toISOString()).toBe(instant);
});

test('a night waits until the day after its run date', () => {
  expect(new Date(waitDeadline('2026-02-28', '06:00', 'UTC')).toISOString()).toBe('2026-03-01T06:00:00.000Z');
});

test('the day of a source is its own one where it is mapped, else when a row came or changed', () => {
  const day = (name: Parameters<typeof dayColumn>[0], ...columns: string[]) =>
    dayColumn(name, { columns: Object.fromEntries(columns.map((column) => [column, 'x'])) });
  expect(day('orders', 'ordered_at', 'cancelled_at', 'recorded_at')).toBe('ordered_date');
  expect(day('order_lines', 'order_id')).toBeUndefined();
  expect(day('order_lines', 'ordered_at')).toBe('ordered_date');
  expect(day('consents', 'changed_at')).toBe('changed_date');
  expect(day('products', 'launched_at')).toBeUndefined();
  expect(day('products', 'launched_at', 'updated_at')).toBe('updated_date');
  expect(day('occasions', 'month_day')).toBeUndefined();
});
