import fc from 'fast-check';
import { describeFinding, type GateFigures, type GateInput, judgeGate } from '../../src/core/snapshots/gate';

const audience = (id: string, member_count: number, left_count = 0, definition_hash = 'same', status = 'live') => ({
  id,
  name: id,
  status,
  definition_hash,
  member_count,
  entered_count: 0,
  left_count,
});
const figures = (people: number, audiences = [audience('loyal', 1000)], rows = 5000): GateFigures => ({
  people,
  audiences,
  sources: { orders: { rows, window: null, watermark: '2026-01-30' } },
});
const judge = (now: GateFigures, more: Partial<GateInput> = {}) =>
  judgeGate({
    settings: { share_per_night: 0.2, least_members: 100 },
    nights: 1,
    now,
    base: figures(1000),
    renewed: new Set(),
    ...more,
  });
const kinds = (now: GateFigures, more: Partial<GateInput> = {}): string[] =>
  judge(now, more).findings.map(({ kind, name }) => `${kind} ${name}`);

test('the first night is open, and so is one that moves as far as it may', () => {
  expect(judge(figures(10), { base: undefined }).outcome).toBe('no_base');
  expect(judge(figures(800, [audience('loyal', 1200)], 4000))).toMatchObject({ outcome: 'open', findings: [] });
});

test('one more than that, and it is closed, whichever number it is', () => {
  expect(kinds(figures(799))).toEqual(['people people']);
  expect(kinds(figures(1201))).toEqual(['people people']);
  expect(kinds(figures(1000, [audience('loyal', 1201)]))).toEqual(['audience loyal']);
  expect(kinds(figures(1000, [audience('loyal', 0)]))).toEqual(['audience loyal']);
  // As many came as went: only the deletes tell.
  expect(kinds(figures(1000, [audience('loyal', 1000, 201)]))).toEqual(['deletes deletes']);
  expect(kinds(figures(1000, [audience('loyal', 1000, 200)]))).toEqual([]);
  expect(kinds(figures(1000, undefined, 3999))).toEqual(['source orders']);
  expect(kinds(figures(1000, undefined, 50_000))).toEqual([]);
});

test('the allowance grows with the nights since base, but never lets anything fall to nothing', () => {
  expect(kinds(figures(640), { nights: 2 })).toEqual([]);
  expect(kinds(figures(639), { nights: 2 })).toEqual(['people people']);
  expect(kinds(figures(1440), { nights: 2 })).toEqual([]);
  expect(kinds(figures(0), { nights: 10 })).toContain('people people');
});

test('small audiences may move by as many as the floor', () => {
  const base = figures(1000, [audience('few', 30)]);
  expect(kinds(figures(1000, [audience('few', 130)]), { base })).toEqual([]);
  expect(kinds(figures(1000, [audience('few', 0, 30)]), { base })).toEqual([]);
  expect(kinds(figures(1000, [audience('few', 131)]), { base })).toEqual(['audience few']);
});

test.each([
  ['edited', audience('loyal', 5, 995, 'another')],
  ['gone', audience('loyal', 0, 1000, 'same', 'retired')],
  ['new', audience('fresh', 900)],
])('an audience that is %s is reported, not gated', (_, changed) => {
  const verdict = judge(figures(1000, [changed]));
  expect(verdict.outcome).toBe('open');
  expect(verdict.reported.map(({ name, because }) => [name, because])).toEqual([[changed.id, 'new_or_edited']]);
});

test('where cut points or fits are new, audiences that read them are reported; all else is gated all the same', () => {
  const base = figures(1000, [audience('loyal', 1000), audience('recent', 1000)]);
  const renewed = new Set(['loyal']);
  const verdict = judge(figures(700, [audience('loyal', 10, 990), audience('recent', 1000)], 2000), { base, renewed });
  expect(verdict.findings.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['people people', 'source orders']);
  expect(verdict.reported.map(({ kind, because }) => [kind, because])).toEqual([
    ['audience', 'renewed'],
    ['deletes', 'renewed'],
  ]);
  // The deletes of each kind are a share of its own members.
  const other = judge(figures(1000, [audience('loyal', 1000, 0), audience('recent', 900, 201)]), { base, renewed });
  expect(other).toMatchObject({
    outcome: 'closed',
    findings: [{ kind: 'deletes', before: 1000, now: 201 }],
    reported: [],
  });
  const both = judge(figures(1000, [audience('loyal', 700, 300), audience('recent', 799, 201)]), { base, renewed });
  expect(both.findings.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['audience recent', 'deletes deletes']);
});

test('sources are compared where the same days were read', () => {
  const read = (from: string | undefined, rows: number): GateFigures => ({
    ...figures(1000),
    sources: { orders: { rows, window: from === undefined ? null : { column: 'dt', from }, watermark: null } },
  });
  expect(kinds(read('2026-02-01', 10), { base: read('2026-01-01', 5000) })).toEqual([]);
  expect(kinds(read('2026-02-01', 10), { base: read(undefined, 5000) })).toEqual([]);
  expect(kinds(read('2026-02-01', 10), { base: read('2026-02-01', 5000) })).toEqual(['source orders']);
});

test('the newest day of a source never goes back, whichever days were read; of few rows it says nothing', () => {
  const read = (watermark: string | null, rows = 5000, from = '2026-01-01'): GateFigures => ({
    ...figures(1000),
    sources: { orders: { rows, window: { column: 'dt', from }, watermark } },
  });
  const base = read('2026-01-30');
  expect(kinds(read('2026-01-30'), { base })).toEqual([]);
  expect(kinds(read('2026-02-03'), { base })).toEqual([]);
  expect(kinds(read('2026-01-29'), { base })).toEqual(['newest_day orders']);
  expect(kinds(read(null, 0, '2026-02-01'), { base })).toEqual(['newest_day orders']);
  expect(kinds(read('2026-01-29', 99), { base: read('2026-01-30', 99) })).toEqual([]);
  expect(kinds(read('2026-01-29'), { base: read(null) })).toEqual([]);
  const told = [read('2026-01-29'), read(null)].flatMap((now) => judge(now, { base }).findings.map(describeFinding));
  expect(told).toEqual([
    'newest day of source orders: 2026-01-30 before, 2026-01-29 now: rows that were there are gone',
    'newest day of source orders: 2026-01-30 before, none now: rows that were there are gone',
  ]);
});

test('a finding says what was, what is and what may be', () => {
  const [people, loyal, deletes] = judge(figures(700, [audience('loyal', 1500, 300)])).findings;
  expect([people, loyal, deletes].map((finding) => finding && describeFinding(finding))).toEqual([
    'people: 1,000 before, 700 now, allowed is down to 800',
    'members of loyal: 1,000 before, 1,500 now, allowed is up to 1,200',
    'deletes of all audiences together: 300 of 1,000 members, allowed are 200',
  ]);
});

test('law: standing still is always open, and a wider gate holds back no more than a narrow one', () => {
  const night = fc.record({ people: fc.nat(3000), members: fc.nat(3000), left: fc.nat(3000), rows: fc.nat(9000) });
  const of = ({ people, members, left, rows }: { people: number; members: number; left: number; rows: number }) =>
    figures(people, [audience('a', members, left)], rows);
  fc.assert(
    fc.property(night, night, fc.integer({ min: 1, max: 40 }), fc.nat(400), (before, now, nights, least) => {
      const base = of(before);
      const at = (share_per_night: number, least_members: number, since = nights) =>
        judge(of(now), { base, nights: since, settings: { share_per_night, least_members } }).findings.length;
      expect(judge(of({ ...before, left: 0 }), { base, nights }).outcome).toBe('open');
      expect(at(0.3, least)).toBeLessThanOrEqual(at(0.2, least));
      expect(at(0.2, least, nights + 1)).toBeLessThanOrEqual(at(0.2, least));
    }),
  );
});
