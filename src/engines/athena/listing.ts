import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { mapAwsError } from './errors';

/** A prefix of a bucket, '' or ending in '/'. */
export interface S3Place {
  bucket: string;
  prefix: string;
}

export interface S3Entry {
  key: string;
  bytes: number;
  /** Changes whenever the object is written anew. */
  etag: string;
}

/** A location as Glue keeps it (s3://, s3a:// or s3n://, with or without '/' at its end); undefined for one elsewhere. */
export function s3Place(location: string | undefined): S3Place | undefined {
  const parts = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(location ?? '');
  if (!parts) return undefined;
  const prefix = parts[2] ?? '';
  return { bucket: parts[1] as string, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}

/**
 * The objects below a place that a query would read, in the order of their keys, a page in memory at a time.
 *
 * @param table what an error names, such as the table whose files these are.
 * @param after begins with the first key behind it.
 */
export async function* listObjects(
  s3: S3Client,
  place: S3Place,
  table: string | undefined,
  after?: string,
): AsyncGenerator<S3Entry> {
  for (let token: string | undefined; ; ) {
    const page = await s3
      .send(
        new ListObjectsV2Command({
          Bucket: place.bucket,
          Prefix: place.prefix,
          ...(token ? { ContinuationToken: token } : after ? { StartAfter: after } : {}),
        }),
      )
      .catch((error: unknown) => {
        throw mapAwsError(error, { bucket: place.bucket, table, action: 's3:ListBucket' });
      });
    for (const { Key, Size, ETag } of page.Contents ?? [])
      if (Key !== undefined && isRead(Key)) yield { key: Key, bytes: Size ?? 0, etag: ETag ?? '' };
    token = page.NextContinuationToken;
    if (!token) return;
  }
}

/** Folder markers and names that begin with a dot or underscore are never read as data. */
function isRead(key: string): boolean {
  return !/(^|\/)([._][^/]*)?$/.test(key);
}
