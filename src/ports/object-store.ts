export interface StoredObject {
  text: string;
  /** Changes with every write of the key. */
  etag: string;
}

export interface ListedObject {
  key: string;
  bytes: number;
}

/** `ifNoneMatch`: only if the key does not exist. `ifMatch`: only if the object still has this etag. */
export type WriteCondition = { ifNoneMatch: '*' } | { ifMatch: string };

/** A tree of objects under one root: a local folder or an S3 prefix. Keys use '/', never start with it and never hold '..'. */
export interface ObjectStore {
  /** A person's name for the root: a folder path or s3://bucket/prefix. */
  readonly root: string;
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * The bytes from `start` up to, and without, `end`, as far as the object goes; undefined where there is no object.
   */
  read(key: string, start: number, end: number): Promise<Uint8Array | undefined>;
  /** @returns the new etag, or undefined when the condition did not hold (nothing was written). */
  put(key: string, text: string, condition?: WriteCondition): Promise<string | undefined>;
  /** Deletes objects, in any order; one that is not there is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Objects under a prefix, sorted by key. */
  list(prefix: string): Promise<ListedObject[]>;
}
