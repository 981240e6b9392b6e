import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '../../src/core/dates';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { seededRandom } from '../../src/core/statistics/random';
import { readTable, runNight, type TableRow } from '../support/night';
import { ordersProject } from '../support/orders-project';

/** A shop where people register first: some look around every week until they buy, the others were there once. */
jest.setTimeout(120_000);
const NIGHT = '2025-05-05';
const HORIZON = 28;
const OPENED = '2024-06-01';
const DAYS = 338;

interface Registered {
  id: string;
  created: string;
  isEager: boolean;
  first: string | undefined;
  visits: string[];
}

function registered(people: number): Registered[] {
  const random = seededRandom(7);
  return Array.from({ length: people }, (_, index) => {
    const created = Math.floor(random() * DAYS);
    const isEager = random() < 0.6;
    const buysAt = isEager ? created + 5 + Math.floor(75 * random()) : random() < 0.1 ? created + 90 : 9_999;
    const visits = isEager
      ? Array.from({ length: 12 }, (_, visit) => created + 7 * visit).filter((day) => day <= buysAt)
      : [created];
    const at = (day: number): string => addDays(OPENED, day);
    const isPast = (day: number): boolean => at(day) <= NIGHT;
    return {
      id: `r${index}`,
      created: at(created),
      isEager,
      first: isPast(buysAt) ? at(buysAt) : undefined,
      visits: visits.filter(isPast).map(at),
    };
  });
}

const people = registered(2_600);
const csv = (head: string, lines: readonly string[]): string => `${[head, ...lines].join('\n')}\n`;
const orders = people.flatMap(({ id, first }) => (first ? [`o${id},${id},${first},20.00`] : []));
const project = ordersProject({
  orders: csv('id,buyer,day,total', orders),
  top: `predictions: { horizon_days: ${HORIZON} }\n`,
  sources: {
    customers: 'customer_id: id, created_at: since',
    events: 'customer_id: id, occurred_at: day, type: kind',
  },
  files: {
    'customers.csv': csv('id,since', [...people.map(({ id, created }) => `${id},${created}`), 'undated,']),
    'events.csv': csv(
      'id,day,kind',
      people.flatMap(({ id, visits }) => visits.map((day) => `${id},${day},visit`)),
    ),
  },
});
const out = join(project, 'out');
afterAll(() => rmSync(project, { recursive: true, force: true }));

let night: Manifest;
let told: Map<string, TableRow>;
beforeAll(async () => {
  night = await runNight(project, out, NIGHT);
  told = new Map((await readTable(out, night, 'people')).map((row) => [row.id as string, row]));
});

const isProspect = ({ created, first }: Registered, date: string): boolean =>
  created <= date && (first === undefined || first > date);

test('everybody who registered and has not bought is told the chance of a first order, and nobody a risk', () => {
  expect(night.prospect_model).toEqual({ name: 'logistic', reason: 'least_loss_on_newest_window' });
  const prospects = people.filter((each) => isProspect(each, NIGHT)).map(({ id }) => told.get(id));
  expect(prospects.length).toBeGreaterThan(100);
  const score_version = night.parameters.score_parameters?.values.score_version;
  for (const row of prospects) {
    expect(row?.score_version).toBe(score_version);
    expect(row).toMatchObject({ churn_probability: null, churn_tier: null, score_model: 'logistic' });
    expect(row).toMatchObject({ ineligible_reason: null, purchase_abstain_reason: null, expected_orders: null });
    const chance = Number(row?.purchase_probability);
    expect(chance >= 0 && chance <= 1).toBe(true);
    expect(row?.reason_1_text).toMatch(/since the (account was made; no order yet|last visit)$/);
  }
  expect(new Set(prospects.map((row) => row?.purchase_likelihood))).toEqual(new Set(['likely', 'unlikely']));
});

test('who looks around is told a greater chance than who was there once', () => {
  const meanOf = (isEager: boolean): number => {
    const chances = people
      .filter((each) => isProspect(each, NIGHT) && each.isEager === isEager)
      .map(({ id }) => Number(told.get(id)?.purchase_probability));
    return chances.reduce((sum, each) => sum + each, 0) / chances.length;
  };
  expect(meanOf(true)).toBeGreaterThan(3 * meanOf(false));
});

test('an account without a day is not guessed at', () => {
  expect(told.get('undated')).toMatchObject({
    purchase_likelihood: 'ineligible',
    ineligible_reason: 'account_date_unknown',
    score_version: null,
    purchase_probability: null,
    purchase_abstain_reason: 'account_date_unknown',
  });
});

test('a past window shows how right it would have been: counted from the raw rows', async () => {
  const tested = (await readTable(out, night, 'receipts')).filter((row) => row.population === 'prospects');
  expect(new Set(tested.map((row) => `${row.kind} ${row.score_model}`))).toEqual(new Set(['backtest logistic']));
  expect(new Set(tested.map((row) => row.grouped_by))).toEqual(new Set(['all', 'decile', 'purchase_likelihood']));
  const all = tested.find((row) => row.grouped_by === 'all');
  const date = String(all?.told_date);
  const then = people.filter((each) => isProspect(each, date));
  const bought = then.filter(({ first }) => first !== undefined && first <= addDays(date, HORIZON));
  expect([Number(all?.people), Number(all?.actual_buyers)]).toEqual([then.length, bought.length]);
  // No outcome may lie within the late days of the fit, which is the Monday of that night.
  expect(addDays(date, HORIZON) <= addDays(NIGHT, -7)).toBe(true);
  const tenths = tested.filter((row) => row.grouped_by === 'decile');
  const shareOf = (name: string): number => {
    const row = tenths.find((each) => each.group_name === name);
    return Number(row?.actual_buyers) / Number(row?.people);
  };
  expect(shareOf('1')).toBeGreaterThan(shareOf('10') + 0.3);
});
