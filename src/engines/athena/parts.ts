import { SnapshotIntegrityError } from '../../core/errors';

/**
 * The run and attempt of a prefix `tables/<table>/v1/<run_id>/<attempt>/`.
 *
 * @throws SnapshotIntegrityError prefix_unknown for any other, and for one of another table.
 */
export function attemptOf(table: string, prefix: string): { runId: string; attempt: string } {
  const parts = /^tables\/([a-z0-9_]+)\/v1\/(\d{4}-\d{2}-\d{2}-[0-9a-f]{12})\/([1-9]\d*)\/$/.exec(prefix);
  if (parts?.[1] === table) return { runId: parts[2] as string, attempt: parts[3] as string };
  throw new SnapshotIntegrityError({
    code: 'prefix_unknown',
    place: { key: prefix },
    found: `this is no place where a run keeps rows of ${table}`,
    remedy: 'restore the manifest or note that names it from a backup, or publish into an empty folder',
  });
}
