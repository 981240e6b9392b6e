import type { S3Client } from '@aws-sdk/client-s3';
import { listObjects } from '../../../src/engines/athena/listing';
import { parquetRows } from '../../../src/engines/athena/parquet-rows';

type Input = Record<string, unknown>;

/** A client that answers each call by the input of its command. */
function client(answer: (input: Input) => unknown): { s3: S3Client; inputs: Input[] } {
  const inputs: Input[] = [];
  const send = async ({ input }: { input: Input }) => {
    inputs.push(input);
    return answer(input);
  };
  return { s3: { send } as unknown as S3Client, inputs };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const PLACE = { bucket: 'lake', prefix: 'shop/' };
const entry = (name: string) => ({ Key: `shop/${name}`, Size: 3, ETag: `"${name}"` });

test('a listing goes on page by page, and only as far as it is read', async () => {
  const pages: Record<string, object> = {
    first: { Contents: [entry('a'), entry('b')], NextContinuationToken: 'second' },
    second: { Contents: [entry('c')], NextContinuationToken: 'third' },
    third: {},
  };
  const { s3, inputs } = client(({ ContinuationToken }) => pages[String(ContinuationToken ?? 'first')]);
  const found = await all(listObjects(s3, PLACE, undefined, 'shop/0'));
  expect(found.map(({ key }) => key)).toEqual(['shop/a', 'shop/b', 'shop/c']);
  expect(found[0]).toEqual({ key: 'shop/a', bytes: 3, etag: '"a"' });
  expect(inputs).toEqual([
    { Bucket: 'lake', Prefix: 'shop/', StartAfter: 'shop/0' },
    { Bucket: 'lake', Prefix: 'shop/', ContinuationToken: 'second' },
    { Bucket: 'lake', Prefix: 'shop/', ContinuationToken: 'third' },
  ]);
  for await (const { key } of listObjects(s3, PLACE, undefined)) if (key === 'shop/a') break;
  expect(inputs).toHaveLength(4);
});

test('folder markers and names that queries pass over are left out', async () => {
  const names = ['', 'day/', '_SUCCESS', 'day/_temporary', 'day/.hidden', 'day/a_b.parquet', '_log/0.json', 'a.b'];
  const { s3 } = client(() => ({ Contents: names.map(entry) }));
  const found = await all(listObjects(s3, PLACE, undefined));
  expect(found.map(({ key }) => key)).toEqual(['shop/day/a_b.parquet', 'shop/_log/0.json', 'shop/a.b']);
});

test('who may not list learns which permission is lacking, and of which table', async () => {
  const { s3 } = client(() => {
    throw Object.assign(new Error('Access Denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });
  await expect(all(listObjects(s3, PLACE, 'shop.orders'))).rejects.toMatchObject({
    place: { table: 'shop.orders' },
    remedy: expect.stringContaining('s3:ListBucket'),
  });
});

test.each([
  ['a text', 'x'.repeat(40)],
  ['less than a footer', 'PAR1'],
  ['a footer that points out of the file', `${'x'.repeat(20)}\xff\xff\xff\x7fPAR1`],
])('%s is no Parquet file', async (_, text) => {
  const bytes = Buffer.from(text, 'latin1');
  const { s3 } = client(({ Range }) => {
    const [from, to] = String(Range).slice(6).split('-').map(Number) as [number, number];
    return { Body: { transformToByteArray: async () => bytes.subarray(from, to + 1) } };
  });
  await expect(parquetRows(s3, 'lake', 'key', bytes.length)).rejects.toMatchObject({ code: 'files_damaged' });
});

test('a call that fails on the way is not taken for a damaged file', async () => {
  const { s3 } = client(() => {
    throw Object.assign(new Error('slow down'), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  });
  await expect(parquetRows(s3, 'lake', 'key', 100)).rejects.toMatchObject({ name: 'TransientEngineError' });
});
