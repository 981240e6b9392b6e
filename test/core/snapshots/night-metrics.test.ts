import { localDayStart } from '../../../src/core/dates';
import { nightMetrics } from '../../../src/core/snapshots/night-metrics';

const MANIFEST = {
  tables: [
    { name: 'people', rows: 120 },
    { name: 'changes', rows: 9 },
  ],
  audiences: [
    { id: 'a', entered_count: 4, left_count: 1 },
    { id: 'b', entered_count: 3, left_count: 0 },
  ],
  cost: { bytes_scanned: 5_000 },
  // 03:40 in Vienna, in winter an hour ahead of UTC.
  published_at: '2026-01-11T02:40:00.000Z',
} as unknown as Parameters<typeof nightMetrics>[0];

const metricsOf = (runDate: string) =>
  Object.fromEntries(
    nightMetrics(MANIFEST, { run_date: runDate }, 'Europe/Vienna').map(({ name, value }) => [name, value]),
  );

test('a published night in numbers', () => {
  expect(metricsOf('2026-01-10')).toEqual({
    NightsPublished: 1,
    RunDateAge: (3 * 60 + 40) * 60,
    BytesScanned: 5_000,
    People: 120,
    AudienceEntered: 7,
    AudienceLeft: 1,
  });
});

test('the age is of what readers see, not of a night that was filled in behind it', () => {
  expect(metricsOf('2026-01-08').RunDateAge).toBe((48 * 60 + 3 * 60 + 40) * 60);
});

test.each([
  ['2026-01-11', 'Europe/Vienna', '2026-01-10T23:00:00Z'],
  ['2026-07-11', 'Europe/Vienna', '2026-07-10T22:00:00Z'],
  ['2026-07-11', 'UTC', '2026-07-11T00:00:00Z'],
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z'],
  // Clocks went from 24:00 to 01:00: this day had no midnight.
  ['2024-09-08', 'America/Santiago', '2024-09-08T04:00:00Z'],
  ['2026-07-11', 'Pacific/Kiritimati', '2026-07-10T10:00:00Z'],
  ['2026-07-11', 'Pacific/Niue', '2026-07-11T11:00:00Z'],
  ['2026-07-11', 'Asia/Kathmandu', '2026-07-10T18:15:00Z'],
])('%s in %s begins at %s', (date, zone, instant) => {
  expect(new Date(localDayStart(date, zone)).toISOString()).toBe(instant.replace('Z', '.000Z'));
});
