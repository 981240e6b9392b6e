/** Calendar arithmetic on ISO dates ('2026-03-31'), which is how local days travel everywhere outside SQL. */

const DAY = 86_400_000;
const MINUTE = 60_000;

/** @returns whether the text is a real calendar day written YYYY-MM-DD. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/**
 * The instant of a time of day ('06:00') on a local day. A time that the clocks leave out counts as the hour after; one that
 * they show twice is the first.
 */
export function localInstant(date: string, time: string, timeZone: string): number {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  const start = localDayStart(date, timeZone);
  for (const shift of [-60, 0, 60]) {
    const at = start + (minutes + shift) * MINUTE;
    const shown = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
    if (shown === time && localDay(at, timeZone) === date) return at;
  }
  return start + minutes * MINUTE;
}

/** Days from one date to another; negative where that lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

/** The day before the quarter of `date` began: as of when cut points and curves are made (design decision 11). */
export function dayBeforeQuarter(date: string): string {
  const month = Number(date.slice(5, 7));
  const first = String(month - ((month - 1) % 3)).padStart(2, '0');
  return addDays(`${date.slice(0, 4)}-${first}-01`, -1);
}

/** The last Monday up to a date, itself included: as of when predictions are fitted. */
export function mondayUpTo(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((weekday + 6) % 7));
}

/** The local calendar day of an instant in an IANA zone. */
export function localDay(milliseconds: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    milliseconds,
  );
}

/** The instant at which a local day begins in an IANA zone, in milliseconds: not midnight where a clock change skips it. */
export function localDayStart(date: string, timeZone: string): number {
  const utc = Date.parse(`${date}T00:00:00Z`);
  // No zone is further from UTC than 15 hours; the first minute that is of this day or a later one.
  let [before, within] = [utc / MINUTE - 15 * 60, utc / MINUTE + 15 * 60];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (localDay(middle * MINUTE, timeZone) < date) before = middle;
    else within = middle;
  }
  return within * MINUTE;
}
