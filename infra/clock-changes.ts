const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** No zone changes its clocks twice in so short a time. */
const STEP = 7 * DAY;

/** Fixed, so that the same settings are judged alike on every day; rules of most zones repeat every year. */
const FIRST_DAY = Date.UTC(2026, 0, 1);
const LAST_DAY = Date.UTC(2040, 0, 1);

/** A stretch of local time that a clock change skips, in minutes from midnight UTC of `date`. */
interface Gap {
  date: string;
  from: number;
  before: number;
}

/**
 * The next date on which clocks of a zone skip a time of day: whatever is scheduled for it would not run on that night.
 *
 * @param time HH:MM
 * @param zone an IANA zone.
 * @returns a date such as 2026-03-29, or undefined where the time exists on every day.
 */
export function dateWithout(time: string, zone: string): string | undefined {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const minutes = hour * 60 + minute;
  return gaps(zone).find(({ from, before }) => [minutes, minutes + 1440].some((each) => each >= from && each < before))
    ?.date;
}

function gaps(zone: string): Gap[] {
  const offsetAt = offsets(zone);
  const found: Gap[] = [];
  let earlier = offsetAt(FIRST_DAY);
  for (let day = FIRST_DAY; day < LAST_DAY; day += STEP) {
    const later = offsetAt(day + STEP);
    if (later > earlier) {
      const change = firstWith(later, offsetAt, day, day + STEP);
      const skipped = change + earlier * MINUTE;
      const midnight = Math.floor(skipped / DAY) * DAY;
      const from = (skipped - midnight) / MINUTE;
      found.push({ date: new Date(midnight).toISOString().slice(0, 10), from, before: from + later - earlier });
    }
    earlier = later;
  }
  return found;
}

/** The first minute after `before` at which the offset holds that holds at `within`. */
function firstWith(offset: number, offsetAt: (time: number) => number, before: number, within: number): number {
  let [low, high] = [before, within];
  while (high - low > MINUTE) {
    const middle = Math.floor((low + high) / 2 / MINUTE) * MINUTE;
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/** Minutes that local time is ahead of UTC at an instant. */
function offsets(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return (Date.UTC(year, month - 1, day, hour, minute) - time) / MINUTE;
  };
}
