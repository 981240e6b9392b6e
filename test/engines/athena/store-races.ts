import type { ObjectStore } from '../../../src/ports/object-store';

/** Twenty claims of one key at once, each by its own store; the same text, so that only the marks tell them apart. */
export async function raceCreators(open: () => ObjectStore, key: string): Promise<(string | undefined)[]> {
  return Promise.all(Array.from({ length: 20 }, () => open().put(key, '{}\n', { ifNoneMatch: '*' })));
}

/**
 * Every writer adds its name to a list again and again, reading it and writing it back if nobody else was faster. A write
 * told as lost to its winner would stand in the list twice, one told as won to a loser not at all.
 *
 * @returns the names in the list and those that must be there.
 */
export async function raceAppends(
  open: () => ObjectStore,
  key: string,
  writers: number,
  rounds: number,
): Promise<{ found: string[]; expected: string[] }> {
  await open().put(key, '\n', { ifNoneMatch: '*' });
  const names = Array.from({ length: writers }, (_, writer) =>
    Array.from({ length: rounds }, (_, round) => `${writer}-${round}`),
  );
  const append = async (store: ObjectStore, name: string): Promise<void> => {
    for (;;) {
      const now = await store.get(key);
      if (await store.put(key, `${now?.text ?? ''}${name}\n`, { ifMatch: now?.etag ?? '' })) return;
    }
  };
  await Promise.all(
    names.map(async (own) => {
      const store = open();
      for (const name of own) await append(store, name);
    }),
  );
  const text = (await open().get(key))?.text ?? '';
  return { found: text.trim().split('\n').sort(), expected: names.flat().sort() };
}
