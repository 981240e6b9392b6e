import type { PackedBundle } from '../core/bundle';
import { DefinitionError, SnapshotIntegrityError } from '../core/errors';
import { DEFINITIONS_POINTER_KEY, definitionsKey } from '../core/snapshots/paths';
import type { ObjectStore } from '../ports/object-store';
import { json, readJson } from './notes';

const MOST_RACES = 20;
/** Of bundles that were current before, for whoever wants one back. */
const MOST_EARLIER = 20;

/** `definitions/current.json`: the bundle that the next night begins with. */
export interface DefinitionsPointer {
  /** sha256 of the bundle, which is its name. */
  bundle: string;
  pushed_at: string;
  /** Newest first. */
  earlier: { bundle: string; pushed_at: string }[];
}

export interface PushedDefinitions {
  bundle: string;
  /** What was current before; null for the first. */
  previous: string | null;
  /** False where the same is current already. */
  is_changed: boolean;
}

/**
 * Stores a bundle under its hash, once, and makes it the one that the next night begins with. Nights under way go on with
 * theirs.
 *
 * @param now milliseconds since the Unix epoch.
 */
export async function pushDefinitions(
  store: ObjectStore,
  { hash, text }: PackedBundle,
  now: number,
): Promise<PushedDefinitions> {
  await store.put(definitionsKey(hash), text, { ifNoneMatch: '*' });
  return setCurrent(store, hash, now);
}

/**
 * Makes an earlier bundle current again.
 *
 * @param name its hash or the first characters of it, at least eight.
 * @throws DefinitionError bundle_unknown where none or several begin so.
 */
export async function revertDefinitions(store: ObjectStore, name: string, now: number): Promise<PushedDefinitions> {
  const isName = /^[0-9a-f]{8,64}$/.test(name);
  const found = isName ? await store.list(`definitions/${name}`) : [];
  const [only] = found;
  if (!only || found.length > 1) {
    throw new DefinitionError({
      code: 'bundle_unknown',
      found: `${found.length === 0 ? 'no bundle' : `${found.length} bundles`} of definitions in ${store.root} begin with ${JSON.stringify(name.slice(0, 64))}`,
      remedy: 'name one by at least eight of its characters; definitions/current.json lists the earlier ones',
    });
  }
  return setCurrent(store, only.key.slice('definitions/'.length, -'.json'.length), now);
}

async function setCurrent(store: ObjectStore, bundle: string, now: number): Promise<PushedDefinitions> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const found = await store.get(DEFINITIONS_POINTER_KEY);
    const pointer = found && (await demandPointer(store));
    if (pointer?.bundle === bundle) return { bundle, previous: bundle, is_changed: false };
    const before = pointer ? [{ bundle: pointer.bundle, pushed_at: pointer.pushed_at }, ...pointer.earlier] : [];
    const next: DefinitionsPointer = {
      bundle,
      pushed_at: new Date(now).toISOString(),
      earlier: before.filter((each) => each.bundle !== bundle).slice(0, MOST_EARLIER),
    };
    const condition = found ? { ifMatch: found.etag } : { ifNoneMatch: '*' as const };
    if (await store.put(DEFINITIONS_POINTER_KEY, json(next), condition))
      return { bundle, previous: pointer?.bundle ?? null, is_changed: true };
  }
  throw new SnapshotIntegrityError({
    code: 'race_lost',
    place: { key: DEFINITIONS_POINTER_KEY },
    found: 'the pointer changed on every try',
    remedy: 'see who else publishes definitions, then push again',
  });
}

/** The bundle that a night beginning now is to read in all its steps. @throws DefinitionError definitions_missing */
export async function currentDefinitions(store: ObjectStore): Promise<string> {
  return (await demandPointer(store)).bundle;
}

async function demandPointer(store: ObjectStore): Promise<DefinitionsPointer> {
  const pointer = await readJson<DefinitionsPointer>(store, DEFINITIONS_POINTER_KEY, 'definitions');
  if (pointer) return pointer;
  throw missing(store, DEFINITIONS_POINTER_KEY);
}

/** A bundle by its hash. @throws DefinitionError definitions_missing */
export async function readDefinitions(store: ObjectStore, hash: string): Promise<PackedBundle> {
  const key = definitionsKey(hash);
  const found = await store.get(key);
  if (!found) throw missing(store, key);
  return { hash, text: found.text };
}

function missing(store: ObjectStore, key: string): DefinitionError {
  return new DefinitionError({
    code: 'definitions_missing',
    place: { key },
    found: `no definitions are published in ${store.root}`,
    remedy: `publish them: npx tidemark push --project DIR --out ${store.root}`,
  });
}
