import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SnapshotIntegrityError, TidemarkError } from '../../core/errors';
import { mapAwsError } from './errors';

/** Enough for the footer of most files, so that one request does. */
const FOOTER_BYTES = 64 * 1024;

/**
 * The rows of a Parquet file by its footer; its data are not read.
 *
 * @throws SnapshotIntegrityError files_damaged for what is no Parquet file.
 */
export async function parquetRows(s3: S3Client, bucket: string, key: string, bytes: number): Promise<number> {
  // Loaded late: most attempts write one file, whose rows the check query has counted.
  const { parquetMetadataAsync } = await import('hyparquet');
  const slice = async (start: number, end = bytes): Promise<ArrayBuffer> => {
    const range = `bytes=${start}-${end - 1}`;
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
      const read = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength) as ArrayBuffer;
    } catch (error) {
      throw mapAwsError(error, { bucket, key, action: 's3:GetObject' });
    }
  };
  try {
    const metadata = await parquetMetadataAsync({ byteLength: bytes, slice }, { initialFetchSize: FOOTER_BYTES });
    return Number(metadata.num_rows);
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    throw new SnapshotIntegrityError({
      code: 'files_damaged',
      place: { key },
      found: 'the file of an attempt is no readable Parquet file',
      remedy: 'run the night again: every attempt writes to a folder of its own',
    });
  }
}
