import { addDays } from '../dates';
import type { Model } from '../models/model';
import { sidecarSchema } from '../models/sidecar';
import { type ValuesColumn, valuesSelect } from './values';

/** Years for which default days are shipped, both included. */
export const CALENDAR_YEARS = { first: 2020, last: 2035 } as const;

export interface CalendarDay {
  day: string;
  kind: 'gift_day' | 'sale';
  /** Two-letter code; null for every country. */
  country: string | null;
  name: string;
}

const isoDay = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The n-th weekday of a month; 0 is Sunday, 4 Thursday. */
function nthWeekday(year: number, month: number, weekday: number, nth: number): string {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return isoDay(year, month, 1 + ((weekday - first + 7) % 7) + 7 * (nth - 1));
}

/** Easter Sunday by the Gregorian computus (Meeus, Jones, Butcher), on which Mothering Sunday and Ascension Day hang. */
export function easterSunday(year: number): string {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const epact =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - epact - (rest % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const count = epact + weekday - 7 * correction + 114;
  return isoDay(year, Math.floor(count / 31), (count % 31) + 1);
}

function daysOfYear(year: number): CalendarDay[] {
  const blackFriday = addDays(nthWeekday(year, 11, 4, 4), 1);
  const gift = (name: string, day: string, ...countries: (string | null)[]): CalendarDay[] =>
    countries.map((country) => ({ day, kind: 'gift_day', country, name }));
  const sale = (name: string, day: string): CalendarDay => ({ day, kind: 'sale', country: null, name });
  return [
    ...gift('valentines_day', isoDay(year, 2, 14), null),
    ...gift('mothers_day', nthWeekday(year, 5, 0, 2), 'AT', 'DE', 'US'),
    // Mothering Sunday: the fourth of Lent
    ...gift('mothers_day', addDays(easterSunday(year), -21), 'GB'),
    ...gift('fathers_day', nthWeekday(year, 6, 0, 2), 'AT'),
    // on Ascension Day
    ...gift('fathers_day', addDays(easterSunday(year), 39), 'DE'),
    ...gift('fathers_day', nthWeekday(year, 6, 0, 3), 'GB', 'US'),
    ...gift('christmas', isoDay(year, 12, 24), 'AT', 'DE'),
    ...gift('christmas', isoDay(year, 12, 25), 'GB', 'US'),
    sale('singles_day', isoDay(year, 11, 11)),
    sale('black_friday', blackFriday),
    sale('cyber_monday', addDays(blackFriday, 3)),
  ];
}

/** Gift days and sales that a shop without a calendar of its own gets, oldest first within each year's rules. */
export function defaultCalendarDays(): CalendarDay[] {
  const { first, last } = CALENDAR_YEARS;
  return Array.from({ length: last - first + 1 }, (_, index) => daysOfYear(first + index)).flat();
}

/** The default days as a small relation, `default_calendar`. */
export function defaultCalendar(): Model {
  const columns: (ValuesColumn & { description: string })[] = [
    { name: 'day', type: 'date', description: 'The day' },
    { name: 'kind', type: 'varchar', description: 'gift_day or sale' },
    { name: 'country', type: 'varchar', description: 'Two-letter code; null for every country' },
    { name: 'name', type: 'varchar', description: 'Name of the day' },
  ];
  const rows = defaultCalendarDays().map(({ day, kind, country, name }) => [day, kind, country, name]);
  return {
    name: 'default_calendar',
    layer: 'settings',
    sql: valuesSelect(columns, rows),
    sidecar: sidecarSchema.parse({
      description:
        'Gift days and sales that a shop without a calendar of its own gets. One row a day, kind, country and name.',
      materialised: 'inline',
      unique_key: [],
      columns,
    }),
    file: 'src/core/settings (default_calendar)',
  };
}
