import { SnapshotIntegrityError, TidemarkError } from '../core/errors';
import type { ColumnTable } from '../core/scores/fit-windows';
import type { ManifestFile } from '../core/snapshots/manifest';
import type { ObjectStore } from '../ports/object-store';

/**
 * Number columns of a table's Parquet files, one row group after the other, so that no more than the columns themselves
 * and one group lie in memory. Null is NaN.
 *
 * @throws SnapshotIntegrityError files_damaged for a file that is gone, no Parquet, or lacks a column.
 */
export async function readColumns(
  store: ObjectStore,
  files: readonly ManifestFile[],
  names: readonly string[],
): Promise<ColumnTable> {
  // Loaded late: most nights fit nothing.
  const [{ parquetMetadataAsync, parquetRead }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const opened = [];
  for (const { key, bytes } of files) {
    const file = { byteLength: bytes, slice: (from: number, to = bytes) => bytesOf(store, key, from, to) };
    opened.push({ key, file, metadata: await readable(key, () => parquetMetadataAsync(file)) });
  }
  const rows = opened.reduce((sum, { metadata }) => sum + Number(metadata.num_rows), 0);
  const columns = new Map(names.map((name) => [name, new Float64Array(rows).fill(Number.NaN)]));
  let before = 0;
  for (const { key, file, metadata } of opened) {
    demandColumns(key, names, metadata.schema);
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      const offset = before;
      const options = { file, metadata, compressors, columns: [...names], rowStart, rowEnd };
      await readable(key, () =>
        parquetRead({
          ...options,
          onChunk: ({ columnName, columnData, rowStart: at }) =>
            copy(columnData, columns.get(columnName) as Float64Array, offset + at),
        }),
      );
      rowStart = rowEnd;
    }
    before += rowStart;
  }
  return { rows, columns };
}

function copy(from: ArrayLike<unknown>, to: Float64Array, at: number): void {
  for (let index = 0; index < from.length; index++) {
    const value = from[index];
    if (value !== null && value !== undefined) to[at + index] = Number(value);
  }
}

async function bytesOf(store: ObjectStore, key: string, from: number, to: number): Promise<ArrayBuffer> {
  const bytes = await store.read(key, from, to);
  if (!bytes) throw damaged(key, 'the file is gone');
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function demandColumns(key: string, names: readonly string[], schema: readonly { name: string }[]): void {
  const missing = names.filter((name) => !schema.some((column) => column.name === name));
  if (missing.length > 0) throw damaged(key, `the file lacks ${missing.join(', ')}`);
}

async function readable<T>(key: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    throw damaged(key, 'the file is no readable Parquet file');
  }
}

function damaged(key: string, found: string): SnapshotIntegrityError {
  const remedy = 'run the night again: every attempt writes to a folder of its own';
  return new SnapshotIntegrityError({ code: 'files_damaged', place: { key }, found, remedy });
}
