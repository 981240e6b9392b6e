import fc from 'fast-check';
import { openS3Store } from '../../../src/engines/athena/object-store';
import type { ObjectStore } from '../../../src/ports/object-store';
import { type Fault, type FaultyS3, startFaultyS3 } from './faulty-s3';
import { raceAppends, raceCreators } from './store-races';

const SETTINGS = { bucket: 'lake', prefix: 'shop/', database: 'tidemark', workgroup: 'nightly' };

let s3: FaultyS3;
beforeEach(async () => {
  s3 = await startFaultyS3();
});
afterEach(() => s3.stop());

const open = (): ObjectStore => openS3Store(SETTINGS, { s3: s3.client() });

/** The faults happen to the first requests of a method, one after another. */
function failing(method: string, ...faults: Fault[]): void {
  s3.fault = (request) => (request.method === method ? faults.shift() : undefined);
}

test('what was put is read back, below the prefix and as JSON', async () => {
  const etag = await open().put('runs/a.json', '{"ä":1}');
  expect(await open().get('runs/a.json')).toEqual({ text: '{"ä":1}', etag });
  expect(await open().get('runs/b.json')).toBeUndefined();
  expect(s3.seen[0]).toMatchObject({ method: 'PUT', key: 'shop/runs/a.json' });
  expect(s3.seen[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(open().root).toBe('s3://lake/shop');
  expect(openS3Store({ ...SETTINGS, prefix: '' }, { s3: s3.client() }).root).toBe('s3://lake');
});

test('lists every page, sorted, without folders made in the console', async () => {
  const store = open();
  for (const key of ['b/2.json', 'a.json', 'b/1.json', 'bc/3.json', 'b/3.json']) await store.put(key, 'ä');
  s3.objects.set('shop/b/', { text: '', etag: '"x"', metadata: {} });
  s3.objects.set('shopping', { text: '', etag: '"x"', metadata: {} });
  expect(await store.list('')).toEqual(
    ['a.json', 'b/1.json', 'b/2.json', 'b/3.json', 'bc/3.json'].map((key) => ({ key, bytes: 2 })),
  );
  expect((await store.list('b/')).map(({ key }) => key)).toEqual(['b/1.json', 'b/2.json', 'b/3.json']);
  expect(await store.list('none/')).toEqual([]);
});

test.each(['', '/a', 'a//b', '../a', 'a\\b', 'a\u0000b'])('the key %j is refused', async (key) => {
  await expect(open().put(key, 'x')).rejects.toMatchObject({ name: 'EngineError', code: 'key_invalid' });
  await expect(open().get(key)).rejects.toMatchObject({ code: 'key_invalid' });
  expect(s3.seen).toEqual([]);
});

test('deletes below the prefix alone, a thousand at once, and tells what S3 refused', async () => {
  const keys = Array.from({ length: 1001 }, (_, index) => `tables/t/${index}`);
  for (const key of keys) s3.objects.set(`shop/${key}`, { text: 'x', etag: '"x"', metadata: {} });
  for (const key of ['tables/t/7', 'shop/other', 'shop/x.locked'])
    s3.objects.set(key, { text: 'x', etag: '"x"', metadata: {} });
  await open().delete(keys);
  expect([...s3.objects.keys()]).toEqual(['tables/t/7', 'shop/other', 'shop/x.locked']);
  expect(s3.seen.filter(({ method }) => method === 'POST')).toHaveLength(2);
  await open().delete([]);
  await open().delete(['not/there']);
  await expect(open().delete(['other', 'x.locked'])).rejects.toMatchObject({
    code: 'access_denied',
    remedy: expect.stringContaining('s3:DeleteObject'),
  });
});

describe('conditions', () => {
  test('hold where nothing goes wrong', async () => {
    const store = open();
    const etag = (await store.put('a', '1', { ifNoneMatch: '*' })) as string;
    expect(await store.put('a', '2', { ifNoneMatch: '*' })).toBeUndefined();
    expect(await store.put('a', '3', { ifMatch: '"other"' })).toBeUndefined();
    expect(await store.put('b', '3', { ifMatch: etag })).toBeUndefined();
    const next = await store.put('a', '4', { ifMatch: etag });
    expect(await store.get('a')).toEqual({ text: '4', etag: next });
  });

  test.each<[string, Fault[]]>([
    ['the answer is lost once', ['lose-answer']],
    ['the answer is lost as often as the SDK sends', ['lose-answer', 'lose-answer', 'lose-answer']],
    ['the answer never comes', ['silence', 'silence', 'silence', 'silence']],
    ['the request never arrives', ['drop', 'drop', 'drop', 'drop']],
    ['others are at it', ['conflict', 'conflict', 'lose-answer']],
    ['S3 is busy', ['busy', 'busy', 'busy', 'busy']],
  ])('a claim is won where %s', async (_, faults) => {
    failing('PUT', ...faults);
    const etag = await open().put('a', '1', { ifNoneMatch: '*' });
    expect(await open().get('a')).toEqual({ text: '1', etag });
    expect(await open().put('a', '1', { ifNoneMatch: '*' })).toBeUndefined();
  });

  test('a claim of the same text by somebody else is no claim of one’s own', async () => {
    await open().put('a', '1', { ifNoneMatch: '*' });
    failing('PUT', 'drop', 'conflict');
    expect(await open().put('a', '1', { ifNoneMatch: '*' })).toBeUndefined();
  });

  test('a swap whose answer is lost is won, even where the next writer is faster than the second look', async () => {
    const etag = (await open().put('a', '1', { ifNoneMatch: '*' })) as string;
    const other = open();
    let overtaken: Promise<string | undefined> | undefined;
    s3.fault = (request) => {
      if (request.method !== 'PUT' || overtaken) return undefined;
      // Starts once this write is carried out; the SDK sends it again only after a pause.
      overtaken = new Promise((done) => setImmediate(done))
        .then(() => other.get('a'))
        .then((now) => other.put('a', '3', { ifMatch: now?.etag ?? '' }));
      return 'lose-answer';
    };
    const won = await open().put('a', '2', { ifMatch: etag });
    const current = await overtaken;
    expect(current).toBeDefined();
    expect(won).toBeDefined();
    expect(await open().get('a')).toEqual({ text: '3', etag: current });
    expect(await open().put('a', '4', { ifMatch: won as string })).toBeUndefined();
  });

  test('where it cannot be known, the error says that another try is worth it', async () => {
    s3.fault = ({ method }) => (method === 'PUT' ? 'conflict' : undefined);
    await expect(open().put('a', '1', { ifNoneMatch: '*' })).rejects.toMatchObject({
      name: 'TransientEngineError',
      code: 'write_contested',
      place: { key: 'a' },
    });
    expect(s3.seen.filter(({ method }) => method === 'PUT')).toHaveLength(6);
  });
});

test('an answer that breaks off in its body is asked for again', async () => {
  const etag = await open().put('a', 'long text');
  failing('GET', 'cut-body', 'cut-body');
  expect(await open().get('a')).toEqual({ text: 'long text', etag });
});

test('other refusals are told with their remedy', async () => {
  const body = (code: string) => `<Error><Code>${code}</Code><Message>${code} jane@example.com</Message></Error>`;
  failing('GET', { status: 403, body: body('AccessDenied') });
  await expect(open().get('a')).rejects.toMatchObject({ code: 'access_denied', place: { key: 'a' } });
  failing('PUT', { status: 404, body: body('NoSuchBucket') });
  await expect(open().put('a', '1')).rejects.toMatchObject({ code: 'bucket_missing' });
  failing('PUT', { status: 301, body: body('PermanentRedirect') });
  await expect(open().put('a', '1', { ifNoneMatch: '*' })).rejects.toMatchObject({ code: 'bucket_in_another_region' });
  failing('GET', { status: 400, body: body('ExpiredToken') });
  await expect(open().list('a/')).rejects.toMatchObject({ code: 'credentials_expired' });
});

describe('races with faults', () => {
  const FAULTS = fc.array(fc.option(fc.constantFrom<Fault>('drop', 'lose-answer', 'conflict'), { freq: 2 }), {
    minLength: 5,
    maxLength: 40,
  });

  /** Every n-th request fails, as drawn; in the end all go through. */
  function strike(faults: readonly (Fault | null)[]): void {
    const left = [...faults];
    s3.fault = ({ method }) => (method === 'PUT' ? (left.shift() ?? undefined) : undefined);
  }

  test('of 20 creators exactly one wins', async () => {
    await fc.assert(
      fc.asyncProperty(FAULTS, fc.uuid(), async (faults, key) => {
        strike(faults);
        const etags = await raceCreators(open, key);
        expect(etags.filter((etag) => etag !== undefined)).toEqual([(await open().get(key))?.etag]);
      }),
      { numRuns: 5 },
    );
  });

  test('of concurrent swaps none is lost and none counts twice', async () => {
    await fc.assert(
      fc.asyncProperty(FAULTS, fc.uuid(), async (faults, key) => {
        strike(faults);
        const { found, expected } = await raceAppends(open, key, 4, 5);
        expect(found).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});
