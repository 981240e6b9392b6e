import {
  CALENDAR_YEARS,
  defaultCalendar,
  defaultCalendarDays,
  easterSunday,
} from '../../../src/core/settings/calendar';

const days = defaultCalendarDays();
const dayOf = (name: string, year: number, country: string | null): string | undefined =>
  days.find((day) => day.name === name && day.country === country && day.day.startsWith(String(year)))?.day;

describe('default calendar', () => {
  test.each([
    [2020, '2020-04-12'],
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2035, '2035-03-25'],
  ])('Easter Sunday of %i is %s', (year, day) => {
    expect(easterSunday(year)).toBe(day);
  });

  test.each([
    ['valentines_day', 2026, null, '2026-02-14'],
    ['mothers_day', 2026, 'AT', '2026-05-10'],
    ['mothers_day', 2026, 'DE', '2026-05-10'],
    ['mothers_day', 2022, 'US', '2022-05-08'],
    ['mothers_day', 2026, 'GB', '2026-03-15'],
    ['mothers_day', 2025, 'GB', '2025-03-30'],
    ['fathers_day', 2026, 'AT', '2026-06-14'],
    ['fathers_day', 2026, 'DE', '2026-05-14'],
    ['fathers_day', 2026, 'US', '2026-06-21'],
    ['fathers_day', 2025, 'GB', '2025-06-15'],
    ['christmas', 2026, 'AT', '2026-12-24'],
    ['christmas', 2026, 'GB', '2026-12-25'],
    ['singles_day', 2026, null, '2026-11-11'],
    ['black_friday', 2024, null, '2024-11-29'],
    ['black_friday', 2026, null, '2026-11-27'],
    ['cyber_monday', 2024, null, '2024-12-02'],
  ] as const)('%s of %i in %s is %s', (name, year, country, day) => {
    expect(dayOf(name, year, country)).toBe(day);
  });

  test('every year has the same names, and no day is named twice', () => {
    const years = CALENDAR_YEARS.last - CALENDAR_YEARS.first + 1;
    for (const name of new Set(days.map((day) => day.name))) {
      expect(days.filter((day) => day.name === name).length % years).toBe(0);
    }
    expect(new Set(days.map((day) => `${day.day} ${day.kind} ${day.country} ${day.name}`)).size).toBe(days.length);
  });

  test('the relation has a typed row for each day', () => {
    const { sql, sidecar } = defaultCalendar();
    expect(sql).toContain("date '2020-02-14', 'gift_day', cast(null as varchar), 'valentines_day'");
    expect(sql.match(/date '/g)).toHaveLength(days.length);
    expect(sidecar.columns.map((column) => column.name)).toEqual(['day', 'kind', 'country', 'name']);
  });
});
