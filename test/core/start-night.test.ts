import { DefinitionError } from '../../src/core/errors';
import {
  demandRunDate,
  newestRunDate,
  nextExecutionName,
  nightByHand,
  scheduledRunDate,
} from '../../src/core/start-night';

const at = (text: string): number => Date.parse(text);
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    return error instanceof DefinitionError ? error.code : String(error);
  }
  return undefined;
};

test.each([
  ['2026-01-31T02:00:00+01:00', 'Europe/Vienna', '2026-01-30'],
  // 01:30 UTC is still the evening before in New York, and the next afternoon in Auckland's morning.
  ['2026-01-31T01:30:00Z', 'America/New_York', '2026-01-29'],
  ['2026-01-30T13:30:00Z', 'Pacific/Auckland', '2026-01-30'],
  // Both nights around the change of the clocks, and a leap day.
  ['2026-03-29T01:30:00+01:00', 'Europe/Vienna', '2026-03-28'],
  ['2026-10-25T02:30:00+01:00', 'Europe/Vienna', '2026-10-24'],
  ['2028-03-01T03:00:00Z', 'UTC', '2028-02-29'],
  ['2026-01-01T03:00:00Z', 'UTC', '2025-12-31'],
])('a schedule at %s in %s is the night of %s', (scheduled, zone, night) => {
  expect(scheduledRunDate(scheduled, at(scheduled), zone)).toBe(night);
  // Delivered a day late, it is still that night.
  expect(scheduledRunDate(scheduled, at(scheduled) + 26 * 3_600_000, zone)).toBe(night);
});

test.each(['2026-01-31', '<aws.scheduler.scheduled-time>', '', '2026-01-31T02:00:00', '2026-13-31T02:00:00Z'])(
  'the scheduled time %j is refused',
  (text) => {
    expect(codeOf(() => scheduledRunDate(text, at('2026-02-01T00:00:00Z'), 'UTC'))).toBe('scheduled_time_wrong');
  },
);

test('a schedule that lies ahead of the clock would look at a day that is not over', () => {
  expect(codeOf(() => scheduledRunDate('2026-02-03T02:00:00Z', at('2026-02-01T10:00:00Z'), 'UTC'))).toBe(
    'run_date_wrong',
  );
});

test('by hand: yesterday, or any day that is over', () => {
  const now = at('2026-01-31T10:00:00Z');
  expect(nightByHand({}, now, 'UTC')).toEqual({ run_date: '2026-01-30' });
  expect(nightByHand({ run_date: '2025-05-01', accept: true }, now, 'UTC')).toEqual({
    run_date: '2025-05-01',
    accept: true,
  });
  expect(newestRunDate(now, 'Pacific/Auckland')).toBe('2026-01-30');
  for (const wrong of ['2026-01-31', '2027-01-01', '2026-02-30', 'yesterday', ''])
    expect([wrong, codeOf(() => nightByHand({ run_date: wrong }, now, 'UTC'))]).toEqual([wrong, 'run_date_wrong']);
  expect(() => demandRunDate('2026-02-01', '2026-01-30', 'UTC')).toThrow(/not over yet in UTC.*\n.*up to 2026-01-30/);
});

test('by hand a night takes the next name, whatever other dates have had', () => {
  expect(nextExecutionName('2026-01-31', [])).toBe('2026-01-31-1');
  const taken = [
    '2026-01-31-1',
    '2026-01-31-9',
    '2026-01-31-10',
    '2026-01-30-44',
    '2026-01-31-011',
    '2026-01-31-x',
    'a',
  ];
  expect(nextExecutionName('2026-01-31', taken)).toBe('2026-01-31-11');
});
