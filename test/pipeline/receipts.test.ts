import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { main } from '../../src/cli/main';
import { modelsReport } from '../../src/cli/report/models-report';
import { readModelsReport } from '../../src/cli/report-models';
import type { Definitions } from '../../src/core/definitions';
import type { Model } from '../../src/core/models/model';
import type { RunPlan } from '../../src/core/run';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { readPlan } from '../../src/pipeline/notes';
import { planRun } from '../../src/pipeline/plan-run';
import { loadDefinitions } from '../../src/project/load-definitions';
import { hashesOf, readPointer, readTable, runNight, type TableRow, withContext } from '../support/night';
import { ordersProject } from '../support/orders-project';

/** What people are told on one night is judged one horizon later, against sums done by hand. */
jest.setTimeout(120_000);
/** Told with a horizon of 56 days, which ends on the same day as the 28 of the next night. */
const EARLIER = '2025-04-03';
const TOLD = '2025-05-01';
const BETWEEN = '2025-05-28';
const DUE = '2025-05-29';

const EARLY = [
  '1,anna,2025-04-01,20.00',
  '2,anna,2025-04-20,30.00',
  '3,bert,2025-04-02,10.00',
  '4,cleo,2025-05-01,5.00',
];
const LATE = [
  // the told day itself is no answer; the last day of the horizon is, the day after is not
  '5,anna,2025-05-02,7.00',
  '6,anna,2025-05-29,8.00',
  '7,bert,2025-05-30,9.00',
  // a guest who turns out to be cleo, and somebody nobody was told of
  '8,guest,2025-05-10,11.00',
  '9,dora,2025-05-10,50.00',
];
const csv = (rows: readonly string[]): string => `id,buyer,day,total\n${rows.join('\n')}\n`;

const projects: string[] = [];
afterAll(() => {
  for (const project of projects) rmSync(project, { recursive: true, force: true });
});

function makeProject(rows: readonly string[]): string {
  const project = ordersProject({
    orders: csv(rows),
    top: 'predictions: { horizon_days: 28 }\n',
    sources: { identities: 'customer_id: from, canonical_customer_id: into, valid_from: since' },
    files: { 'identities.csv': 'from,into,since\nguest,cleo,2025-05-12\n' },
  });
  projects.push(project);
  return project;
}

/** Chances that a person can check: 0.75 to buy after two purchase days, 0.25 after one. */
async function definitionsOf(project: string): Promise<Definitions> {
  const definitions = await loadDefinitions(project);
  const models = new Map(definitions.models);
  const people = models.get('people');
  if (!people) throw new Error('no people');
  const told: Record<string, string> = {
    churn_probability: 'cast(case when purchase_days >= 2 then 25e-2 when purchase_days = 1 then 75e-2 end as double)',
    purchase_probability:
      'cast(case when purchase_days >= 2 then 75e-2 when purchase_days = 1 then 25e-2 end as double)',
    churn_tier: "case when purchase_days >= 2 then 'low' else 'high' end",
    purchase_likelihood: "case when purchase_days >= 2 then 'likely' else 'unlikely' end",
    expected_orders: 'cast(case when purchase_days >= 2 then 2e0 else 5e-1 end as double)',
    expected_value: 'cast(10 * purchase_days as decimal(18,2))',
    score_model: "'by_hand'",
    score_version: "{{ param('score_version') }}",
  };
  const columns = people.sidecar.columns.map(({ name }) => (told[name] ? `${told[name]} as ${name}` : name));
  models.set('people', { ...people, sql: `select ${columns.join(', ')} from (\n${people.sql}\n) as unscored` });
  return { ...definitions, models, hash: `${definitions.hash}-by-hand` };
}

/** As a version of Tidemark of before had it: people and receipts without the column. */
function withoutVersion(definitions: Definitions): Definitions {
  const models = new Map(definitions.models);
  const change = (name: string, wanted: RegExp, text: string): void => {
    const { sql, sidecar, ...model } = models.get(name) as Model;
    expect(sql).toMatch(wanted);
    const columns = sidecar.columns.filter((column) => column.name !== 'score_version');
    models.set(name, { ...model, sql: sql.replace(wanted, text), sidecar: { ...sidecar, columns } });
  };
  change('people', /, [^,]* as score_version(?= from )/, '');
  change('receipts', /,\s+score_version(?=\s+from banded)/, '');
  change('told_groups', /max\(score_version\) as score_version,/g, '');
  change('told_outcomes', /(told\.|max\(judged\.)score_version(\) as score_version)?,/g, '');
  change('backtest_groups', /\S+ param\('score_version'\) \}\} as score_version,/, '');
  return { ...definitions, models, hash: `${definitions.hash}-of-before` };
}

const numbers = (row: TableRow | undefined, ...names: string[]): (number | null)[] =>
  names.map((name) => (row?.[name] == null ? null : Number(row[name])));

describe('a shop of three, told on one night', () => {
  const project = makeProject([...EARLY, ...LATE]);
  const out = join(project, 'out');
  let definitions: Definitions;
  let earlier: Manifest;
  let told: Manifest;
  let due: Manifest;
  let rows: TableRow[];
  const night = (date: string, to = out): Promise<Manifest> => runNight(project, to, date, { definitions });
  const group = (by: string, name: string): TableRow | undefined =>
    rows.find((row) => row.told_date === TOLD && row.grouped_by === by && row.group_name === name);
  const planOf = (to: string, by = definitions): Promise<RunPlan> =>
    withContext(project, to, { definitions: by }, async (context) => {
      const { run_id } = await planRun({ run_date: DUE, fresh: 'again' }, context);
      return readPlan(context.ports.store, run_id);
    });
  /** The published folder without the nights from one on. */
  function copyUntil(name: string, last: string): string {
    const copy = join(project, name);
    cpSync(out, copy, { recursive: true });
    const { nights } = readPointer(copy);
    const kept = Object.entries(nights).filter(([date]) => date <= last);
    const [run_date, manifest] = kept.at(-1) as [string, string];
    const pointer = { run_date, run_id: manifest.slice(10, -5), manifest, nights: Object.fromEntries(kept) };
    writeFileSync(join(copy, 'current.json'), JSON.stringify(pointer));
    return copy;
  }

  beforeAll(async () => {
    const file = join(project, 'tidemark.yml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('horizon_days: 28', 'horizon_days: 56'));
    definitions = withoutVersion(await definitionsOf(project));
    earlier = await night(EARLIER);
    writeFileSync(file, text);
    definitions = await definitionsOf(project);
    told = await night(TOLD);
    await night(BETWEEN);
    due = await night(DUE);
    rows = await readTable(out, due, 'receipts');
  });

  test('the night itself has no receipt; its run is named by the one that judges it', async () => {
    expect(await readTable(out, told, 'receipts')).toEqual([]);
    expect(told.told).toEqual([]);
    const reference = ({ run_date, run_id }: Manifest, horizon_days: number) => {
      return { run_date, run_id, manifest: `manifests/${run_id}.json`, horizon_days };
    };
    expect(due.told).toEqual([reference(earlier, 56), reference(told, 28)]);
  });

  test('anna bought twice and cleo under another id, bert too late: 2 of 3, where 1.25 were expected', () => {
    expect(group('all', 'all')).toMatchObject({
      kind: 'live',
      told_date: TOLD,
      matured_date: DUE,
      horizon_days: '28',
      score_model: 'by_hand',
      population: 'buyers',
      people: '3',
      actual_buyers: '2',
      is_within_band: 'true',
    });
    expect(numbers(group('all', 'all'), 'expected_buyers', 'calibration', 'lift')).toEqual([1.25, 1.6, 1]);
    // purchase days: anna 2, cleo 1; 7 + 8 + 11 were spent where 20 + 10 + 10 were expected
    expect(numbers(group('all', 'all'), 'expected_orders', 'actual_orders')).toEqual([3, 3]);
    expect(numbers(group('all', 'all'), 'expected_value', 'actual_value')).toEqual([40, 26]);
  });

  test('a night told with another horizon falls due on its own day: anna bought within the 56 days, bert after them', () => {
    const all = rows.find((row) => row.told_date === EARLIER && row.grouped_by === 'all');
    expect(all).toMatchObject({ matured_date: DUE, horizon_days: '56', people: '2', actual_buyers: '1' });
    // anna: days 04-20, 05-02 and 05-29, together 30 + 7 + 8
    expect(numbers(all, 'expected_buyers', 'actual_orders', 'expected_value', 'actual_value')).toEqual([
      0.5, 3, 20, 45,
    ]);
  });

  test('a receipt carries the version of the night that told; a night that had no such column yet left none', () => {
    const columnsOf = (of: Manifest): string[] =>
      of.tables.filter(({ name }) => name === 'people').flatMap(({ columns }) => columns.map(({ name }) => name));
    expect([earlier, told].map((of) => columnsOf(of).includes('score_version'))).toEqual([false, true]);
    const versionsOf = (date: string): unknown[] => [
      ...new Set(rows.filter((row) => row.told_date === date).map((row) => row.score_version)),
    ];
    expect(versionsOf(EARLIER)).toEqual([null]);
    const versionOf = (of: Manifest) => of.parameters.score_parameters?.values.score_version;
    expect(versionsOf(TOLD)).toEqual([versionOf(told)]);
    expect(versionOf(due)).not.toBe(versionOf(told));
  });

  test('by decile, tier and likelihood', () => {
    const ofNight = rows.filter((row) => row.told_date === TOLD);
    expect(ofNight.map((row) => [row.grouped_by, row.group_name, row.people, row.actual_buyers]).sort()).toEqual([
      ['all', 'all', '3', '2'],
      ['churn_tier', 'high', '2', '1'],
      ['churn_tier', 'low', '1', '1'],
      ['decile', '1', '1', '1'],
      ['decile', '4', '2', '1'],
      ['purchase_likelihood', 'likely', '1', '1'],
      ['purchase_likelihood', 'unlikely', '2', '1'],
    ]);
    expect(numbers(group('churn_tier', 'high'), 'expected_buyers', 'calibration', 'lift')).toEqual([0.5, 2, 0.75]);
  });

  test('the report tells it', async () => {
    const report = await readModelsReport(project, { engine: 'duckdb', out });
    const said = modelsReport(report, { colors: pc.createColors(false), width: 100 });
    expect(said).toMatch(/2025-05-01 +live +buyers +by_hand +3 +1 +2 +160 % +within +1\.50 +0\.2\d\d/);
    expect(said).toMatch(/\n {2}likely +1 +75\.0 % +█+▌? +100\.0 %/);
  });

  test('so does its JSON: receipts, parameters and reasons, no person', async () => {
    const said: string[] = [];
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const code = await main(['node', 'tidemark', 'report', 'models', '--project', project, '--out', out, '--json']);
    spy.mockRestore();
    const told = JSON.parse(said.join(''));
    expect([code, told.run_date, told.receipts.length]).toEqual([0, DUE, rows.length]);
    expect(told.fit).toMatchObject({ id: due.parameters.score_parameters?.id });
    expect(Object.keys(told).sort()).toEqual(
      [
        'abstained',
        'fit',
        'parameters',
        'prospect_model',
        'receipts',
        'run_date',
        'run_id',
        'score_model',
        'tonight',
      ].sort(),
    );
    expect(said.join('')).not.toContain('anna');
  });

  test('computed again from its first step it is the same run with the same hashes', async () => {
    const again = copyUntil('again', BETWEEN);
    rmSync(join(again, 'runs'), { recursive: true });
    const second = await night(DUE, again);
    expect([second.run_id, hashesOf(second)]).toEqual([due.run_id, hashesOf(due)]);
  });

  test('a night that is no longer among the nights has told nobody anything: another run, without a receipt', async () => {
    const dropped = copyUntil('dropped', DUE);
    const pointer = readPointer(dropped);
    delete pointer.nights[TOLD];
    writeFileSync(join(dropped, 'current.json'), JSON.stringify(pointer));
    const [without, within] = [await planOf(dropped), await planOf(out)];
    expect([without.told.length, within.told.length, without.base]).toEqual([1, 2, within.base]);
    expect(without.run_id).not.toBe(within.run_id);
  });

  test('people of the told night whose file is gone: refused before anything runs', async () => {
    const damaged = copyUntil('damaged', DUE);
    rmSync(join(damaged, told.tables.find((table) => table.name === 'people')?.files[0]?.key as string));
    await expect(planOf(damaged)).rejects.toMatchObject({ code: 'files_damaged' });
  });
});
