import { TransientEngineError } from '../core/errors';
import { sweepMarkKey } from '../core/snapshots/paths';
import { MARK_HOURS } from '../core/snapshots/retention';
import type { ObjectStore } from '../ports/object-store';
import { json, readJson } from './notes';

const HOUR = 3_600_000;
/** No sweep deletes for so long: one that says it does was killed. */
const DEADLINE_HOURS = 1;

/** `sweeps/<run_id>.json`: that a run goes, that it is going, or that somebody took it up again. Changed under condition only. */
export interface SweepMark {
  state: 'marked' | 'deleting' | 'claimed';
  at: string;
  /** Of a night that left the pointer: it goes however young its plan is. */
  dropped: boolean;
}

interface FoundMark {
  mark: SweepMark;
  etag: string;
}

async function readMark(store: ObjectStore, runId: string): Promise<FoundMark | undefined> {
  const key = sweepMarkKey(runId);
  const object = await store.get(key);
  const mark = object && (await readJson<SweepMark>(store, key, 'mark'));
  return object && mark && { mark, etag: object.etag };
}

const hoursSince = ({ at }: SweepMark, now: number): number => (now - Date.parse(at)) / HOUR;

const textOf = (state: SweepMark['state'], now: number, dropped = false): string =>
  json({ state, at: new Date(now).toISOString(), dropped } satisfies SweepMark);

/** All marks, by run. */
export async function readMarks(store: ObjectStore): Promise<Map<string, SweepMark>> {
  const marks = new Map<string, SweepMark>();
  for (const { key } of await store.list('sweeps/')) {
    const runId = /^sweeps\/(\d{4}-\d\d-\d\d-[0-9a-f]{12})[.]json$/.exec(key)?.[1];
    const found = runId === undefined ? undefined : await readMark(store, runId);
    if (runId !== undefined && found) marks.set(runId, found.mark);
  }
  return marks;
}

/** Marks a night that is about to leave the pointer, or counts its two days anew. */
export async function markDropped(store: ObjectStore, runId: string, now: number): Promise<void> {
  const found = await readMark(store, runId);
  if (found?.mark.state === 'deleting') return;
  await store.put(
    sweepMarkKey(runId),
    textOf('marked', now, true),
    found ? { ifMatch: found.etag } : { ifNoneMatch: '*' },
  );
}

/**
 * Takes a run that nobody needs one step further towards its end: marked first, deleted once the mark is old enough.
 *
 * @returns whether it may be deleted now, by the caller alone who then calls `dropMark`.
 */
export async function mayDelete(store: ObjectStore, runId: string, now: number): Promise<boolean> {
  const found = await readMark(store, runId);
  const key = sweepMarkKey(runId);
  if (!found || found.mark.state === 'claimed') {
    await store.put(key, textOf('marked', now), found ? { ifMatch: found.etag } : { ifNoneMatch: '*' });
    return false;
  }
  // What a killed sweep has begun is brought to its end.
  const isRipe = found.mark.state === 'deleting' || hoursSince(found.mark, now) >= MARK_HOURS;
  return (
    isRipe && (await store.put(key, textOf('deleting', now, found.mark.dropped), { ifMatch: found.etag })) !== undefined
  );
}

/** Whether somebody may be deleting the run right now. */
export function isUnderWay(mark: SweepMark, now: number): boolean {
  return mark.state === 'deleting' && hoursSince(mark, now) < DEADLINE_HOURS;
}

export async function dropMark(store: ObjectStore, runId: string): Promise<void> {
  await store.delete([sweepMarkKey(runId)]);
}

/**
 * Takes a run up again that may be about to go: its notes are then whole, or all gone.
 *
 * @throws TransientEngineError run_being_swept while its deletion is under way.
 */
export async function claimRun(store: ObjectStore, runId: string, now: number): Promise<void> {
  const found = await readMark(store, runId);
  if (!found || found.mark.state === 'claimed') return;
  const isAbandoned = !isUnderWay(found.mark, now);
  if (found.mark.state === 'marked' || isAbandoned) {
    const isMine = await store.put(sweepMarkKey(runId), textOf('claimed', now), { ifMatch: found.etag });
    if (isMine && found.mark.state === 'deleting')
      await store.delete((await store.list(`runs/${runId}/`)).map(({ key }) => key));
    if (isMine) return;
  }
  throw new TransientEngineError({
    code: 'run_being_swept',
    place: { key: sweepMarkKey(runId) },
    found: 'what an unfinished run of these inputs left long ago is just being deleted',
    remedy: 'run the night again in a minute: it then begins anew',
  });
}
