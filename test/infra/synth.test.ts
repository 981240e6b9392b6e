import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTIONS } from '../../infra/functions';
import { ROOT } from './support';

/**
 * `npm run synth` as an engineer calls it: with bundles, with the rules that CloudFormation checks by itself, and without
 * any AWS credentials or network. Takes half a minute, so it is part of `npm run test:long`.
 */
jest.setTimeout(300_000);
const scratch = mkdtempSync(join(tmpdir(), 'tidemark-synth-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function synth(out: string, ...args: string[]) {
  const { CDK_VALIDATION: _, ...environment } = process.env;
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
  // What a proxy refuses is as good as no network.
  const offline = {
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return spawnSync('npm', ['run', '--silent', 'synth', '--', '--output', join(scratch, out), ...args], {
    cwd: ROOT,
    env: { ...env, ...offline, HOME: scratch },
    encoding: 'utf8',
  });
}

const templates = (out: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(scratch, out))
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => [name, readFileSync(join(scratch, out, name), 'utf8')]),
  );

test('both stacks, all bundles and the policies of source owners, twice the same', () => {
  const [first, second] = [synth('first'), synth('second')];
  expect([first.status, second.status, first.status === 0 ? '' : first.stderr]).toEqual([0, 0, '']);
  const made = templates('first');
  expect(Object.keys(made)).toEqual(['corner-store-pipeline.template.json', 'corner-store-storage.template.json']);
  expect(templates('second')).toEqual(made);
  const bundles = readdirSync(join(scratch, 'first')).filter((name) => name.startsWith('asset.'));
  expect(bundles).toHaveLength(Object.keys(FUNCTIONS).length);
  for (const bundle of bundles) expect(existsSync(join(scratch, 'first', bundle, 'index.mjs'))).toBe(true);
  expect(readdirSync(join(scratch, 'first', 'source-policies')).sort()).toEqual(['crm', 'shop']);
  // What CloudFormation takes at most.
  for (const text of Object.values(made)) expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
});

test('settings that contradict each other are told in a line each, without a trace, and nothing is made', () => {
  const file = join(scratch, 'deploy.yml');
  const example = join(ROOT, 'examples', 'deploy');
  const text = readFileSync(join(example, 'deploy.yml'), 'utf8');
  writeFileSync(file, text.replace('project: .', `project: ${example}`).replace('"03:30"', '"02:30"'));
  const { status, stderr } = synth('refused', '-c', `settings=${file}`);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/deploy.yml:\d+: 02:30 does not exist on every day in Europe\/Vienna/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('tidemark validate');
  expect(Object.keys(templates('refused'))).toEqual([]);
});
