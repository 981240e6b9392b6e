import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { modelsReport } from '../../src/cli/report/models-report';
import { readModelsReport } from '../../src/cli/report-models';
import { addDays } from '../../src/core/dates';
import { FIT_DAY } from '../core/scores/made-up-rows';
import { boughtProject, CUSTOMERS, MONDAY, ordersOf, sortedRows } from '../support/bought-shop';
import { runNight, type TableRow } from '../support/night';
import { ORDER_COLUMNS } from '../support/orders-project';
import { temporaryFolder } from '../support/shop';

jest.setTimeout(120_000);

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const out = (name: string): string => join(folder, name);

const counted = (people: readonly TableRow[], column: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of people) counts[row[column] ?? 'null'] = (counts[row[column] ?? 'null'] ?? 0) + 1;
  return counts;
};

/** What is not said, and why, as the report words it; the summary has the same section. */
const told = async (project: string, name: string): Promise<string> =>
  modelsReport(await readModelsReport(project, { engine: 'duckdb', out: out(name) }), {
    colors: pc.createColors(false),
    width: 200,
  });

describe('what cannot be said is not said, and everything else is published', () => {
  test('no amounts: chances and orders without a value', async () => {
    const columns = 'order_id: id, customer_id: buyer, ordered_at: day';
    const project = boughtProject(ordersOf(CUSTOMERS, MONDAY), columns);
    const night = await runNight(project, out('no-amounts'), MONDAY);
    expect(await told(project, 'no-amounts')).toContain('no money columns for anybody: no amounts are mapped');
    const people = await sortedRows(out('no-amounts'), night, 'people');
    expect(counted(people, 'churn_abstain_reason')).toEqual({ null: people.length });
    expect(counted(people, 'expected_value')).toEqual({ null: people.length });
    expect(counted(people, 'value_abstain_reason')).toEqual({ no_amounts: people.length });
    expect(people.some((row) => row.expected_orders !== null)).toBe(true);
  });

  test('two currencies: whoever paid in another one has no value, the others have', async () => {
    const mixed = ordersOf(CUSTOMERS, MONDAY, (line) => (/,c1\d,/.test(line) ? line.replace('EUR', 'CHF') : line));
    const project = boughtProject(mixed, `${ORDER_COLUMNS}, currency: money`);
    const night = await runNight(project, out('mixed'), MONDAY);
    const people = await sortedRows(out('mixed'), night, 'people');
    const isForeign = (row: TableRow): boolean => /^c1\d$/.test(row.id ?? '');
    expect(await told(project, 'mixed')).toContain(
      `no money columns for ${people.filter(isForeign).length} people: amounts in another currency than the shop's`,
    );
    expect(people.filter(isForeign).every((row) => row.expected_value === null && row.churn_probability !== null)).toBe(
      true,
    );
    expect(people.filter(isForeign).every((row) => row.value_abstain_reason === 'currency')).toBe(true);
    expect(people.filter((row) => !isForeign(row)).every((row) => row.expected_value !== null)).toBe(true);
  });

  test('a shop that stopped selling for a quarter: nobody is scored, and a warning says so', async () => {
    const night = await runNight(boughtProject(ordersOf(CUSTOMERS, addDays(MONDAY, -92))), out('stopped'), MONDAY);
    const people = await sortedRows(out('stopped'), night, 'people');
    expect(night.score_model).toEqual({ name: null, reason: 'no_purchases_lately' });
    expect(night.warnings.map((warning) => warning.code)).toContain('nobody_scored');
    expect(counted(people, 'purchase_likelihood')).toEqual({ ineligible: people.length });
    expect(counted(people, 'ineligible_reason')).toEqual({ no_model: people.length });
    expect(people.every((row) => row.lifecycle_stage !== null)).toBe(true);
  });

  /** The shop as if it had opened so many days before the night. */
  const openedBefore = (days: number): string =>
    ordersOf(
      CUSTOMERS.map((each) => ({ ...each, days: each.days.filter((day) => day > FIT_DAY - days) })),
      MONDAY,
    );
  const HELP =
    'nobody has a churn risk: the history is too short to judge a model out of time; wait for about two horizons of orders, or set a shorter predictions.horizon_days';

  test('a shop three weeks old: too little history', async () => {
    const night = await runNight(boughtProject(openedBefore(21)), out('young'), MONDAY);
    const people = await sortedRows(out('young'), night, 'people');
    expect(night.score_model).toEqual({ name: null, reason: 'history_too_short' });
    expect(night.warnings).toContainEqual({ code: 'nobody_scored', message: HELP });
    expect(counted(people, 'ineligible_reason')).toEqual({ too_little_history: people.length });
    expect(people.every((row) => row.lifecycle_stage !== null)).toBe(true);
  });

  test('a horizon longer than the history: no chance, no orders; stages, rhythm, return curve and segments as ever', async () => {
    const orders = openedBefore(200);
    const night = await runNight(boughtProject(orders, ORDER_COLUMNS, 365), out('far'), MONDAY);
    const people = await sortedRows(out('far'), night, 'people');
    expect(night.score_model).toEqual({ name: null, reason: 'history_too_short' });
    expect(night.warnings).toContainEqual({ code: 'nobody_scored', message: HELP });
    expect(people.length).toBeGreaterThan(100);
    for (const [column, value] of [
      ['horizon_days', '365'],
      ['churn_probability', 'null'],
      ['churn_abstain_reason', 'history_too_short'],
      ['expected_orders', 'null'],
      ['expected_abstain_reason', 'history_too_short'],
      ['ineligible_reason', 'too_little_history'],
    ] as const)
      expect([column, counted(people, column)]).toEqual([column, { [value]: people.length }]);

    // What needs no look ahead is what the same shop reads at a horizon that is within its history.
    const near = await runNight(boughtProject(orders, ORDER_COLUMNS, 28), out('near'), MONDAY);
    const known = ({ id, spend_amount, rfm_segment, value_tier, overdue_ratio }: TableRow): TableRow =>
      ({ id, spend_amount, rfm_segment, value_tier, overdue_ratio }) as TableRow;
    expect(people.map(known)).toEqual((await sortedRows(out('near'), near, 'people')).map(known));
    expect(people.every((row) => row.lifecycle_stage !== null)).toBe(true);
    const bought = (row: TableRow): boolean => Number(row.purchase_days) > 1;
    expect(people.every((row) => (row.next_order_expected !== null) === bought(row))).toBe(true);
    expect((await sortedRows(out('far'), night, 'memberships')).map((row) => row.person_id).sort()).toEqual(
      people
        .filter(bought)
        .map((row) => row.id)
        .sort(),
    );
  });
});
