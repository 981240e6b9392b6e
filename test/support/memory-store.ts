import { sha256 } from '../../src/core/run';
import type { ObjectStore } from '../../src/ports/object-store';

/** A store in this process, for histories of hundreds of nights. `onDelete` is told each object just before it goes. */
export function memoryStore(onDelete: (key: string) => void = () => undefined): ObjectStore & {
  objects: Map<string, string>;
} {
  const objects = new Map<string, string>();
  const etagOf = (text: string): string => sha256(text);
  return {
    root: 'memory',
    objects,
    async get(key) {
      const text = objects.get(key);
      return text === undefined ? undefined : { text, etag: etagOf(text) };
    },
    async read(key, start, end) {
      const text = objects.get(key);
      return text === undefined ? undefined : Buffer.from(text).subarray(start, end);
    },
    async put(key, text, condition) {
      const now = objects.get(key);
      if (condition && 'ifNoneMatch' in condition && now !== undefined) return undefined;
      if (condition && 'ifMatch' in condition && (now === undefined || etagOf(now) !== condition.ifMatch))
        return undefined;
      objects.set(key, text);
      return etagOf(text);
    },
    async delete(keys) {
      for (const key of keys) {
        if (!objects.has(key)) continue;
        onDelete(key);
        objects.delete(key);
      }
    },
    async list(prefix) {
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, text]) => ({ key, bytes: text.length }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}
