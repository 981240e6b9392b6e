import { canonicalJson } from '../../../src/core/run';
import type { Pointer } from '../../../src/core/snapshots/manifest';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import { readManifest, readPointer } from '../../../src/pipeline/notes';
import { hashesOf } from '../../support/night';
import type { AthenaLab } from './athena-lab';

/**
 * What a reader of files sees, and what one of the public view sees: counted over all its rows. Every file that the
 * manifest names must lie there, and no other in its place.
 */
export async function whatReadersSee(
  lab: AthenaLab,
  settings: AthenaSettings,
): Promise<{ files: string; view: string }> {
  const { store } = lab.ports(settings);
  const { pointer } = (await readPointer(store)) as { pointer: Pointer };
  const manifest = await readManifest(store, pointer.manifest);
  for (const { prefix, files } of manifest.tables)
    expect([prefix, (await store.list(prefix)).map(({ key, bytes }) => ({ key, bytes }))]).toEqual([
      prefix,
      files.map(({ key, bytes }) => ({ key, bytes })),
    ]);
  const sql = 'select min(run_date), max(run_date), count(*), sum(order_count) from people';
  const { rows } = await lab.trino(settings.database).query(sql);
  return { files: `${pointer.run_date} ${canonicalJson(hashesOf(manifest))}`, view: JSON.stringify(rows[0]) };
}
