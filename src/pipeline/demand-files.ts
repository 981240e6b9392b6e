import { SnapshotIntegrityError } from '../core/errors';
import type { RunPlan } from '../core/run';
import type { Manifest, ManifestFile } from '../core/snapshots/manifest';
import type { ObjectStore } from '../ports/object-store';

/**
 * Sees that files are there with the size they were written with. A missing file would read as an empty table: everybody
 * would have entered every audience.
 *
 * @throws SnapshotIntegrityError naming the first file that is not.
 */
export async function demandFiles(
  store: ObjectStore,
  prefix: string,
  files: readonly ManifestFile[],
  remedy = 'restore it from a backup, or publish into an empty folder',
): Promise<void> {
  const there = new Map((await store.list(prefix)).map(({ key, bytes }) => [key, bytes]));
  for (const { key, bytes } of files) {
    if (there.get(key) === bytes) continue;
    throw new SnapshotIntegrityError({
      code: 'files_damaged',
      place: { key },
      found: there.has(key) ? `the file has another size than the ${bytes} bytes written` : 'the file is gone',
      remedy,
    });
  }
}

/** The same for the months of rollups that a run takes over: a missing file would take its customers out of every count. */
export async function demandRollups(store: ObjectStore, rollups: RunPlan['rollups']): Promise<void> {
  const parts = Object.values(rollups).flatMap(({ earlier }) => earlier);
  for (const { prefix, files } of parts)
    await demandFiles(store, prefix, files, 'restore it from a backup, or read everything anew with run --full');
}

/** The same for all public tables of a published run, and for the frozen tables that a later run would inherit. */
export async function demandTables(store: ObjectStore, manifest: Manifest): Promise<void> {
  for (const table of manifest.tables) await demandFiles(store, table.prefix, table.files);
  for (const { prefix } of Object.values(manifest.parameters)) {
    if ((await store.list(prefix)).length === 0) await demandFiles(store, prefix, [{ key: prefix, bytes: 0, rows: 0 }]);
  }
}
