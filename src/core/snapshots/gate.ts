import { addDays, daysBetween } from '../dates';
import type { GuardSettings } from '../night-settings';
import type { SourceWindow } from '../sources/relation';
import type { AudienceCounts } from './manifest';

/** What the gate looks at, of tonight and of base: numbers of the files that were written. */
export interface GateFigures {
  /** Rows of the public table people; undefined where there is no such table. */
  people: number | undefined;
  audiences: readonly AudienceCounts[];
  /** Rows read of each source, which days of it, and the newest day of a row that counts. */
  sources: Readonly<Record<string, { rows: number; window: SourceWindow | null; watermark: string | null }>>;
}

export interface GateInput {
  settings: GuardSettings;
  /** Days from base's run date to this one, at least 1. */
  nights: number;
  now: GateFigures;
  base: GateFigures | undefined;
  /** Audiences that read what moves with cut points, curves or fits which base had and this run has made anew. */
  renewed: ReadonlySet<string>;
}

/** One number that moved further than allowed. */
export interface GateFinding {
  kind: 'people' | 'audience' | 'deletes' | 'source' | 'newest_day';
  /** The audience or source; the name of the figure otherwise. */
  name: string;
  /** Of newest_day: days since 1970-01-01, 0 where there is none. */
  before: number;
  now: number;
  /** The numbers between which it may lie. */
  allowed: { from: number; to: number };
}

export interface GateVerdict {
  outcome: 'no_base' | 'open' | 'closed';
  nights: number;
  /** What holds the night back. */
  findings: GateFinding[];
  /** What moved as far but for a reason that is known: `because` is new_or_edited or renewed. */
  reported: (GateFinding & { because: 'new_or_edited' | 'renewed' })[];
}

/**
 * Whether a night may be published: people, each audience and all deletes together may move by a share of what base had for
 * each night since, compounded, so that a fall never may reach nothing: n nights at share s leave at least (1 - s)^n and
 * at most (1 + s)^n of it. Below `least_members` a number may move by that many. Sources are compared where the same days were
 * read of them, and may not shrink as far; their newest day may not go back at all.
 */
export function judgeGate(input: GateInput): GateVerdict {
  const { base, now, nights } = input;
  if (!base) return { outcome: 'no_base', nights, findings: [], reported: [] };
  const rooms = roomsOf(input);
  const kept = now.audiences.filter((audience) => isSame(audience, base.audiences));
  const others = now.audiences.filter((audience) => !kept.includes(audience));
  const before = (id: string): number => base.audiences.find((audience) => audience.id === id)?.member_count ?? 0;
  const audience = ({ id, member_count }: AudienceCounts): GateFinding[] =>
    rooms.check('audience', id, before(id), member_count);
  const moved = (those: readonly AudienceCounts[]): GateFinding[] => [
    ...those.flatMap(audience),
    ...deletes(those, before, rooms),
  ];
  const isRenewed = ({ id }: AudienceCounts): boolean => input.renewed.has(id);
  const findings = [
    ...(base.people === undefined || now.people === undefined
      ? []
      : rooms.check('people', 'people', base.people, now.people)),
    ...shrunken(now, base, rooms),
    ...goneBack(now, base, input.settings),
    ...moved(kept.filter((each) => !isRenewed(each))),
  ];
  return {
    outcome: findings.length > 0 ? 'closed' : 'open',
    nights,
    findings,
    reported: [
      ...others.flatMap(audience).map((finding) => ({ ...finding, because: 'new_or_edited' as const })),
      ...moved(kept.filter(isRenewed)).map((finding) => ({ ...finding, because: 'renewed' as const })),
    ],
  };
}

/** An audience that means what it meant: only then do its numbers say something about the data. */
function isSame({ id, status, definition_hash }: AudienceCounts, base: readonly AudienceCounts[]): boolean {
  const earlier = base.find((audience) => audience.id === id);
  return (
    status === 'live' &&
    earlier?.status === 'live' &&
    definition_hash !== undefined &&
    earlier.definition_hash === definition_hash
  );
}

/** People taken out of audiences that mean what they meant, as a share of all who were in them. */
function deletes(kept: readonly AudienceCounts[], before: (id: string) => number, rooms: Rooms): GateFinding[] {
  const members = kept.reduce((sum, { id }) => sum + before(id), 0);
  const left = kept.reduce((sum, { left_count }) => sum + left_count, 0);
  const to = members - rooms.of(members).from;
  if (left <= to) return [];
  return [{ kind: 'deletes', name: 'deletes', before: members, now: left, allowed: { from: 0, to } }];
}

function shrunken(now: GateFigures, base: GateFigures, rooms: Rooms): GateFinding[] {
  return Object.entries(now.sources).flatMap(([name, { rows, window }]) => {
    const earlier = base.sources[name];
    if (!earlier || earlier.window?.from !== window?.from || rows >= earlier.rows) return [];
    return rooms.check('source', name, earlier.rows, rows);
  });
}

const EPOCH = '1970-01-01';

/** Rows of days that base had read are gone. One row may well go, so sources of few rows are left alone. */
function goneBack(now: GateFigures, base: GateFigures, { least_members }: GuardSettings): GateFinding[] {
  return Object.entries(now.sources).flatMap(([name, { watermark }]): GateFinding[] => {
    const earlier = base.sources[name];
    if (!earlier?.watermark || earlier.rows < least_members || (watermark ?? '') >= earlier.watermark) return [];
    const [before, day] = [earlier.watermark, watermark ?? EPOCH].map((each) => daysBetween(EPOCH, each)) as [
      number,
      number,
    ];
    return [{ kind: 'newest_day', name, before, now: day, allowed: { from: before, to: Number.MAX_SAFE_INTEGER } }];
  });
}

interface Rooms {
  of(before: number): { from: number; to: number };
  check(kind: GateFinding['kind'], name: string, before: number, now: number): GateFinding[];
}

function roomsOf({ settings, nights }: GateInput): Rooms {
  const { share_per_night: share, least_members: least } = settings;
  const of = (before: number): { from: number; to: number } => {
    if (before < least) return { from: 0, to: before + least };
    return { from: Math.floor(before * (1 - share) ** nights), to: Math.ceil(before * (1 + share) ** nights) };
  };
  return {
    of,
    check(kind, name, before, now) {
      const allowed = of(before);
      return now >= allowed.from && now <= allowed.to ? [] : [{ kind, name, before, now, allowed }];
    },
  };
}

const WHAT: Record<GateFinding['kind'], (name: string) => string> = {
  people: () => 'people',
  audience: (name) => `members of ${name}`,
  deletes: () => 'deletes of all audiences together',
  source: (name) => `rows of source ${name}`,
  newest_day: (name) => `newest day of source ${name}`,
};

const number = (value: number): string => value.toLocaleString('en-GB');

/** A finding for the person who must decide. */
export function describeFinding({ kind, name, before, now, allowed }: GateFinding): string {
  const what = WHAT[kind](name);
  if (kind === 'newest_day')
    return `${what}: ${addDays(EPOCH, before)} before, ${now === 0 ? 'none' : addDays(EPOCH, now)} now: rows that were there are gone`;
  if (kind === 'deletes')
    return `${what}: ${number(now)} of ${number(before)} members, allowed are ${number(allowed.to)}`;
  const bound =
    now < allowed.from ? `allowed is down to ${number(allowed.from)}` : `allowed is up to ${number(allowed.to)}`;
  return `${what}: ${number(before)} before, ${number(now)} now, ${bound}`;
}
