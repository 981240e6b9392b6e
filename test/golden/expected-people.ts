import type { TableRow } from '../support/night';
import type { ShopTables, SourceRow } from '../support/shop';

/**
 * The people of a night worked out from the raw rows in plain TypeScript, by the words of the contract and not by the
 * product's SQL. What return curves decide comes in: the days after which each purchase class is at risk and lapsed.
 */
export interface Limits {
  at_risk_after: number | null;
  lapsed_after: number | null;
}
export type LimitsByClass = Readonly<Record<string, Limits>>;

const DAY = 86_400_000;
const ZONE = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Vienna' });
/** A local day of the shop; a plain date is one already. */
const localDay = (text: string): string => (text.length === 10 ? text : ZONE.format(Date.parse(text)));
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY;
const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
const cents = (text: string): number => Math.round(Number(text) * 100);

interface Purchase {
  person: string;
  day: string;
  cents: number;
}

interface Life {
  days: string[];
  orders: Purchase[];
  returns: Purchase[];
}

/** Everybody with a purchase by `asOf`, from the rows recorded by then. */
function lives(shop: ShopTables, asOf: string): Map<string, Life> {
  const personOf = people(shop, asOf);
  const known = new Map<string, SourceRow>();
  for (const row of shop.orders ?? []) if (localDay(row.known as string) <= asOf) known.set(row.id as string, row);
  const found = new Map<string, Life>();
  const internal = new Set(
    (shop.customers ?? []).filter((row) => row.staff === 'true').map((row) => personOf(row.id as string)),
  );
  const isPurchase = (row: SourceRow): boolean => {
    const isCancelled = row.state === 'voided' && (row.voided === '' || localDay(row.voided as string) <= asOf);
    return (
      row.state !== 'test' &&
      !isCancelled &&
      row.buyer !== '' &&
      row.buyer !== 'till' &&
      cents(row.total as string) > 0 &&
      localDay(row.at as string) <= asOf
    );
  };
  for (const row of known.values()) {
    const person = personOf(row.buyer as string);
    if (!isPurchase(row) || internal.has(person)) continue;
    const life = found.get(person) ?? { days: [], orders: [], returns: [] };
    found.set(person, life);
    life.orders.push({ person, day: localDay(row.at as string), cents: cents(row.total as string) });
  }
  for (const row of shop.refunds ?? []) {
    const order = known.get(row.order as string);
    const day = localDay(row.at as string);
    if (!order || order.state === 'test' || order.state === 'voided' || day > asOf) continue;
    found.get(personOf(order.buyer as string))?.returns.push({ person: '', day, cents: cents(row.total as string) });
  }
  for (const life of found.values()) life.days = [...new Set(life.orders.map((order) => order.day))].sort();
  return found;
}

function people(shop: ShopTables, asOf: string): (id: string) => string {
  const into = new Map(
    (shop.identities ?? [])
      .filter((row) => (row.since as string) <= asOf)
      .map((row) => [row.from as string, row.into as string]),
  );
  return (id) => into.get(id) ?? id;
}

const sumSince = (rows: readonly Purchase[], after: string): number =>
  rows.reduce((sum, row) => sum + (row.day > after ? row.cents : 0), 0);

/** What of a life decides scores, as of a date. */
function numbersOf(life: Life, asOf: string) {
  const last = life.days.at(-1) as string;
  const [year, window] = [addDays(asOf, -365), addDays(asOf, -730)];
  return {
    recency: daysBetween(last, asOf),
    net: sumSince(life.orders, '') - sumSince(life.returns, ''),
    net365: sumSince(life.orders, year) - sumSince(life.returns, year),
    orders365: life.orders.filter((order) => order.day > year).length,
    windowDays: life.days.filter((day) => day > window).length,
    windowNet: sumSince(life.orders, window) - sumSince(life.returns, window),
  };
}

/** For each share the smallest value that this share of all values does not exceed. */
function cuts(values: readonly number[], shares: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return shares.map((share) => sorted[Math.ceil((share / 100) * sorted.length - 1e-9) - 1] as number);
}

const scoreOf = (value: number, limits: readonly number[], from = 1): number =>
  from + limits.filter((limit) => value > limit).length;

function cutsAsOf(shop: ShopTables, date: string) {
  const all = [...lives(shop, date).values()]
    .map((life) => numbersOf(life, date))
    .filter((numbers) => numbers.windowDays > 0);
  return {
    recency: cuts(
      all.map((each) => -each.recency),
      [20, 40, 60, 80],
    ),
    frequency: cuts(
      all.filter((each) => each.windowDays > 1).map((each) => each.windowDays),
      [25, 50, 75],
    ),
    monetary: cuts(
      all.map((each) => each.windowNet),
      [20, 40, 60, 80],
    ),
    value: cuts(
      all.filter((each) => each.orders365 > 0).map((each) => each.net365),
      [50, 80, 95],
    ),
  };
}

const classOf = (purchaseDays: number): string =>
  purchaseDays <= 2 ? String(purchaseDays) : purchaseDays <= 5 ? '3-5' : '6+';

function stageOf(life: Life, night: string, limits: LimitsByClass) {
  const { days } = life;
  const last = days.at(-1) as string;
  const { at_risk_after, lapsed_after } = limits[classOf(days.length)] as Limits;
  const rhythm = days.length >= 4 ? Math.ceil((2 * daysBetween(days[0] as string, last)) / (days.length - 1)) : null;
  const risk = [at_risk_after, rhythm].filter((each) => each !== null);
  const at_risk_from = risk.length > 0 ? addDays(last, Math.min(...risk)) : null;
  const lapsed_from = lapsed_after === null ? null : addDays(last, lapsed_after);
  const newSince = addDays(night, -30);
  const before = days.filter((day) => day < newSince).at(-1);
  const earlierLapse = days.length > 1 ? (limits[classOf(days.length - 1)] as Limits).lapsed_after : null;
  const isBack =
    before !== undefined &&
    earlierLapse !== null &&
    days.filter((day) => day >= newSince).length === 1 &&
    daysBetween(before, last) >= Math.max(earlierLapse, 31);
  const isNew = days.length === 1 && daysBetween(last, night) <= 30;
  const isPast = (day: string | null): boolean => day !== null && day <= night;
  const stage = isNew
    ? 'new'
    : isBack
      ? 'reactivated'
      : isPast(lapsed_from)
        ? 'lapsed'
        : isPast(at_risk_from)
          ? 'at_risk'
          : 'active';
  return { lifecycle_stage: stage, at_risk_from, lapsed_from };
}

const money = (amount: number): string => (amount / 100).toFixed(2);

/** Rows by id with the columns that the raw rows decide; `cutDate` is the date of the night's frozen tables. */
export function expectedPeople(
  shop: ShopTables,
  night: string,
  cutDate: string,
  limits: LimitsByClass,
): Map<string, TableRow> {
  const cut = cutsAsOf(shop, cutDate);
  const rows = new Map<string, TableRow>();
  for (const [id, life] of lives(shop, night)) {
    const numbers = numbersOf(life, night);
    const isOut = numbers.windowDays === 0;
    rows.set(id, {
      id,
      run_date: night,
      recency_days: String(numbers.recency),
      purchase_days: String(life.days.length),
      order_count: String(life.orders.length),
      spend_amount: money(numbers.net),
      first_order_date: life.days[0] as string,
      last_order_date: life.days.at(-1) as string,
      orders_365d: String(numbers.orders365),
      spend_365d: money(numbers.net365),
      r_score: String(isOut ? 1 : scoreOf(-numbers.recency, cut.recency)),
      f_score: String(numbers.windowDays < 2 ? 1 : scoreOf(numbers.windowDays, cut.frequency, 2)),
      m_score: String(isOut ? 1 : scoreOf(numbers.windowNet, cut.monetary)),
      value_tier:
        numbers.orders365 === 0
          ? 'low'
          : (['low', 'middle', 'high', 'top'][scoreOf(numbers.net365, cut.value, 0)] as string),
      ...stageOf(life, night, limits),
    });
  }
  const personOf = people(shop, night);
  const internal = new Set(
    (shop.customers ?? []).filter((row) => row.staff === 'true').map((row) => personOf(row.id as string)),
  );
  for (const row of shop.customers ?? []) {
    const id = personOf(row.id as string);
    if (rows.has(id) || internal.has(id) || (row.made as string) > night) continue;
    rows.set(id, {
      id,
      run_date: night,
      purchase_days: '0',
      order_count: '0',
      recency_days: null,
      r_score: null,
      lifecycle_stage: 'prospect',
      at_risk_from: null,
    });
  }
  return rows;
}
