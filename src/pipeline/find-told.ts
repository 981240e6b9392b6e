import { addDays } from '../core/dates';
import { HORIZONS } from '../core/project-file';
import type { ToldNight } from '../core/run';
import type { Pointer } from '../core/snapshots/manifest';
import type { ObjectStore } from '../ports/object-store';
import { demandFiles } from './demand-files';
import { readManifest } from './notes';

/**
 * The published nights whose own horizon ends on the run date and which scored somebody, oldest first: one a horizon at
 * most. A night that is not listed any more has told nobody anything.
 */
export async function findTold(
  pointer: Pointer | undefined,
  runDate: string,
  store: ObjectStore,
): Promise<ToldNight[]> {
  const told: ToldNight[] = [];
  for (const horizon_days of [...HORIZONS].reverse()) {
    const run_date = addDays(runDate, -horizon_days);
    const key = pointer?.nights[run_date];
    if (key === undefined) continue;
    const manifest = await readManifest(store, key);
    const hasScores = Number(manifest.facts.people?.scored_people ?? 0) > 0;
    const ownHorizon = Number(manifest.parameters.horizon?.values.horizon_days);
    if (hasScores && ownHorizon === horizon_days)
      told.push({ run_date, run_id: manifest.run_id, manifest: key, horizon_days });
  }
  return told;
}

/** @throws SnapshotIntegrityError when people that were told something are not where their night wrote them. */
export async function demandTold(store: ObjectStore, told: readonly ToldNight[]): Promise<void> {
  for (const { manifest } of told) {
    const people = (await readManifest(store, manifest)).tables.find((table) => table.name === 'people');
    if (people) await demandFiles(store, people.prefix, people.files);
  }
}
