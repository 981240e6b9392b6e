import fc from 'fast-check';
import { openS3Store } from '../../../src/engines/athena/object-store';
import { type AthenaSettings, openClients } from '../../../src/engines/athena/settings';
import type { ObjectStore } from '../../../src/ports/object-store';
import { raceAppends, raceCreators } from '../../engines/athena/store-races';
import { type Double, type FaultAction, startDouble } from '../double/double';
import { BUCKET } from '../servers';

const { LAB_TRINO: trino = '', LAB_S3: s3 = '' } = process.env;
const SETTINGS: AthenaSettings = {
  bucket: BUCKET,
  prefix: `store_${Date.now().toString(36)}/`,
  database: 'none',
  workgroup: 'primary',
};

let double: Double;
const opened: ReturnType<typeof openClients>[] = [];
beforeAll(async () => {
  double = await startDouble({ trino, s3 });
  Object.assign(process.env, double.environment);
});
afterEach(() => double.faults.clear());
afterAll(async () => {
  for (const { s3: client } of opened) client.destroy();
  await double.stop();
});

function open(): ObjectStore {
  const clients = openClients();
  opened.push(clients);
  return openS3Store(SETTINGS, clients);
}

test('what was put is read back and listed, sorted', async () => {
  const store = open();
  const keys = Array.from({ length: 60 }, (_, index) => `many/${String(index).padStart(4, '0')}.json`);
  for (let at = 0; at < keys.length; at += 20)
    await Promise.all(keys.slice(at, at + 20).map((key) => store.put(key, `{"key":"${key}","ä":"ö"}`)));
  expect((await store.list('many/')).map(({ key }) => key)).toEqual(keys);
  expect(await store.get(keys[7] as string)).toMatchObject({ text: `{"key":"${keys[7]}","ä":"ö"}` });
  expect(await store.list('many/001')).toHaveLength(10);
  expect(await store.get('many/absent.json')).toBeUndefined();
});

test('conditions hold', async () => {
  const store = open();
  const etag = (await store.put('a', '1', { ifNoneMatch: '*' })) as string;
  expect(await store.put('a', '2', { ifNoneMatch: '*' })).toBeUndefined();
  expect(await store.put('a', '3', { ifMatch: '"00000000000000000000000000000000"' })).toBeUndefined();
  expect(await store.put('absent', '3', { ifMatch: etag })).toBeUndefined();
  const next = await store.put('a', '4', { ifMatch: etag });
  expect(next).not.toBe(etag);
  expect(await store.get('a')).toEqual({ text: '4', etag: next });
  expect(await store.put('a', '5', { ifMatch: etag })).toBeUndefined();
});

describe('races with lost requests, lost answers and conflicts', () => {
  const FAULTS = fc.array(
    fc.record({
      match: fc.constantFrom(0, 1, 2, 3),
      do: fc.constantFrom<FaultAction>(
        { kind: 'loseRequest' },
        { kind: 'loseResponse' },
        { kind: 'delay', ms: 30 },
        { kind: 'refuse', type: 'ConditionalRequestConflict', status: 409 },
      ),
    }),
    { minLength: 3, maxLength: 12 },
  );

  /** Each fault happens to one request, skipping up to three others before. */
  function strike(faults: readonly { match: number; do: FaultAction }[]): void {
    double.faults.clear();
    for (const fault of faults) {
      let skipped = 0;
      double.faults.add({ on: 's3:PutObject', match: () => skipped++ >= fault.match, do: fault.do });
    }
  }

  test('of 20 creators exactly one wins', async () => {
    await fc.assert(
      fc.asyncProperty(FAULTS, fc.uuid(), async (faults, key) => {
        strike(faults);
        const etags = await raceCreators(open, key);
        expect(etags.filter((etag) => etag !== undefined)).toEqual([(await open().get(key))?.etag]);
      }),
      { numRuns: 3 },
    );
  });

  test('of concurrent swaps none is lost and none counts twice', async () => {
    await fc.assert(
      fc.asyncProperty(FAULTS, fc.uuid(), async (faults, key) => {
        strike(faults);
        const { found, expected } = await raceAppends(open, key, 3, 4);
        expect(found).toEqual(expected);
      }),
      { numRuns: 3 },
    );
  });

  test('of 20 swaps from one state exactly one wins', async () => {
    const etag = (await open().put('state', 'before', { ifNoneMatch: '*' })) as string;
    double.faults.add({ on: 's3:PutObject', times: 5, do: { kind: 'loseResponse' } });
    const etags = await Promise.all(Array.from({ length: 20 }, () => open().put('state', 'after', { ifMatch: etag })));
    expect(etags.filter((tag) => tag !== undefined)).toHaveLength(1);
  });
});

test('a store under load answers in the end', async () => {
  double.faults.add({ on: 's3:PutObject', times: 3, do: { kind: 'throttle' } });
  double.faults.add({ on: 's3:GetObject', times: 2, do: { kind: 'throttle' } });
  const etag = await open().put('busy', '1', { ifNoneMatch: '*' });
  expect(await open().get('busy')).toEqual({ text: '1', etag });
});
