import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../src/cli/main';
import { processTerminal, type Terminal } from '../../src/cli/terminal';
import { type FaultyS3, startFaultyS3 } from '../engines/athena/faulty-s3';
import { projectFile, SEGMENT, writeProject } from './run-cli';

let s3: FaultyS3;
let project: string;
const { env } = process;

beforeAll(async () => {
  s3 = await startFaultyS3();
  process.env = {
    ...env,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  project = writeProject({
    'tidemark.yml': projectFile().replace('orders.csv', 'sales.orders'),
    'segments/regulars.yml': SEGMENT,
  });
});
afterAll(async () => {
  process.env = env;
  await s3.stop();
  rmSync(project, { recursive: true, force: true });
});

/** The command in this process: starting one costs seconds, and what it prints is the same. */
async function push(...args: string[]): Promise<string> {
  let said = '';
  const terminal: Terminal = {
    ...processTerminal(),
    out: (text) => {
      said += text;
    },
  };
  await buildProgram(terminal).parseAsync(['node', 'tidemark', 'push', '--out', 's3://lake/shop', ...args]);
  return said;
}
const current = (): string => JSON.parse(s3.objects.get('shop/definitions/current.json')?.text ?? '{}').bundle;

test('definitions are published, changed, and taken back', async () => {
  const first = await push('--project', project);
  expect(first).toContain('The next night in s3://lake/shop begins with these definitions');
  const bundle = current();
  expect(JSON.parse(s3.objects.get(`shop/definitions/${bundle}.json`)?.text ?? '').files).toHaveProperty([
    'project/segments/regulars.yml',
  ]);
  writeFileSync(join(project, 'segments/regulars.yml'), SEGMENT.replace('at_least: 2', 'at_least: 3'));
  const second = JSON.parse(await push('--project', project, '--json'));
  expect(second).toMatchObject({ out: 's3://lake/shop', previous: bundle, is_changed: true, bundle: current() });
  expect(await push('--bundle', bundle.slice(0, 8))).toContain(
    `To go back: npx tidemark push --bundle ${second.bundle.slice(0, 12)} --out s3://lake/shop`,
  );
  expect(current()).toBe(bundle);
});

test('what a night would refuse is refused before anything is stored', async () => {
  const before = s3.seen.length;
  writeFileSync(join(project, 'segments/broken.yml'), SEGMENT.replace('purchase_days', 'purchase_dayz'));
  await expect(push('--project', project)).rejects.toMatchObject({ exitCode: 2, code: 'definition_errors' });
  rmSync(join(project, 'segments/broken.yml'));
  writeFileSync(join(project, 'tidemark.yml'), projectFile());
  await expect(push('--project', project)).rejects.toMatchObject({ exitCode: 2, code: 'source_not_a_table' });
  expect(s3.seen.length).toBe(before);
});
