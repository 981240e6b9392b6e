import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrinoError, trinoClient, withWholeNumbers } from './trino-client';

const trino = trinoClient(process.env.LAB_TRINO as string, 'lake', 'lab');
const s3 = `${process.env.LAB_S3}/lake`;
/** A lab that runs on has the objects of the run before. */
const mark = `written-${Date.now()}`;

test('a table written by Trino is Parquet on the S3 API', async () => {
  await trino.query('drop schema if exists lab cascade');
  await trino.query('create schema lab');
  await trino.query(`create table written with (external_location = 's3://lake/${mark}/') as select 1 as n`);
  const listing = await (await fetch(`${s3}?list-type=2&prefix=${mark}/`)).text();
  const key = /<Key>([^<]+)<\/Key>/.exec(listing)?.[1];
  const bytes = Buffer.from(await (await fetch(`${s3}/${key}`)).arrayBuffer());
  expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
});

test('a conditional write happens once', async () => {
  const put = (): Promise<Response> =>
    fetch(`${s3}/${mark}/once`, { method: 'PUT', body: 'x', headers: { 'If-None-Match': '*' } });
  expect([(await put()).status, (await put()).status]).toEqual([200, 412]);
});

test('a statement that fails says why', async () => {
  await expect(trino.query('select 1 / 0')).rejects.toThrow(TrinoError);
  await expect(trino.query('select nothing')).rejects.toMatchObject({ code: 'COLUMN_NOT_FOUND' });
});

test('whole numbers keep all their digits', async () => {
  const { rows } = await trino.query(
    "select 9223372036854775807, -1234567890123456789, 12, 'a 1234567890123456789', 1e300, 1e0 / 3e0",
  );
  expect(rows).toEqual([['9223372036854775807', '-1234567890123456789', 12, 'a 1234567890123456789', 1e300, 1 / 3]]);
  expect(withWholeNumbers('["\\"1234567890123456789", 1234567890123456789]')).toBe(
    '["\\"1234567890123456789", "1234567890123456789"]',
  );
});

test('a server ends with the process that started it, even if that is killed outright', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-guard-'));
  const mark = `9${process.pid}${Date.now() % 100000}`;
  const code = `require(${JSON.stringify(join(__dirname, 'child.ts'))}).startChild('x', 'sleep', ['${mark}'], { log: ${JSON.stringify(join(folder, 'log'))} }); setTimeout(() => {}, 60000)`;
  const isRunning = (): boolean => spawnSync('pgrep', ['-f', `^sleep ${mark}`]).status === 0;
  const parent = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', code], {
    cwd: join(__dirname, '../..'),
    stdio: 'ignore',
  });
  await until(isRunning);
  parent.kill('SIGKILL');
  await until(() => !isRunning());
  rmSync(folder, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('that did not happen within ten seconds');
}
