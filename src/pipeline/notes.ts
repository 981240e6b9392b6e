import { SnapshotIntegrityError } from '../core/errors';
import type { RunPlan } from '../core/run';
import type { Manifest, ManifestFile, Pointer, Warning } from '../core/snapshots/manifest';
import { modelNoteKey, POINTER_KEY, planKey } from '../core/snapshots/paths';
import type { SourceRelation } from '../ports/catalog';
import type { ObjectStore } from '../ports/object-store';

/** `runs/<run_id>/<node>.json`: the attempt of a model that counts, and what its checks found. Written once. */
export interface ModelNote {
  node: string;
  model: string;
  attempt: number;
  prefix: string;
  rows: number;
  files: ManifestFile[];
  content_hash: string | null;
  facts: Record<string, string | number | null>;
  /** Parameters of later models that this one decides. */
  values: Record<string, string>;
  warnings: Warning[];
  seconds: number;
  check_seconds: number;
  bytes_scanned: number;
}

export const sourcesKey = (runId: string): string => `runs/${runId}/sources.json`;

async function readJson<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  const object = await store.get(key);
  if (!object) return undefined;
  try {
    return JSON.parse(object.text) as T;
  } catch (cause) {
    throw new SnapshotIntegrityError({
      code: 'note_unreadable',
      place: { key },
      found: 'it is not JSON',
      remedy: 'restore it from a backup, or publish the night again into an empty folder',
      cause,
    });
  }
}

async function demandJson<T>(store: ObjectStore, key: string): Promise<T> {
  const value = await readJson<T>(store, key);
  if (value !== undefined) return value;
  throw new SnapshotIntegrityError({
    code: 'note_missing',
    place: { key },
    found: 'it does not exist though the run needs it',
    remedy: 'start the run again from its first step',
  });
}

/** The pointer with the etag a conditional write needs; undefined before anything was published. */
export async function readPointer(store: ObjectStore): Promise<{ pointer: Pointer; etag: string } | undefined> {
  const object = await store.get(POINTER_KEY);
  if (!object) return undefined;
  return { pointer: (await demandJson<Pointer>(store, POINTER_KEY)) as Pointer, etag: object.etag };
}

export const readManifest = (store: ObjectStore, key: string): Promise<Manifest> => demandJson(store, key);
export const readPlan = (store: ObjectStore, runId: string): Promise<RunPlan> => demandJson(store, planKey(runId));
export const readModelNote = (store: ObjectStore, runId: string, node: string): Promise<ModelNote | undefined> =>
  readJson(store, modelNoteKey(runId, node));
export const demandModelNote = (store: ObjectStore, runId: string, node: string): Promise<ModelNote> =>
  demandJson(store, modelNoteKey(runId, node));

/** What each mapped source looked like to the first step; queries have their inputs under `source.input`. */
export type SourceNotes = Record<string, SourceRelation>;
export const readSourceNotes = (store: ObjectStore, runId: string): Promise<SourceNotes> =>
  demandJson(store, sourcesKey(runId));

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
