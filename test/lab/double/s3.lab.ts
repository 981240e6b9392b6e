import { request } from 'node:http';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Harness, openHarness } from './harness';
import { readS3Request } from './s3-proxy';

/** What Node says of a connection that ends without an answer. */
const LOST = /socket hang up|ECONNRESET|EPIPE/;

let h: Harness;
beforeAll(async () => {
  h = await openHarness('s3');
});
afterAll(() => h.stop());
afterEach(() => h.double.faults.clear());

const object = (name: string) => ({ Bucket: 'lake', Key: `${h.place.slice(10)}/${name}` });
const put = (name: string, Body: string, more = {}) =>
  h.s3.send(new PutObjectCommand({ ...object(name), Body, ...more }));
const get = async (name: string): Promise<string> =>
  (await (await h.s3.send(new GetObjectCommand(object(name)))).Body?.transformToString()) as string;

test('what goes in comes out, checksums and conditions judged by the real API', async () => {
  await put('a b/ü+%', 'x'.repeat(3_000_000), {
    IfNoneMatch: '*',
    ContentType: 'text/x-own',
    ChecksumAlgorithm: 'SHA256',
  });
  expect((await get('a b/ü+%')).length).toBe(3_000_000);
  expect((await h.s3.send(new HeadObjectCommand(object('a b/ü+%')))).ContentType).toBe('text/x-own');
  await expect(put('a b/ü+%', 'y', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  const { ETag } = await h.s3.send(new HeadObjectCommand(object('a b/ü+%')));
  await put('a b/ü+%', 'y', { IfMatch: ETag });
  await expect(put('a b/ü+%', 'z', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await get('a b/ü+%')).toBe('y');
});

test('uploads in parts', async () => {
  const { UploadId } = await h.s3.send(new CreateMultipartUploadCommand(object('parts')));
  const part = { ...object('parts'), UploadId, PartNumber: 1 };
  const { ETag } = await h.s3.send(new UploadPartCommand({ ...part, Body: 'whole' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await h.s3.send(new CompleteMultipartUploadCommand({ ...object('parts'), UploadId, MultipartUpload }));
  expect(await get('parts')).toBe('whole');
});

test('an upload that breaks off leaves nothing', async () => {
  const url = `${h.double.s3}/lake/${object('half').Key}`;
  const half = request(url, { method: 'PUT', headers: { 'Content-Length': 100_000 } });
  const broken = new Promise((resolve) => half.once('error', resolve));
  half.write('x'.repeat(50_000));
  await new Promise((resolve) => setTimeout(resolve, 200));
  half.destroy();
  await broken;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await h.keys('half')).toEqual([]);
  await put('half', 'whole');
  expect(await get('half')).toBe('whole');
});

test('every call is recorded with its action and object, a listing with its prefix', async () => {
  h.double.forget();
  await put('told', 'x');
  await get('told');
  await h.s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'x' }));
  await h.s3.send(new DeleteObjectCommand(object('told')));
  const arn = `arn:aws:s3:::lake/${object('told').Key}`;
  expect(h.double.calls).toEqual([
    { by: 'sdk', service: 's3', action: 's3:PutObject', resources: [arn] },
    { by: 'sdk', service: 's3', action: 's3:GetObject', resources: [arn] },
    {
      by: 'sdk',
      service: 's3',
      action: 's3:ListBucket',
      resources: ['arn:aws:s3:::lake'],
      context: { 's3:prefix': 'x' },
    },
    { by: 'sdk', service: 's3', action: 's3:DeleteObject', resources: [arn] },
  ]);
});

test.each([
  ['GET', '/b?location', 's3:GetBucketLocation'],
  ['GET', '/b?uploads', 's3:ListBucketMultipartUploads'],
  ['POST', '/b?delete', 's3:DeleteObjects'],
  ['POST', '/b/k?uploads', 's3:CreateMultipartUpload'],
  ['PUT', '/b/k?partNumber=1&uploadId=u', 's3:UploadPart'],
  ['POST', '/b/k?uploadId=u', 's3:CompleteMultipartUpload'],
  ['DELETE', '/b/k?uploadId=u', 's3:AbortMultipartUpload'],
  ['GET', '/b/k?uploadId=u', 's3:ListMultipartUploadParts'],
])('%s %s is %s', (method, url, action) => {
  expect(readS3Request(method, url).action).toBe(action);
});

test('of objects deleted together each is recorded, refused or not', async () => {
  await put('this&that', 'x');
  const Objects = ['this&that', 'never-there'].map((name) => ({ Key: object(name).Key }));
  const remove = () => h.s3.send(new DeleteObjectsCommand({ Bucket: 'lake', Delete: { Objects } }));
  const fault = h.double.faults.add({
    on: 's3:DeleteObjects',
    do: { kind: 'refuse', type: 'AccessDenied', status: 403 },
  });
  await expect(remove()).rejects.toMatchObject({ name: 'AccessDenied' });
  fault.remove();
  h.double.faults.add({ on: 's3:DeleteObjects', do: { kind: 'delay', ms: 50 } });
  await remove();
  expect(await h.keys('this')).toEqual([]);
  const deleted = h.double.calls.filter(({ action }) => action === 's3:DeleteObjects');
  const arns = Objects.map(({ Key }) => `arn:aws:s3:::lake/${Key}`);
  expect(deleted.map(({ resources }) => resources)).toEqual([arns, arns]);
});

test('a throttled call does nothing and says SlowDown', async () => {
  h.double.faults.add({ on: 's3:PutObject', match: /slow$/, do: { kind: 'throttle' } });
  await put('fast', 'x');
  await expect(put('slow', 'x')).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  expect((await h.keys('')).filter((key) => /slow|fast/.test(key))).toEqual(['fast']);
  await put('slow', 'x');
});

test('a lost response has done its work, a lost request has not', async () => {
  h.double.faults.add({ on: 's3:PutObject', do: { kind: 'loseResponse' } });
  await expect(put('done', 'x', { IfNoneMatch: '*' })).rejects.toThrow(LOST);
  expect(await get('done')).toBe('x');
  h.double.faults.add({ on: 's3:PutObject', do: { kind: 'loseRequest' } });
  await expect(put('undone', 'x')).rejects.toThrow(LOST);
  expect(await h.keys('undone')).toEqual([]);
});

test.each([
  ['another region', { type: 'PermanentRedirect', status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
  ['a write at the same time', { type: 'ConditionalRequestConflict', status: 409 }],
  ['an old token', { type: 'ExpiredToken', message: 'The provided token has expired.' }],
  ['no right', { type: 'AccessDenied', status: 403 }],
])('refusals as S3 words them: %s', async (_name, refusal) => {
  const fault = h.double.faults.add({ on: 's3:PutObject', times: 2, do: { kind: 'refuse', ...refusal } });
  await expect(put('refused', 'x')).rejects.toMatchObject({
    name: refusal.type,
    $metadata: { httpStatusCode: 'status' in refusal ? refusal.status : 400 },
  });
  expect(fault.happened).toBe(1);
  fault.remove();
  await put('refused', 'x');
});
