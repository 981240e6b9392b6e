import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { modelsReport } from '../../src/cli/report/models-report';
import { readModelsReport } from '../../src/cli/report-models';
import { addDays } from '../../src/core/dates';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { seededRandom } from '../../src/core/statistics/random';
import { gammaDraw } from '../core/statistics/simulate';
import { readTable, runNights, sorted, type TableRow } from '../support/night';
import { ordersProject } from '../support/orders-project';

/** A shop with enough people for a fit: what it is told is judged against the raw orders, counted here without any SQL. */
jest.setTimeout(120_000);
const TOLD = '2025-05-05';
const DUE = '2025-06-02';
const HORIZON = 28;
const FIRST_DAY = '2024-03-01';

interface Order {
  buyer: string;
  day: string;
}

function ordersOf(customers: number): Order[] {
  const random = seededRandom(11);
  const orders: Order[] = [];
  for (let customer = 0; customer < customers; customer += 1) {
    const rate = gammaDraw(0.9, random) / 35;
    let at = Math.floor(random() * 400);
    for (;;) {
      if (addDays(FIRST_DAY, at) > '2025-06-10') break;
      orders.push({ buyer: `c${customer}`, day: addDays(FIRST_DAY, at) });
      if (random() < 0.12) break;
      at += 1 + Math.floor(-Math.log(1 - random()) / rate);
    }
  }
  return orders;
}

const orders = ordersOf(400);
const project = ordersProject({
  orders: `id,buyer,day,total\n${orders.map(({ buyer, day }, id) => `${id},${buyer},${day},${10 + (id % 7)}.00`).join('\n')}\n`,
  top: `predictions: { horizon_days: ${HORIZON} }\n`,
});
const out = join(project, 'out');
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Who had bought by a day, and who of them bought in the horizon after it. */
function outcomes(toldDate: string): { people: string[]; buyers: Set<string> } {
  const people = [...new Set(orders.filter(({ day }) => day <= toldDate).map(({ buyer }) => buyer))];
  const until = addDays(toldDate, HORIZON);
  const later = orders.filter(({ day }) => day > toldDate && day <= until).map(({ buyer }) => buyer);
  return { people, buyers: new Set(later.filter((buyer) => people.includes(buyer))) };
}

let nights: [Manifest, Manifest];
let first: TableRow[];
let second: TableRow[];
const rowsOf = (rows: readonly TableRow[], kind: string, by: string): TableRow[] =>
  rows.filter((row) => row.kind === kind && row.grouped_by === by);

beforeAll(async () => {
  nights = (await runNights(project, out, [TOLD, DUE])) as typeof nights;
  first = await readTable(out, nights[0], 'receipts');
  second = await readTable(out, nights[1], 'receipts');
});

test('on its first night the shop sees how right it would have been: past windows, counted from the raw orders', () => {
  const tested = rowsOf(first, 'backtest', 'all');
  expect(tested.length).toBeGreaterThanOrEqual(2);
  expect(first.every((row) => row.kind === 'backtest')).toBe(true);
  for (const row of tested) {
    const { people, buyers } = outcomes(row.told_date as string);
    expect([row.told_date, Number(row.people), Number(row.actual_buyers)]).toEqual([
      row.told_date,
      people.length,
      buyers.size,
    ]);
    expect(row.matured_date).toBe(addDays(row.told_date as string, HORIZON));
    // No outcome may lie within the late days of the fit, which is the Monday of that night.
    expect((row.matured_date as string) <= addDays(TOLD, -7)).toBe(true);
    // Customers who follow a purchase process are told about right.
    expect(Number(row.calibration)).toBeGreaterThan(0.6);
    expect(Number(row.calibration)).toBeLessThan(1.6);
  }
});

test('the cut of the likely is published with its measured precision and recall, and printed', async () => {
  const report = await readModelsReport(project, { engine: 'duckdb', out });
  const said = modelsReport(report, { colors: pc.createColors(false), width: 200 });
  const fit = nights[1].parameters.score_parameters;
  expect(said).toContain(`fit ${fit?.id}, as of ${fit?.as_of_date}`);
  const cut = Object.fromEntries(
    report.predictions.parameters
      .filter(({ population, part }) => population === 'buyers' && part === 'cut')
      .map(({ name, value }) => [name, value ?? Number.NaN]),
  ) as Record<'likely_from' | 'likely_people' | 'likely_precision' | 'likely_recall', number>;
  // The window that was judged, counted from the raw orders: both shares are of the same hits.
  const { people, buyers } = outcomes(addDays(fit?.as_of_date as string, -7 - HORIZON));
  const hits = cut.likely_precision * cut.likely_people;
  expect(hits).toBeCloseTo(Math.round(hits), 4);
  expect(hits).toBeGreaterThan((cut.likely_people * buyers.size) / people.length);
  expect(cut.likely_recall).toBeCloseTo(hits / buyers.size, 6);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  expect(said).toContain(
    `likely from a chance of ${percent(cut.likely_from)}: of ${cut.likely_people} people called likely there ${percent(cut.likely_precision)} bought; ${percent(cut.likely_recall)} of the buyers were among them`,
  );
});

test('one horizon later what that night told is judged: sums of its own people, outcomes from the raw orders', async () => {
  const told = (await readTable(out, nights[0], 'people')).filter((row) => row.churn_probability !== null);
  const { buyers } = outcomes(TOLD);
  expect(nights[1].told?.map((night) => night.run_id)).toEqual([nights[0].run_id]);
  const check = (by: string, name: (person: TableRow) => string): void => {
    for (const row of rowsOf(second, 'live', by)) {
      const group = told.filter((person) => name(person) === row.group_name);
      const chances = group.map((person) => 1 - Number(person.churn_probability));
      expect([by, row.group_name, Number(row.people)]).toEqual([by, row.group_name, group.length]);
      expect(Number(row.expected_buyers)).toBeCloseTo(
        chances.reduce((sum, chance) => sum + chance, 0),
        6,
      );
      expect(Number(row.actual_buyers)).toBe(group.filter((person) => buyers.has(person.id as string)).length);
    }
  };
  check('all', () => 'all');
  check('churn_tier', (person) => person.churn_tier as string);
  check('purchase_likelihood', (person) => person.purchase_likelihood as string);
  expect(rowsOf(second, 'live', 'churn_tier').length).toBeGreaterThan(1);
  // Equal chances share a decile, and every decile above tells more than the next.
  const deciles = rowsOf(second, 'live', 'decile').sort((a, b) => Number(a.group_name) - Number(b.group_name));
  const toldShares = deciles.map((row) => Number(row.expected_buyers) / Number(row.people));
  expect([...toldShares].sort((a, b) => b - a)).toEqual(toldShares);
  expect(deciles.reduce((sum, row) => sum + Number(row.people), 0)).toBe(told.length);
});

test('back-tests are made once and stay as they were told first', () => {
  expect(sorted(second.filter((row) => row.kind === 'backtest'))).toEqual(sorted(first));
});

test('whom a model scored carries the version of that night, a receipt that of the night that told or back-tested', async () => {
  const [told, due] = nights.map((night) => night.parameters.score_parameters?.values.score_version) as [
    string,
    string,
  ];
  expect(told).toMatch(/^[0-9a-f]{16}$/);
  expect(due).not.toBe(told);
  for (const [night, version] of [
    [nights[0], told],
    [nights[1], due],
  ] as const) {
    const parameters = await readTable(out, night, 'score_parameters');
    expect(new Set(parameters.map((row) => row.score_version))).toEqual(new Set([version]));
    const people = await readTable(out, night, 'people');
    expect(people.some((row) => row.score_model !== null)).toBe(true);
    for (const row of people) expect(row.score_version).toBe(row.score_model === null ? null : version);
  }
  expect(new Set(first.map((row) => row.score_version))).toEqual(new Set([told]));
  // Taken over from base, and made by what the first night told: both are of the first night's fit.
  expect(new Set(second.map((row) => `${row.kind} ${row.score_version}`))).toEqual(
    new Set([`backtest ${told}`, `live ${told}`]),
  );
});
