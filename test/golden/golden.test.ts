import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { hashesOf, readTable, runNights, type TableRow } from '../support/night';
import { makeShop, NIGHTS, temporaryFolder, writeShop } from '../support/shop';
import { expectedPeople, type LimitsByClass } from './expected-people';

/**
 * Three nights of one small shop against a committed copy of the last one. UPDATE=1 writes the copy anew; what must be so
 * whatever the copy says is worked out from the raw rows beside it.
 */
jest.setTimeout(120_000);
const UPDATES = process.env.UPDATE === '1';
const folder = temporaryFolder();
const out = join(folder, 'out');
const shop = makeShop(160, 11);
let nights: Manifest[];

beforeAll(async () => {
  nights = await runNights(writeShop(folder, shop), out, NIGHTS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMITTED = ['people', 'memberships', 'changes', 'audiences'] as const;

/** One JSON object a row without its nulls, in the order of their text. */
function lines(rows: readonly TableRow[]): string {
  const told = rows.map((row) =>
    JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))),
  );
  return `${told.sort().join('\n')}\n`;
}

function committed(name: string, found: string): string {
  const path = join(__dirname, 'expected', name);
  if (UPDATES) writeFileSync(path, found);
  return readFileSync(path, 'utf8');
}

/** Doubles may differ in their last digits between machines; everything else not at all. */
function parsed(text: string, doubles: ReadonlySet<string>): unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) =>
      Object.fromEntries(
        Object.entries(JSON.parse(line) as TableRow).map(([name, value]) => [
          name,
          doubles.has(name) ? Number(value).toPrecision(9) : value,
        ]),
      ),
    );
}

test.each(COMMITTED)('%s of the last night, row by row', async (name) => {
  const last = nights[2] as Manifest;
  const doubles = new Set(
    last.tables
      .find((table) => table.name === name)
      ?.columns.flatMap((column) => (column.type === 'double' ? [column.name] : [])),
  );
  const found = lines(await readTable(out, last, name));
  expect(parsed(found, doubles)).toEqual(parsed(committed(`${name}.jsonl`, found), doubles));
});

test('content hashes of every public table, all three nights', () => {
  const found = Object.fromEntries(nights.map((night) => [night.run_date, hashesOf(night)]));
  expect(found).toEqual(JSON.parse(committed('content-hashes.json', `${JSON.stringify(found, null, 2)}\n`)));
});

describe.each(NIGHTS.map((date, index) => [date, index] as const))(
  'night %s, worked out from the raw rows',
  (date, index) => {
    let night: Manifest;
    let people: Map<string, TableRow>;
    let expected: Map<string, TableRow>;

    beforeAll(async () => {
      night = nights[index] as Manifest;
      const cuts = night.parameters.rfm_cuts;
      expect(cuts).toMatchObject({
        provisional: false,
        as_of_date: date === '2025-04-01' ? '2025-03-31' : '2024-12-31',
      });
      const number = (text: string | null | undefined): number | null =>
        text === null || text === undefined ? null : Number(text);
      const limits: LimitsByClass = Object.fromEntries(
        (await readTable(out, night, 'lifecycle_thresholds')).map((row) => [
          row.purchase_class as string,
          { at_risk_after: number(row.at_risk_after_days), lapsed_after: number(row.lapsed_after_days) },
        ]),
      );
      people = new Map((await readTable(out, night, 'people')).map((row) => [row.id as string, row]));
      expected = expectedPeople(shop, date, cuts?.as_of_date as string, limits);
    });

    test('the same people', () => {
      expect([...people.keys()].sort()).toEqual([...expected.keys()].sort());
    });

    test('dates, counts, net spend, scores, tier and stage of each', () => {
      const cut = [...expected].map(([id, row]) =>
        Object.fromEntries(Object.keys(row).map((name) => [name, people.get(id)?.[name]])),
      );
      expect(cut).toEqual([...expected.values()]);
    });

    test('audiences that a stage decides', async () => {
      const members = await readTable(out, night, 'memberships');
      const of = (audience: string): string[] =>
        members.flatMap((row) => (row.audience_id === audience ? [row.person_id as string] : [])).sort();
      const those = (isIn: (row: TableRow) => boolean): string[] =>
        [...expected.values()]
          .filter(isIn)
          .map((row) => row.id as string)
          .sort();
      expect(of('new_customers_welcome')).toEqual(
        those((row) => row.lifecycle_stage === 'new' && Number(row.recency_days) <= 30),
      );
      expect(of('second_purchase_due')).toEqual(
        those(
          (row) =>
            row.purchase_days === '1' &&
            Number(row.recency_days) >= 31 &&
            Number(row.recency_days) <= 180 &&
            row.lifecycle_stage !== 'lapsed',
        ),
      );
    });
  },
);
