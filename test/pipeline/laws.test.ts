import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/snapshots/manifest';
import { filesBelow } from '../support/folders';
import {
  hashesOf,
  manifestOf,
  planRunId,
  pointerText,
  readPointer,
  readTable,
  runNight,
  runNights,
  sorted,
  type TableRow,
} from '../support/night';
import { makeShop, NIGHTS, temporaryFolder, writeShop } from '../support/shop';

/** Laws of a run (what must hold for every shop), on small shops with the real engine. Folders are shared where a law allows. */
jest.setTimeout(120_000);
const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string): string => join(root, name);
const LAST = NIGHTS[2];

describe('a shop with several sources, three nights over a change of quarter', () => {
  const shop = makeShop(200);
  let nights: [Manifest, Manifest, Manifest];

  beforeAll(async () => {
    writeShop(at('shop'), shop);
    nights = (await runNights(at('shop'), at('out'), NIGHTS)) as typeof nights;
  });

  test('one by one, each in an engine of its own, they are the same runs with the same rows', async () => {
    const alone: Manifest[] = [];
    for (const night of NIGHTS) alone.push(await runNight(at('shop'), at('one-by-one'), night));
    expect(alone.map((night) => night.run_id)).toEqual(nights.map((night) => night.run_id));
    expect(alone.map(hashesOf)).toEqual(nights.map(hashesOf));
    expect(alone.map((night) => night.audiences)).toEqual(nights.map((night) => night.audiences));
  });

  test('the last night again is published already: nothing is written', async () => {
    const before = filesBelow(at('out'));
    const again = await runNight(at('shop'), at('out'), LAST);
    expect(again).toEqual(nights[2]);
    expect(filesBelow(at('out'))).toEqual(before);
  });

  test('the content hash in the manifest is that of the rows an independent reader finds', async () => {
    for (const night of nights) {
      for (const name of ['people', 'memberships', 'audiences', 'changes', 'rfm_cuts', 'horizon']) {
        const table = night.tables.find((candidate) => candidate.name === name);
        expect([name, contentHash(await readTable(at('out'), night, name), table?.columns ?? [])]).toEqual([
          name,
          table?.content_hash,
        ]);
      }
    }
  });

  test('tables keep their key: no nulls in it, one row each, the run date on every row', async () => {
    for (const [name, key] of [
      ['people', ['id']],
      ['audiences', ['id']],
      ['memberships', ['person_id', 'audience_id']],
      ['changes', ['person_id', 'audience_id']],
    ] as const) {
      const rows = await readTable(at('out'), nights[2], name);
      expect(new Set(rows.map((row) => JSON.stringify(key.map((column) => row[column])))).size).toBe(rows.length);
      expect(rows.filter((row) => key.some((column) => row[column] === null) || row.run_date !== LAST)).toEqual([]);
      expect(rows).toHaveLength(nights[2].tables.find((table) => table.name === name)?.rows ?? -1);
    }
  });

  test('changes applied to the memberships of base give the memberships of the night', async () => {
    let held = new Set<string>();
    const of = ({ person_id, audience_id }: TableRow): string => JSON.stringify([person_id, audience_id]);
    for (const night of nights) {
      const changes = await readTable(at('out'), night, 'changes');
      const next = new Set(held);
      for (const change of changes) {
        expect([of(change), next.has(of(change))]).toEqual([of(change), change.operation === 'delete']);
        if (change.operation === 'insert') next.add(of(change));
        else next.delete(of(change));
      }
      const members = (await readTable(at('out'), night, 'memberships')).map(of);
      expect([...next].sort()).toEqual(members.sort());
      const counted = night.audiences.map(({ id, entered_count, left_count }) => [id, entered_count, left_count]);
      const told = (id: string, operation: string): number =>
        changes.filter((change) => change.audience_id === id && change.operation === operation).length;
      expect(counted).toEqual(night.audiences.map(({ id }) => [id, told(id, 'insert'), told(id, 'delete')]));
      held = next;
    }
  });

  test('somebody who stays keeps the day of entering; who is new has tonight', async () => {
    const entered = new Map<string, string | null>();
    for (const night of nights) {
      const members = await readTable(at('out'), night, 'memberships');
      for (const member of members) {
        const key = `${member.person_id} ${member.audience_id}`;
        expect([key, member.entered_date]).toEqual([key, entered.get(key) ?? night.run_date]);
      }
      entered.clear();
      for (const member of members)
        entered.set(`${member.person_id} ${member.audience_id}`, member.entered_date ?? null);
    }
  });

  test('within a quarter frozen tables are inherited as they lie there; a new quarter makes them anew', () => {
    const frozen = (night: Manifest, name: string): unknown => {
      const { prefix, as_of_date, provisional } = night.parameters[name] ?? {};
      const table = night.tables.find((candidate) => candidate.name === name);
      return { prefix, as_of_date, provisional, table: table?.prefix, content_hash: table?.content_hash };
    };
    for (const name of ['rfm_cuts', 'return_curves', 'lifecycle_thresholds']) {
      expect(nights.map((night) => night.parameters[name]?.as_of_date)).toEqual([
        '2024-12-31',
        '2024-12-31',
        '2025-03-31',
      ]);
      expect(nights.map((night) => night.parameters[name]?.inherited)).toEqual([false, true, false]);
      expect(frozen(nights[1], name)).toEqual(frozen(nights[0], name));
      expect(nights[1].tables.find((table) => table.name === name)?.prefix).toContain(nights[0].run_id);
      expect(nights[2].tables.find((table) => table.name === name)?.prefix).toContain(nights[2].run_id);
    }
    expect(nights[2].parameters.horizon?.inherited).toBe(true);
  });

  describe('the last night alone, its rows in another order and over other files', () => {
    let cold: Manifest;
    let mixed: Manifest;
    beforeAll(async () => {
      cold = await runNight(at('shop'), at('cold'), LAST);
      mixed = await runNight(writeShop(at('mixed'), shop, { files: 3, isShuffled: true }), at('mixed/out'), LAST);
    });

    test('the order of rows and their files change no table; the run id shows other files', () => {
      expect(hashesOf(mixed)).toEqual(hashesOf(cold));
      expect(mixed.run_id).not.toBe(cold.run_id);
    });

    test('a cold start gives the people, cuts and curves of the chained nights', async () => {
      // The horizon's own table keeps the date at which the chain first made it; what it decides is the same.
      for (const name of ['people', 'rfm_cuts', 'return_curves', 'lifecycle_thresholds', 'lifecycle_backtest'])
        expect([name, hashesOf(cold)[name]]).toEqual([name, hashesOf(nights[2])[name]]);
      expect(cold.base).toBeNull();
      expect(nights[2].base?.run_id).toBe(nights[1].run_id);
    });

    test('memberships differ only in the day of entering', async () => {
      const withoutEntry = async (out: string, night: Manifest): Promise<string[]> =>
        sorted((await readTable(out, night, 'memberships')).map((row) => ({ ...row, entered_date: null })));
      expect(await withoutEntry(at('cold'), cold)).toEqual(await withoutEntry(at('out'), nights[2]));
      expect((await readTable(at('cold'), cold, 'memberships')).every((row) => row.entered_date === LAST)).toBe(true);
    });
  });

  test('a back-filled older night joins the nights; the pointer and later nights stay', async () => {
    cpSync(at('out'), at('back-filled'), { recursive: true });
    const before = readPointer(at('back-filled'));
    const older = await runNight(at('shop'), at('back-filled'), '2025-03-28');
    const after = readPointer(at('back-filled'));
    expect(after).toEqual({ ...before, nights: { ...before.nights, '2025-03-28': `manifests/${older.run_id}.json` } });
    for (const [index, night] of NIGHTS.entries()) expect(manifestOf(at('back-filled'), night)).toEqual(nights[index]);
    expect(older.base).toBeNull();
  });

  test('a night published again with another segment supersedes the first and keeps its base', async () => {
    cpSync(at('out'), at('superseded'), { recursive: true });
    cpSync(at('shop'), at('edited'), { recursive: true });
    const file = at('edited/segments/win_back.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('at_least: 2', 'at_least: 3'));
    const again = await runNight(at('edited'), at('superseded'), LAST);
    expect([again.supersedes, again.base]).toEqual([nights[2].run_id, nights[2].base]);
    expect(again.run_id).not.toBe(nights[2].run_id);
    const pointer = readPointer(at('superseded'));
    expect([pointer.run_id, pointer.nights[LAST]]).toEqual([again.run_id, `manifests/${again.run_id}.json`]);
    expect(pointer.nights[NIGHTS[1]]).toBe(`manifests/${nights[1].run_id}.json`);
    expect(hashesOf(again).people).toBe(hashesOf(nights[2]).people);
    expect(hashesOf(again).memberships).not.toBe(hashesOf(nights[2]).memberships);

    const back = await runNight(at('shop'), at('superseded'), LAST);
    expect([back.run_id, back.supersedes, hashesOf(back)]).toEqual([
      nights[2].run_id,
      again.run_id,
      hashesOf(nights[2]),
    ]);
    expect(readPointer(at('superseded')).run_id).toBe(nights[2].run_id);
  });

  test('the run id: other data, other settings and another base change it; comments and the clock do not', async () => {
    const first = await planRunId(at('shop'), at('out'), LAST);
    expect(first).toBe(nights[2].run_id);
    expect(await planRunId(at('shop'), at('out'), LAST, Date.parse('2026-01-01T00:00:00Z'))).toBe(first);
    appendFileSync(at('shop/tidemark.yml'), '# a comment\n');
    appendFileSync(at('shop/segments/win_back.yml'), '\n# another\n');
    expect(await planRunId(at('shop'), at('out'), LAST)).toBe(first);
    appendFileSync(at('shop/data/orders-0.csv'), 'o99999,c0001,2025-03-20T10:00:00Z,1.00,paid,,2025-03-20T10:00:00Z\n');
    expect(await planRunId(at('shop'), at('out'), LAST)).not.toBe(first);
    expect(await planRunId(at('shop'), at('nothing-yet'), LAST)).not.toBe(first);
    writeShop(at('other-settings'), shop, { extra: 'lifecycle: { new_days: 31 }\n' });
    expect(await planRunId(at('other-settings'), at('out'), LAST)).not.toBe(first);
    expect(pointerText(at('out'))).toContain(first);
  });
});

/** The content hash by its definition, from rows as text (doubles left out, NULL empty, quotes doubled). */
function contentHash(rows: readonly TableRow[], columns: Manifest['tables'][number]['columns']): string {
  let sum = 0n;
  for (const row of rows) {
    const cells = columns
      .filter(({ type }) => type !== 'double')
      .map(({ name }) => (row[name] === null ? '' : `"${String(row[name]).replaceAll('"', '""')}"`));
    sum += BigInt(`0x${createHash('sha256').update(cells.join(','), 'utf8').digest('hex').slice(0, 15)}`);
  }
  return `${rows.length}:${sum}`;
}
