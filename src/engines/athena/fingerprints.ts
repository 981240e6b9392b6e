import { createHash } from 'node:crypto';
import type { S3Entry } from './listing';

/**
 * Sums up objects without keeping them: equal for equal names, sizes and ETags in equal order, after equal `facts`.
 */
export class ObjectsHash {
  bytes = 0;
  files = 0;
  private readonly hash = createHash('sha256');

  /** @param facts what else a change of must be seen, such as the version of the table in Glue. */
  constructor(facts: readonly string[]) {
    this.line(facts);
  }

  /** @param name the object's name within the table, so that moving the whole table changes nothing. */
  add(name: string, { bytes, etag }: Pick<S3Entry, 'bytes' | 'etag'>): void {
    this.bytes += bytes;
    this.files += 1;
    this.line([name, String(bytes), etag]);
  }

  digest(): string {
    return this.hash.digest('hex');
  }

  private line(parts: readonly string[]): void {
    this.hash.update(`${JSON.stringify(parts)}\n`, 'utf8');
  }
}
