import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDERS, projectFile, runCli, SEGMENT, writeProject } from './run-cli';

const FILES = { 'tidemark.yml': projectFile(), 'orders.csv': ORDERS, 'segments/regulars.yml': SEGMENT };

interface Report {
  ok: boolean;
  checks: { area: string; check: string; ok: boolean; errors: { code: string }[] }[];
}

test('a project that is right: everything is tried, every statement explained, and nothing is left behind', async () => {
  const project = writeProject(FILES);
  const { code, stdout, stderr } = await runCli(['doctor', '--project', project, '--json']);
  expect(stderr).toBe('');
  const report: Report = JSON.parse(stdout);
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(code).toBe(0);
  expect(report.ok).toBe(true);
  const checks = (area: string) => report.checks.filter((each) => each.area === area).map(({ check }) => check);
  expect(checks('files')).toEqual(['list', 'write, if the key is new', 'read', 'replace, if unchanged', 'delete']);
  expect(checks('sources')).toEqual(['orders']);
  expect(checks('statements')).toEqual(expect.arrayContaining(['stg_orders', 'people', 'audiences', 'changes']));
  expect(existsSync(join(project, 'out', 'doctor'))).toBe(false);
  expect(readdirSync(join(project, 'out')).filter((name) => name !== '.tidemark')).toEqual([]);
});

test('a source whose file lacks a column: the rest is still tried, statements are not', async () => {
  const project = writeProject({ ...FILES, 'tidemark.yml': projectFile().replace('total', 'totall') });
  const { code, stdout } = await runCli(['doctor', '--project', project]);
  expect(code).toBe(1);
  expect(stdout).toContain('ok      files: list; write, if the key is new; read; replace, if unchanged; delete');
  expect(stdout).toMatch(/FAILED {2}sources: orders: \w+/);
  expect(stdout).toContain('there is no column "totall"');
  expect(stdout).toContain('statements: not tried, as what they need failed');
  expect(stdout).toContain(', 1 failed');
  expect(stdout).not.toContain('anna');
});

test('a project that cannot be read is told as by every command', async () => {
  const project = writeProject(FILES);
  writeFileSync(join(project, 'tidemark.yml'), projectFile('    colums: {}\n'));
  const { code, stderr } = await runCli(['doctor', '--project', project]);
  expect(code).toBe(2);
  expect(stderr).toContain('colums');
});
