import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkKey, PRIVATE_FOLDER } from '../../core/snapshots/paths';
import type { ListedObject, ObjectStore, StoredObject, WriteCondition } from '../../ports/object-store';
import { mapEngineError } from './errors';

/** A guard older than this belongs to a killed process: it is held for one compare and one rename. */
const STALE_GUARD_MILLISECONDS = 10_000;

/**
 * A local folder as an object store. Writes are atomic and durable, conditions hold between processes, and a write cut
 * short is never seen. Etags are sha256 of the content.
 */
export function openLocalStore(root: string): ObjectStore {
  return new LocalStore(resolve(root));
}

class LocalStore implements ObjectStore {
  constructor(readonly root: string) {}

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    return mapped(() => this.readText(key));
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    return mapped(() => absentAs(undefined, () => readRange(join(this.root, key), start, end)));
  }

  async put(key: string, text: string, condition?: WriteCondition): Promise<string | undefined> {
    checkKey(key);
    return mapped(async () => {
      const path = join(this.root, key);
      await mkdir(dirname(path), { recursive: true });
      const temporary = await this.writeTemporary(text);
      try {
        if (!condition) await rename(temporary, path);
        else if ('ifNoneMatch' in condition) {
          if (!(await linkIfAbsent(temporary, path))) return undefined;
        } else if (!(await this.swap(key, temporary, condition.ifMatch))) return undefined;
        await syncFolder(dirname(path));
        return etagOf(text);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkKey(key);
    await mapped(async () => {
      for (const key of keys) await rm(join(this.root, key), { force: true });
      const folders = new Set(keys.map((key) => dirname(key)));
      for (const folder of folders) await this.removeEmpty(folder);
    });
  }

  /** A folder that nothing is left in, and its parent: of a run, never what several runs share for long. */
  private async removeEmpty(folder: string): Promise<void> {
    for (const path of [folder, dirname(folder)]) {
      if (path === '.') return;
      try {
        await rmdir(join(this.root, path));
      } catch {
        return;
      }
    }
  }

  async list(prefix: string): Promise<ListedObject[]> {
    if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
    // A prefix need not end at a folder: list that folder and keep what starts with it.
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    return mapped(async () => {
      const found: ListedObject[] = [];
      await this.collect(folder, prefix, found);
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  private async collect(folder: string, prefix: string, found: ListedObject[]): Promise<void> {
    const entries = await absentAs([], () => readdir(join(this.root, folder), { withFileTypes: true }));
    for (const entry of entries) {
      const key = `${folder}${entry.name}`;
      if (key === PRIVATE_FOLDER) continue;
      if (entry.isDirectory()) {
        if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) await this.collect(`${key}/`, prefix, found);
      } else if (key.startsWith(prefix)) {
        const size = await absentAs(undefined, async () => (await stat(join(this.root, key))).size);
        if (size !== undefined) found.push({ key, bytes: size });
      }
    }
  }

  private async readText(key: string): Promise<StoredObject | undefined> {
    const text = await absentAs(undefined, () => readFile(join(this.root, key), 'utf8'));
    return text === undefined ? undefined : { text, etag: etagOf(text) };
  }

  private async writeTemporary(text: string): Promise<string> {
    const folder = join(this.root, PRIVATE_FOLDER, 'objects');
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    try {
      const handle = await open(path, 'wx');
      try {
        await handle.writeFile(text, 'utf8');
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return path;
  }

  /** Compares and renames under a guard, since a file system has no such operation of its own. */
  private async swap(key: string, temporary: string, etag: string): Promise<boolean> {
    const guard = join(this.root, PRIVATE_FOLDER, 'objects', `guard-${createHash('sha256').update(key).digest('hex')}`);
    await takeGuard(guard);
    try {
      const current = await this.readText(key);
      if (current?.etag !== etag) return false;
      await rename(temporary, join(this.root, key));
      return true;
    } finally {
      await rm(guard, { force: true });
    }
  }
}

/** A file may give fewer bytes than asked for at a time, though it has more. */
async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, (await handle.stat()).size) - start));
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) return bytes.subarray(0, filled);
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

async function takeGuard(guard: string): Promise<void> {
  for (;;) {
    try {
      await (await open(guard, 'wx')).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const age = await absentAs(0, async () => Date.now() - (await stat(guard)).mtimeMs);
    if (age > STALE_GUARD_MILLISECONDS) {
      // Renamed first, so that of several waiters only one takes this very guard away.
      const mine = `${guard}.${randomUUID()}`;
      await absentAs(undefined, () => rename(guard, mine));
      await rm(mine, { force: true });
    } else await new Promise((done) => setTimeout(done, 5 + Math.floor(age % 7)));
  }
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function absentAs<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapEngineError(error);
  }
}

function etagOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
