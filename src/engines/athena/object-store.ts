import { randomUUID } from 'node:crypto';
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { backOff } from 'exponential-backoff';
import { TransientEngineError } from '../../core/errors';
import { checkKey } from '../../core/snapshots/paths';
import type { ListedObject, ObjectStore, StoredObject, WriteCondition } from '../../ports/object-store';
import { mapAwsError } from './errors';
import { answerOf, isAnswerLost } from './fault';
import type { AthenaSettings, AwsClients } from './settings';
import { rootOf } from './write';

/**
 * Metadata naming the writes that made an object what it is, newest first: a mark of each. Equal content would not tell
 * whose a write is: two may write the same text.
 */
const WRITES = 'tidemark-writes';

/** More swaps than this never come between a write and the look whether it was carried out. */
const MOST_WRITES = 20;

/** How often one conditional write is sent again where it is not known whether it was carried out, or others were at it. */
const MOST_TRIES = 6;

/** S3 takes no more keys in one call. */
const MOST_DELETED_AT_ONCE = 1000;

interface Found extends StoredObject {
  writes: readonly string[];
}

/** Below one prefix of a bucket. Writes are atomic, conditions hold between all who write, etags are those of S3. */
export function openS3Store(settings: AthenaSettings, clients: Pick<AwsClients, 's3'>): ObjectStore {
  return new S3Store(settings, clients);
}

class S3Store implements ObjectStore {
  readonly root: string;

  constructor(
    private readonly settings: AthenaSettings,
    private readonly clients: Pick<AwsClients, 's3'>,
  ) {
    this.root = rootOf(settings).replace(/\/$/, '');
  }

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    const found = await this.readText(key);
    return found && { text: found.text, etag: found.etag };
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    if (end <= start) return (await this.readText(key)) && new Uint8Array();
    return this.mapped(key, 's3:GetObject', () =>
      this.unlessAbsent(async () => {
        const range = { Range: `bytes=${start}-${end - 1}` };
        const answer = await this.clients.s3
          .send(new GetObjectCommand({ ...this.target(key), ...range }))
          .catch(noneBeyondTheEnd);
        return (await answer?.Body?.transformToByteArray().catch(brokenBody)) ?? new Uint8Array();
      }),
    );
  }

  async put(key: string, text: string, condition?: WriteCondition): Promise<string | undefined> {
    checkKey(key);
    if (condition) return this.putIf(key, text, condition);
    return this.mapped(key, 's3:PutObject', () => this.send(key, text, {}, [randomUUID()]));
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkKey(key);
    const { bucket, prefix: root } = this.settings;
    for (let first = 0; first < keys.length; first += MOST_DELETED_AT_ONCE) {
      const batch = keys.slice(first, first + MOST_DELETED_AT_ONCE);
      await this.mapped(batch[0] as string, 's3:DeleteObject', async () => {
        const Objects = batch.map((key) => ({ Key: `${root}${key}` }));
        const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
        const [failed] = (await this.clients.s3.send(command)).Errors ?? [];
        if (failed) throw Object.assign(new Error(failed.Message ?? ''), { name: failed.Code ?? 'InternalError' });
      });
    }
  }

  async list(prefix: string): Promise<ListedObject[]> {
    if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
    const { bucket, prefix: root } = this.settings;
    return this.mapped(prefix, 's3:ListBucket', async () => {
      const found: ListedObject[] = [];
      const pages = paginateListObjectsV2({ client: this.clients.s3 }, { Bucket: bucket, Prefix: `${root}${prefix}` });
      for await (const { Contents } of pages) {
        for (const { Key, Size } of Contents ?? []) {
          // A key that ends in '/' is a folder that somebody made in the console.
          if (Key && !Key.endsWith('/')) found.push({ key: Key.slice(root.length), bytes: Size ?? 0 });
        }
      }
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  private async readText(key: string): Promise<Found | undefined> {
    return this.mapped(key, 's3:GetObject', () => this.unlessAbsent(() => this.readOnce(key)));
  }

  /** Reads again where an answer broke off; undefined where there is no object. */
  private async unlessAbsent<T>(readOnce: () => Promise<T>): Promise<T | undefined> {
    try {
      return await backOff(readOnce, {
        numOfAttempts: MOST_TRIES,
        jitter: 'full',
        retry: (error) => error instanceof BrokenBody,
      });
    } catch (error) {
      if (answerOf(error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  private async readOnce(key: string): Promise<Found> {
    const answer = await this.clients.s3.send(new GetObjectCommand(this.target(key)));
    const text = await answer.Body?.transformToString('utf-8').catch(brokenBody);
    return { text: text ?? '', etag: answer.ETag as string, writes: answer.Metadata?.[WRITES]?.split(',') ?? [] };
  }

  /**
   * S3 tells a refused write by 412 or 409, but the SDK may have sent it twice and the first answer may be lost: the
   * refusal may come from this very write. So the object is read again before the write counts as lost, and its marks
   * tell whose it is. They name earlier writes too, because the next writer may have been faster than this look.
   */
  private async putIf(key: string, text: string, condition: WriteCondition): Promise<string | undefined> {
    const mark = randomUUID();
    let writes: string[] = [mark];
    if ('ifMatch' in condition) {
      const before = await this.readText(key);
      if (before?.etag !== condition.ifMatch) return undefined;
      writes = [mark, ...before.writes].slice(0, MOST_WRITES);
    }
    const undecided = new Undecided();
    const tryOnce = async (): Promise<string | undefined> => {
      try {
        return await this.send(key, text, condition, writes);
      } catch (error) {
        if (!isRefusedOrLost(error)) throw error;
        const now = await this.readText(key);
        if (now?.writes.includes(mark)) return now.writes[0] === mark ? now.etag : `replaced ${mark}`;
        if (!holds(condition, now)) return undefined;
        undecided.last = error;
        throw undecided;
      }
    };
    return this.mapped(key, 's3:PutObject', async () => {
      try {
        return await backOff(tryOnce, {
          numOfAttempts: MOST_TRIES,
          startingDelay: 100,
          jitter: 'full',
          retry: (error) => error === undecided,
        });
      } catch (error) {
        throw error === undecided ? contested(key, undecided.last) : error;
      }
    });
  }

  private async send(
    key: string,
    text: string,
    condition: WriteCondition | Record<string, never>,
    writes: readonly string[],
  ): Promise<string> {
    const answer = await this.clients.s3.send(
      new PutObjectCommand({
        ...this.target(key),
        Body: text,
        ContentType: 'application/json; charset=utf-8',
        Metadata: { [WRITES]: writes.join(',') },
        ...('ifNoneMatch' in condition ? { IfNoneMatch: condition.ifNoneMatch } : {}),
        ...('ifMatch' in condition ? { IfMatch: condition.ifMatch } : {}),
      }),
    );
    return answer.ETag as string;
  }

  private target(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: `${this.settings.prefix}${key}` };
  }

  private async mapped<T>(key: string, action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw mapAwsError(error, { bucket: this.settings.bucket, key, action });
    }
  }
}

/** The SDK sends a call again, but not where the connection breaks in the middle of the answer's body. */
class BrokenBody extends Error {
  readonly code = 'ECONNRESET';
}

function noneBeyondTheEnd(error: unknown): undefined {
  if (answerOf(error).status !== 416) throw error;
}

function brokenBody(): never {
  throw new BrokenBody();
}

/** Thrown within, where the condition may still hold and the write is to be sent again. */
class Undecided extends Error {
  last: unknown;
}

/** 404 is what S3 says to an ifMatch where no object is. */
function isRefusedOrLost(error: unknown): boolean {
  const { status, name } = answerOf(error);
  return status === 412 || status === 409 || name === 'NoSuchKey' || isAnswerLost(error);
}

function holds(condition: WriteCondition, now: Found | undefined): boolean {
  return 'ifNoneMatch' in condition ? now === undefined : now?.etag === condition.ifMatch;
}

function contested(key: string, last: unknown): TransientEngineError {
  const mapped = mapAwsError(last, { key });
  if (mapped instanceof TransientEngineError) return mapped;
  return new TransientEngineError({
    code: 'write_contested',
    found: 'others wrote this object at the same moment, again and again',
    remedy: 'run again: the night goes on where it stopped',
    place: { key },
  });
}
