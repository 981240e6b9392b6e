import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { walkNight } from '../../src/cli/walk';
import { addDays } from '../../src/core/dates';
import type { Definitions } from '../../src/core/definitions';
import { frozenModels } from '../../src/core/models/frozen';
import type { Model } from '../../src/core/models/model';
import type { Column } from '../../src/core/models/sidecar';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { loadDefinitions } from '../../src/project/load-definitions';
import { CUSTOMERS, MONDAY, ordersOf } from '../support/bought-shop';
import { readTable, runNight, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';

/** A night whose frozen tables come out otherwise than base's, though nothing happened in the shop. */
jest.setTimeout(120_000);
const TUESDAY = addDays(MONDAY, 1);
const ODD = Array.from({ length: 90 }, (_, n) => `    - { field: recency_days, is: ${2 * n + 1} }`).join('\n');
const project = ordersProject({
  orders: ordersOf(CUSTOMERS, TUESDAY),
  columns: 'order_id: id, customer_id: buyer, ordered_at: day, amount: total',
  top: 'guard: { share_per_night: 0.5 }\npredictions: { horizon_days: 56 }\ncontact: { gross_margin: 0.4, offer_cost: 1, contact_cost: 0.5, offer_success: 0.2 }\n',
  files: {
    // Whom it holds tonight it does not hold tomorrow.
    'segments/odd_days.yml': `name: Odd days\ndescription: Bought an odd number of days ago.\nowner: crm\nwhen:\n  any:\n${ODD}\n`,
    'segments/champions.yml':
      'name: Champions\ndescription: Bought but yesterday.\nowner: crm\nwhen: { field: r_score, at_least: 4 }\n',
  },
});
const out = join(project, 'out');
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** How each frozen table comes out otherwise: by another end of the SQL that makes it. */
const OTHERWISE = {
  rfm_cuts: [
    'rfm_cuts',
    'select axis, score, cast(better_than * 1.5 as decimal(18,2)) as better_than, people, basis, as_of_date, is_provisional from final',
  ],
  lifecycle_thresholds: [
    'lifecycle_thresholds',
    "select purchase_class, at_risk_after_days + 40 as at_risk_after_days, lapsed_after_days + 40 as lapsed_after_days, 'fixed_days' as lifecycle_basis, as_of_date, is_provisional from final",
  ],
  return_curves: [
    'return_curves',
    'select purchase_class, day, at_risk_count, ended_count, survival, return_chance / 2 as return_chance, as_of_date, is_provisional from final',
  ],
  // Fitted on half of the customers.
  score_parameters: ['training_rows', 'select * from final where customer_hash < 2251799813685248e0'],
} as const;
type Frozen = keyof typeof OTHERWISE;

/** Columns that stay as they are for every customer of this shop, whose risk one reason explains. */
const STILL = ['ineligible_reason', 'reason_1_code', 'reason_2_code', 'reason_3_code', 'next_order_basis'];

let definitions: Definitions;
let same: Manifest;
beforeAll(async () => {
  definitions = await loadDefinitions(project);
  await runNight(project, out, MONDAY, { definitions });
  same = await runNight(project, out, TUESDAY, { definitions });
});

const fields = (): Column[] =>
  (definitions.models.get('customer_profiles')?.sidecar.columns ?? []).filter((column) => column.segmentable);

function changed(name: Frozen): Definitions {
  const [made, end] = OTHERWISE[name];
  const model = definitions.models.get(made) as Model;
  const sql = model.sql.replace(/select \* from final\s*$/, end);
  expect(sql).not.toBe(model.sql);
  const models = new Map(definitions.models).set(made, { ...model, sql });
  return { ...definitions, models, hash: `${name} ${definitions.hash}` };
}

test.each(Object.keys(OTHERWISE) as Frozen[])(
  '%s made anew moves the fields that say so, and no others',
  async (name) => {
    const night = await runNight(project, out, TUESDAY, { definitions: changed(name) });
    expect(night.base).toEqual(same.base);
    const before = new Map((await readTable(out, same, 'people')).map((row) => [row.id, row]));
    const moved = new Set<string>();
    for (const row of await readTable(out, night, 'people'))
      for (const [column, value] of Object.entries(row))
        if (value !== before.get(row.id as string)?.[column]) moved.add(column);
    const fields =
      definitions.models.get('customer_profiles')?.sidecar.columns.filter((each) => each.segmentable) ?? [];
    const said = fields.filter(({ moves_with = [] }) => moves_with.includes(name)).map((field) => field.name);
    const seen = fields.map((field) => field.name).filter((field) => moved.has(field));
    expect(seen.filter((field) => !said.includes(field))).toEqual([]);
    expect(said.filter((field) => !moved.has(field) && !STILL.includes(field))).toEqual([]);
  },
);

test('what says so is a frozen table, and each of them is said', () => {
  const said = fields().flatMap(({ moves_with = [] }) => moves_with);
  // These two never move alone: the others are made by them.
  const frozen = frozenModels(definitions.models).filter(({ name }) => !['horizon', 'frozen_date'].includes(name));
  expect([...new Set(said)].sort()).toEqual(frozen.map(({ name }) => name).sort());
});

test('on such a night audiences that read those fields are reported, and the others are gated', async () => {
  const { project: read, ...others } = changed('rfm_cuts');
  const guard = { share_per_night: 0.001, least_members: 1 };
  const strict = { ...others, project: { ...read, file: { ...read.file, guard } } };
  const closed = await runNight(project, out, TUESDAY, { definitions: strict }).catch((error: unknown) => error);
  expect(closed).toMatchObject({ code: 'gate_closed', found: expect.stringContaining('deletes of all audiences') });
  expect(closed).toMatchObject({ found: expect.not.stringContaining('champions') });
  const night = await withContext(project, out, { definitions: strict }, (context) =>
    walkNight(context, { run_date: TUESDAY, accept: true }),
  );
  const reported = night.gate?.reported.map(({ kind, name, because }) => [kind, name, because]);
  expect(reported).toContainEqual(['audience', 'champions', 'renewed']);
  expect(night.gate?.findings.map(({ kind, name }) => [kind, name])).toContainEqual(['deletes', 'deletes']);
});
