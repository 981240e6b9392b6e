import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openDuckDbEngine } from '../../src/engines/duckdb/query-engine';
import { type Ended, ORDERS, projectFile, runCli, SEGMENT, writeProject } from './run-cli';

/** The real command over a handful of orders; tests share one published folder and run in the order they stand in. */
jest.setTimeout(60_000);
const ESCAPE = String.fromCharCode(27);
let project: string;
let first: Ended;
const folders: string[] = [];

beforeAll(async () => {
  project = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS, 'segments/regulars.yml': SEGMENT });
  folders.push(project);
  first = await runCli(['run', '--project', project, '--nights', '3', '--json']);
}, 60_000);

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const pointer = (): string => readFileSync(join(project, 'out', 'current.json'), 'utf8');

test('three nights: one JSON document on stdout, progress on stderr, no colour without a terminal', () => {
  expect(first.stderr).toContain('staging');
  expect(first.code).toBe(0);
  const { nights, current } = JSON.parse(first.stdout);
  expect(nights.map((night: { run_date: string }) => night.run_date)).toEqual([
    '2025-03-05',
    '2025-03-06',
    '2025-03-07',
  ]);
  expect(nights.map((night: { is_published_already: boolean }) => night.is_published_already)).toEqual([
    false,
    false,
    false,
  ]);
  const last = nights[2];
  expect(existsSync(join(project, 'out', last.manifest))).toBe(true);
  expect(current.run_id).toBe(last.run_id);
  expect(JSON.parse(pointer()).run_id).toBe(last.run_id);
  expect(last.audiences).toEqual([
    {
      id: 'regulars',
      name: 'Regulars',
      status: 'live',
      definition_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      member_count: 2,
      entered_count: 1,
      left_count: 0,
    },
  ]);
  expect(first.stderr + first.stdout).not.toContain(ESCAPE);
});

test('the same night again: the run date first, nothing changed, and the summary', async () => {
  const before = pointer();
  const again = await runCli(['run', '--project', project]);
  expect(again.code).toBe(0);
  expect(again.stderr).toBe('');
  expect(again.stdout).toMatch(/^Run date 2025-03-07\n/);
  expect(again.stdout).toContain('Nothing changed: this night is published already as run 2025-03-07-');
  expect(again.stdout).toContain('3 people; 3 have bought, 1 of them on one day only (33.3 %)');
  expect(again.stdout).toMatch(/regulars +2 +\+1 +· +Regulars/);
  expect(again.stdout).toMatch(/1 +orders of an id in not_customers/);
  expect(again.stdout).toMatch(/1 +orders without a customer id/);
  expect(again.stdout).toMatch(/1 +orders: the same row once more/);
  expect(again.stdout).toContain('predictions: { horizon_days: 91 }');
  expect(again.stdout).toContain('no churn risk for anybody: the history is too short to judge a model out of time');
  expect(again.stdout).not.toContain(ESCAPE);
  expect(pointer()).toBe(before);
});

test('--fresh computes a night again as a run of its own, with equal rows', async () => {
  const own = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS, 'segments/regulars.yml': SEGMENT });
  folders.push(own);
  const night = async (...options: string[]) => {
    const { stdout } = await runCli(['run', '--project', own, '--json', ...options]);
    return JSON.parse(stdout).nights[0];
  };
  const [one, again, forced] = [await night(), await night(), await night('--fresh')];
  expect([again.run_id, again.is_published_already]).toEqual([one.run_id, true]);
  expect([forced.is_published_already, forced.supersedes]).toEqual([false, one.run_id]);
  expect(forced.run_id).not.toBe(one.run_id);
  const hashes = (from: typeof one) => from.tables.map((table: { content_hash: string }) => table.content_hash);
  expect(hashes(forced)).toEqual(hashes(one));
});

test('a second run in the folder of another is refused', async () => {
  const engine = await openDuckDbEngine({ root: join(project, 'out') });
  try {
    const second = await runCli(['run', '--project', project]);
    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr).toContain('another run is working in');
    expect(second.stderr).toContain('The last published snapshot is unchanged: night 2025-03-07');
  } finally {
    await engine.close();
  }
});

test('bad data: exit 3, and what was published stays', async () => {
  const before = pointer();
  writeFileSync(join(project, 'orders.csv'), `${ORDERS}8,dora,2025-03-08,many\n`);
  const bad = await runCli(['run', '--project', project, '--json']);
  expect(bad.code).toBe(3);
  expect(bad.stderr).toMatch(/error: orders: 1 rows? ha(s|ve) a value that cannot be read: amount:/);
  expect(bad.stderr).toContain('→');
  expect(bad.stderr).not.toContain('dora');
  expect(JSON.parse(bad.stdout).error).toMatchObject({
    name: 'SourceContractError',
    exit_code: 3,
    place: { table: 'orders' },
  });
  expect(pointer()).toBe(before);
});

/** Times without an offset in texts are met by staging, typed ones before anything runs. */
test.each([
  ['texts', 'orders.csv'],
  ['timestamps', 'orders.parquet'],
])('%s without an offset: the busiest hour under each reading', async (_, file) => {
  const mapping = projectFile().replace('orders.csv', file);
  const folder = writeProject({
    'tidemark.yml': mapping,
    'orders.csv': 'id,buyer,day,total\n1,anna,2025-03-07 19:30:00,20\n',
  });
  folders.push(folder);
  if (file.endsWith('.parquet')) await toParquet(join(folder, 'orders.csv'), join(folder, file));
  const bad = await runCli(['run', '--project', folder, '--run-date', '2025-03-08']);
  expect(bad.code).toBe(3);
  expect(bad.stderr).toContain("Read as UTC the shop's busiest hour would be 20:00 to 21:00 in Europe/Vienna");
  expect(bad.stderr).toContain("read as the shop's own time it would be 19:00 to 20:00");
  expect(bad.stderr).toContain('set times_in of orders in tidemark.yml');
  expect(bad.stderr).toMatch(/Nothing is published in \S*out yet\./);
  expect(existsSync(join(folder, 'out', 'current.json'))).toBe(false);
});

async function toParquet(csv: string, parquet: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (from read_csv('${csv}')) to '${parquet}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}

test('Ctrl-C: exit 130, the published snapshot unchanged, and the next run completes', async () => {
  const before = pointer();
  const many = Array.from(
    { length: 40_000 },
    (_, index) => `m${index},c${index % 10_000},2025-03-0${1 + (index % 7)},1.00\n`,
  );
  writeFileSync(join(project, 'orders.csv'), ORDERS + many.join(''));
  let isSent = false;
  const stopped = await runCli(['run', '--project', project], {
    onStderr: (text, child) => {
      if (isSent || !/models/.test(text)) return;
      isSent = true;
      child.kill('SIGINT');
    },
  });
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain('Stopped. The last published snapshot is unchanged: night 2025-03-07');
  expect(pointer()).toBe(before);
  const next = await runCli(['run', '--project', project, '--json', '--accept'], { env: { NO_COLOR: '1' } });
  expect(next.code).toBe(0);
  expect(JSON.parse(next.stdout).nights[0].supersedes).toBe(JSON.parse(before).run_id);
});
