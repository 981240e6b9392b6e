import { SnapshotIntegrityError } from '../core/errors';
import type { RunPlan } from '../core/run';
import type { AudienceCounts, Gate, Manifest, ManifestFile, Pointer, Warning } from '../core/snapshots/manifest';
import { gateKey, manifestKey, modelNoteKey, POINTER_KEY, planKey } from '../core/snapshots/paths';
import { problemOf, type StoredDocument } from '../core/snapshots/stored';
import type { SourceRelation } from '../ports/catalog';
import type { ObjectStore } from '../ports/object-store';
import type { Spent } from './query';

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
  check_bytes_scanned: number;
  /** Of writes of the walk that wrote this one, which were done again. */
  repeated_bytes_scanned?: readonly number[] | undefined;
}

/** `runs/<run_id>/gate.json`: what the gate found. Written anew whenever it is asked. */
export interface GateNote extends Gate {
  /** Of this run, counted from its files. */
  audiences: AudienceCounts[];
  /** What counting them cost. */
  spent: Spent;
}

export const sourcesKey = (runId: string): string => `runs/${runId}/sources.json`;

/**
 * Reads one document of the store and believes it only if it is what a run writes.
 *
 * @throws SnapshotIntegrityError when it is damaged.
 */
export async function readJson<T>(store: ObjectStore, key: string, document: StoredDocument): Promise<T | undefined> {
  const object = await store.get(key);
  if (!object) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(object.text);
  } catch (cause) {
    throw damaged(key, 'it is not JSON', cause);
  }
  const problem = problemOf(document, value);
  if (problem) throw damaged(key, problem);
  return value as T;
}

function damaged(key: string, found: string, cause?: unknown): SnapshotIntegrityError {
  const remedy = 'restore it from a backup, or publish into an empty folder';
  return new SnapshotIntegrityError({ code: 'note_unreadable', place: { key }, found, remedy, cause });
}

async function demandJson<T>(store: ObjectStore, key: string, document: StoredDocument): Promise<T> {
  const value = await readJson<T>(store, key, document);
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
  return { pointer: await demandJson<Pointer>(store, POINTER_KEY, 'pointer'), etag: object.etag };
}

/** @throws SnapshotIntegrityError also when it is another run's manifest than its name says. */
export async function readManifest(store: ObjectStore, key: string): Promise<Manifest> {
  const manifest = await demandJson<Manifest>(store, key, 'manifest');
  if (manifestKey(manifest.run_id) !== key) throw damaged(key, 'it is the manifest of another run');
  return manifest;
}

export const readPlan = (store: ObjectStore, runId: string): Promise<RunPlan> =>
  demandJson(store, planKey(runId), 'plan');
export const readModelNote = (store: ObjectStore, runId: string, node: string): Promise<ModelNote | undefined> =>
  readJson(store, modelNoteKey(runId, node), 'note');
export const demandModelNote = (store: ObjectStore, runId: string, node: string): Promise<ModelNote> =>
  demandJson(store, modelNoteKey(runId, node), 'note');

/** @throws SnapshotIntegrityError where the gate was not asked. */
export const readGate = (store: ObjectStore, runId: string): Promise<GateNote> =>
  demandJson(store, gateKey(runId), 'gate');

/** What each mapped source looked like to the first step; queries have their inputs under `source.input`. */
export type SourceNotes = Record<string, SourceRelation>;
export const readSourceNotes = (store: ObjectStore, runId: string): Promise<SourceNotes> =>
  demandJson(store, sourcesKey(runId), 'sources');

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
