import { GetPartitionsCommand } from '@aws-sdk/client-glue';
import { addDays } from '../../../src/core/dates';
import type { Definitions } from '../../../src/core/definitions';
import { advance, type Pointer } from '../../../src/core/snapshots/manifest';
import { manifestKey, POINTER_KEY, planKey } from '../../../src/core/snapshots/paths';
import type { AthenaSettings } from '../../../src/engines/athena/settings';
import type { Ports } from '../../../src/pipeline/context';
import { type SweptRuns, sweepRuns } from '../../../src/pipeline/sweep-runs';
import { type AthenaLab, openAthenaLab } from './athena-lab';
import { errorOf, idsOf, place, RUN, write } from './small-catalog';

/**
 * What only S3 and Glue can show of dropping old runs: files go and readers never meet a partition without them. The rules
 * themselves are tested in test/pipeline/sweep-runs.test.ts.
 */
const HOUR = 3_600_000;
/** The nights of the 1st to the 4th, and an execution of the 5th that was given up. */
const [OLD, CUTS, BEFORE, LAST, LOST] = [1, 2, 3, 4, 5] as const;
const BEGAN = Date.parse('2026-01-05T03:00:00Z');

let lab: AthenaLab;
let settings: AthenaSettings;
let ports: Ports;
let pointer: Pointer | undefined;
/** Prefixes of what each run wrote, by day. */
const wrote = new Map<number, string[]>();

beforeAll(async () => {
  lab = await openAthenaLab();
  ({ settings, ports } = await place(lab, 'sweep'));
  for (const day of [OLD, CUTS, BEFORE, LAST]) await night(day, day === OLD ? 2 : 1);
  await plan(LOST);
  wrote.set(LOST, [await write(ports, RUN(LOST), 1, ['lost'])]);
  await ports.catalog.follow(async () => pointer);
});
afterAll(() => lab?.stop());

async function plan(day: number): Promise<void> {
  const [run_id, run_date] = [RUN(day), RUN(day).slice(0, 10)];
  const dates = { cut_date: run_date, fit_date: run_date, today: addDays(run_date, 1) };
  const none = { base: null, told: [], sources: {}, inherited: {}, windows: {}, rollups: {} };
  await ports.store.put(planKey(run_id), JSON.stringify({ run_id, run_date, ...dates, ...none }));
  await ports.store.put(`runs/${run_id}/people.json`, '{}');
}

/** A published night; the last attempt counts. Those after the second one name the files of the second, as cut points do. */
async function night(day: number, attempts: number): Promise<void> {
  const [run_id, run_date] = [RUN(day), RUN(day).slice(0, 10)];
  await plan(day);
  const prefixes: string[] = [];
  for (let attempt = 1; attempt <= attempts; attempt += 1)
    prefixes.push(await write(ports, run_id, attempt, [`p${day}${attempt}`]));
  wrote.set(day, prefixes);
  const prefix = prefixes.at(-1) as string;
  await ports.catalog.publish(run_id, [{ name: 'people', prefix }]);
  const table = { name: 'people', version: 1, prefix, files: [], rows: 1, columns: [], content_hash: '1:1' };
  const cuts = { id: 'c', as_of_date: run_date, provisional: false, prefix: wrote.get(CUTS)?.[0], values: {} };
  const manifest = {
    ...{ run_date, run_id, supersedes: null, published_at: new Date(BEGAN).toISOString() },
    parameters: day > CUTS ? { rfm_cuts: cuts } : {},
    ...{ tables: [table], audiences: [], facts: {}, warnings: [] },
  };
  await ports.store.put(manifestKey(run_id), JSON.stringify(manifest));
  pointer = advance(pointer, { run_date, run_id, manifest: manifestKey(run_id) });
  await ports.store.put(POINTER_KEY, JSON.stringify(pointer));
}

/** What goes of the run that was given up, in order: the root of its keys, or its partitions. */
const going: string[] = [];

function watched(): Pick<Ports, 'store' | 'catalog' | 'engine'> {
  const store = Object.create(ports.store) as Ports['store'];
  store.delete = (keys) => {
    const own = keys.find((key) => key.includes(RUN(LOST)));
    if (own) going.push(own.split('/')[0] as string);
    return ports.store.delete(keys);
  };
  const catalog = Object.create(ports.catalog) as Ports['catalog'];
  catalog.forget = (run, ...rest) => {
    if (run === RUN(LOST)) going.push('partition');
    return ports.catalog.forget(run, ...rest);
  };
  return { ...ports, store, catalog };
}

/** Two nights are kept, so many hours after the last one. */
function sweep(hours: number): Promise<SweptRuns> {
  const file = { time_zone: 'UTC', retention: { nights: 2, monthly: false } };
  const definitions = { project: { file } } as unknown as Definitions;
  const clock = { now: () => BEGAN + hours * HOUR };
  return sweepRuns({ run_id: RUN(LAST) }, { ports: { ...watched(), clock }, definitions, hashSalt: undefined });
}

const left = async (day: number): Promise<string[]> => {
  const roots = await Promise.all(['tables/', 'runs/', 'manifests/'].map((root) => ports.store.list(root)));
  const keys = roots.flat().flatMap(({ key }) => (key.includes(RUN(day)) ? [key.split('/')[0] as string] : []));
  return [...new Set(keys)].sort();
};
const partitions = async (table: string): Promise<string[]> => {
  const command = new GetPartitionsCommand({ DatabaseName: settings.database, TableName: table });
  const found = (await lab.clients.glue.send(command)).Partitions ?? [];
  return found.map(({ Values = [] }) => [String(Number(Values[0]?.slice(8, 10))), ...Values.slice(1)].join('/')).sort();
};
const WHOLE = ['manifests', 'runs', 'tables'];

test('nights leave the list first: their files stay, and whoever reads them can end in peace', async () => {
  const all = await partitions('people_attempts');
  expect(await sweep(0)).toEqual({
    dropped_nights: ['2026-01-01', '2026-01-02'],
    swept_runs: [],
    deleted_objects: 0,
  });
  const { nights } = JSON.parse((await ports.store.get(POINTER_KEY))?.text ?? '') as Pointer;
  expect(Object.keys(nights)).toEqual(['2026-01-03', '2026-01-04']);
  expect(await sweep(47)).toMatchObject({ dropped_nights: [], swept_runs: [], deleted_objects: 0 });
  expect([await left(OLD), await left(CUTS)]).toEqual([WHOLE, WHOLE]);
  expect(await partitions('people_attempts')).toEqual(all);
  expect(await idsOf(ports, `${settings.database}.people_runs`)).toEqual(['p12', 'p21', 'p31', 'p41']);
});

test('a sweep that is refused half way says what it may not do, and the next one goes on from there', async () => {
  lab.double.faults.add({
    on: 'glue:BatchDeletePartition',
    times: 50,
    do: { kind: 'refuse', type: 'AccessDeniedException' },
  });
  const error = await errorOf(sweep(48));
  lab.double.faults.clear();
  expect(`${error.found} ${error.remedy}`).toContain('glue:BatchDeletePartition');
  // Its notes are gone, so that nobody goes on from them; its files are still where the partitions say.
  expect(await left(OLD)).toEqual(['manifests', 'tables']);
  expect(await idsOf(ports, `${settings.database}.people_attempts`)).toEqual([
    'lost',
    'p11',
    'p12',
    'p21',
    'p31',
    'p41',
  ]);
});

test('two days later files and partitions are gone, but for what a kept manifest names', async () => {
  const { swept_runs } = await sweep(49);
  expect(swept_runs).toEqual([RUN(OLD), RUN(CUTS)]);
  expect(await left(OLD)).toEqual([]);
  expect(await left(CUTS)).toEqual(['tables']);
  expect(await partitions('people_attempts')).toEqual(['2/1', '3/1', '4/1', '5/1']);
  expect(await partitions('people_runs')).toEqual(['3', '4']);
  expect(await idsOf(ports, `${settings.database}.people_attempts`)).toEqual(['lost', 'p21', 'p31', 'p41']);
  expect(await idsOf(ports, `${settings.database}.people_runs`)).toEqual(['p31', 'p41']);
  expect(await idsOf(ports, 'people')).toEqual(['p41']);
});

test('a run that was never published goes after fifteen days and two: notes, then partitions, then files', async () => {
  expect(await sweep(16 * 24)).toMatchObject({ deleted_objects: 0 });
  expect(await left(LOST)).toEqual(['runs', 'tables']);
  await sweep(17 * 24);
  expect(await left(LOST)).toEqual(['runs', 'tables']);
  going.length = 0;
  expect((await sweep(19 * 24)).swept_runs).toContain(RUN(LOST));
  expect(going).toEqual(['runs', 'runs', 'partition', 'tables', 'sweeps']);
  expect(await left(LOST)).toEqual([]);
  expect(await idsOf(ports, `${settings.database}.people_attempts`)).toEqual(['p21', 'p31', 'p41']);
});
