import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/** A place on S3 by bucket and key, or prefix. */
export interface S3Place {
  bucket: string;
  key: string;
}

export function s3Place(uri: string): S3Place | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return bucket ? { bucket, key: key ?? '' } : undefined;
}

/** What the double itself does on S3, past its own proxy. */
export class S3Store {
  readonly #client: S3Client;

  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'double', secretAccessKey: 'double' };
    this.#client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return this.#client.send(new HeadBucketCommand({ Bucket: bucket })).then(
      () => true,
      () => false,
    );
  }

  async ensureBucket(bucket: string): Promise<void> {
    if (await this.hasBucket(bucket)) return;
    try {
      await this.#client.send(new CreateBucketCommand({ Bucket: bucket }));
    } catch (error) {
      // Another double over the same lab was quicker.
      if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error;
    }
  }

  /** Keys under a prefix, all of them or the first few. */
  async keys({ bucket, key }: S3Place, atMost = Number.POSITIVE_INFINITY): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: key,
          MaxKeys: Math.min(atMost, 1000),
          ...(token && { ContinuationToken: token }),
        }),
      );
      keys.push(...(page.Contents ?? []).map((object) => object.Key as string));
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token && keys.length < atMost);
    return keys;
  }

  async put({ bucket, key }: S3Place, body: string | Uint8Array): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: Buffer.byteLength(body) }),
    );
  }

  async move(bucket: string, from: string, to: string): Promise<void> {
    const CopySource = `${bucket}/${encodeURIComponent(from)}`;
    await this.#client.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource }));
    await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: from }));
  }

  close(): void {
    this.#client.destroy();
  }
}
