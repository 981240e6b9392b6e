import type { ObjectStore } from '../../src/ports/object-store';

/**
 * What every object store must keep, whatever lies behind it. Call it inside a describe block: `open` gives a store on an
 * empty root, and called again within a test another view of the same root.
 */
export function objectStoreContract(open: () => ObjectStore): void {
  test('what was put is got, with the etag that the write gave', async () => {
    const etag = await open().put('manifests/a.json', '{"ä":"🛍️"}\n');
    expect(await open().get('manifests/a.json')).toEqual({ text: '{"ä":"🛍️"}\n', etag });
    expect(await open().get('manifests/b.json')).toBeUndefined();
  });

  test('a range of bytes is read as far as the object goes', async () => {
    await open().put('bytes', '0123456789');
    const read = async (start: number, end: number): Promise<string | undefined> => {
      const bytes = await open().read('bytes', start, end);
      return bytes && Buffer.from(bytes).toString();
    };
    expect(await read(0, 10)).toBe('0123456789');
    expect(await read(2, 5)).toBe('234');
    expect(await read(8, 50)).toBe('89');
    expect(await read(4, 4)).toBe('');
    expect(await read(10, 20)).toBe('');
    expect(await open().read('nothing', 0, 1)).toBeUndefined();
    expect(await open().read('nothing', 3, 3)).toBeUndefined();
  });

  test('a write replaces the whole text and changes the etag', async () => {
    const first = await open().put('a', 'a long text');
    const second = await open().put('a', 'short');
    expect(second).not.toBe(first);
    expect(await open().get('a')).toEqual({ text: 'short', etag: second });
  });

  test('if-none-match: only the first of many writers creates, and what it wrote stays', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const etags = await Promise.all(texts.map((text) => open().put('once', text, { ifNoneMatch: '*' })));
    expect(etags.filter((etag) => etag !== undefined)).toHaveLength(1);
    expect((await open().get('once'))?.text).toBe(texts[etags.findIndex((etag) => etag !== undefined)]);
    expect(await open().put('once', 'late', { ifNoneMatch: '*' })).toBeUndefined();
  });

  test('if-match: only the first of many who read the same state writes', async () => {
    const etag = (await open().put('pointer', 'before')) as string;
    const etags = await Promise.all(['x', 'y', 'z'].map((text) => open().put('pointer', text, { ifMatch: etag })));
    expect(etags.filter((tag) => tag !== undefined)).toHaveLength(1);
    expect(await open().put('pointer', 'late', { ifMatch: etag })).toBeUndefined();
    expect(await open().put('absent', 'x', { ifMatch: etag })).toBeUndefined();
    expect(await open().get('absent')).toBeUndefined();
  });

  test('a list holds what begins with the prefix, sorted by key, with its bytes', async () => {
    for (const key of ['b/2', 'a', 'b/1/deep', 'bc', 'b/10']) await open().put(key, 'ä');
    expect(await open().list('b/')).toEqual(['b/1/deep', 'b/10', 'b/2'].map((key) => ({ key, bytes: 2 })));
    expect((await open().list('b')).map(({ key }) => key)).toEqual(['b/1/deep', 'b/10', 'b/2', 'bc']);
    expect((await open().list('')).map(({ key }) => key)).toEqual(['a', 'b/1/deep', 'b/10', 'b/2', 'bc']);
    expect(await open().list('nothing/')).toEqual([]);
  });

  test('what was deleted is gone, its neighbours stay, and deleting again is no error', async () => {
    for (const key of ['runs/a/1', 'runs/a/sql/2', 'runs/ab/1', 'b']) await open().put(key, 'x');
    await open().delete(['runs/a/1', 'runs/a/sql/2']);
    await open().delete(['runs/a/1', 'never/there']);
    await open().delete([]);
    expect((await open().list('')).map(({ key }) => key)).toEqual(['b', 'runs/ab/1']);
    expect(await open().get('runs/a/1')).toBeUndefined();
    expect(await open().put('runs/a/1', 'again', { ifNoneMatch: '*' })).toBeDefined();
    await expect(open().delete(['b', '../b'])).rejects.toMatchObject({ code: 'key_invalid' });
    expect(await open().get('b')).toBeDefined();
  });

  test.each(['', '/a', 'a//b', '../a', 'a/../b', 'a/./b', 'a\\b'])('the key %j is refused', async (key) => {
    await expect(open().put(key, 'x')).rejects.toMatchObject({ name: 'EngineError', code: 'key_invalid' });
    await expect(open().read(key, 0, 1)).rejects.toMatchObject({ name: 'EngineError', code: 'key_invalid' });
    await expect(open().get(key)).rejects.toMatchObject({ name: 'EngineError', code: 'key_invalid' });
  });
}
