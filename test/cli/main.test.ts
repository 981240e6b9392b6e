import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { ORDERS, projectFile, writeProject } from './run-cli';

/** What a command says and how it ends, in this process: for everything that ends before an engine starts. */
let project: string;
let said: { out: string; err: string };

beforeAll(() => {
  project = writeProject({ 'tidemark.yml': projectFile(), 'orders.csv': ORDERS, 'a-file': '' });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

beforeEach(() => {
  said = { out: '', err: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += text;
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += text;
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

const tidemark = (...args: string[]): Promise<number> => main(['node', 'tidemark', ...args]);

test.each([
  ['an unknown command', ['rnu'], "unknown command 'rnu'\n(Did you mean run?)"],
  ['an unknown option', ['run', '--night', '3'], "unknown option '--night'\n(Did you mean --nights?)"],
  ['a word too many', ['run', 'demo-shop'], 'too many arguments'],
  ['a missing argument', ['demo'], "missing required argument 'dir'"],
  ['nights that are no number', ['run', '--nights', 'three'], 'Give a whole number from 1 to 1000.'],
  ['no nights', ['run', '--nights', '0'], 'Give a whole number from 1 to 1000.'],
  ['a day that does not exist', ['run', '--run-date', '2025-02-30'], 'Give a day of the calendar as YYYY-MM-DD.'],
  ['too many customers', ['demo', 'x', '--customers', '1e12'], 'Give a whole number from 1 to 20000000.'],
  ['an unknown thing to make', ['new', 'segmnt', 'x'], 'segment'],
])('%s: exit 2, told on stderr with what is near', async (_, args, text) => {
  expect(await tidemark(...args)).toBe(2);
  expect(said.err).toContain(text);
  expect(said.out).toBe('');
});

test.each([
  ['no project file', () => ['--project', join(project, 'nowhere')], 'tidemark.yml'],
  [
    'a file as output folder',
    () => ['--project', project, '--out', join(project, 'a-file')],
    'the output folder is a file',
  ],
  ['an output that is no folder', () => ['--project', project, '--out', 's3://bucket/out'], 'is no local folder'],
  ['a run date to come', () => ['--project', project, '--run-date', '2999-01-01'], 'is not over yet in Europe/Vienna'],
  [
    'a run date to come, with nights before it',
    () => ['--project', project, '--run-date', '2999-01-01', '--nights', '2'],
    'is not over yet',
  ],
])('run with %s: exit 2', async (_, args, text) => {
  expect(await tidemark('run', ...args())).toBe(2);
  expect(said.err).toContain(text);
  expect(said.err).toContain('→');
  expect(said.out).toBe('');
});

test.each([
  ['no place', [], 'add --out s3://bucket/prefix'],
  ['a folder as place', ['--out', './out'], '--out "./out" is no place on S3'],
  ['a wrong database', ['--out', 's3://bucket/x', '--database', 'My-Shop'], '--database "My-Shop" is no name'],
  ['no project', ['--out', 's3://bucket/x', '--project', 'nowhere'], 'tidemark.yml'],
])('catalog with %s: exit 2', async (_, args, text) => {
  const before = process.env.TIDEMARK_OUT;
  delete process.env.TIDEMARK_OUT;
  expect(await tidemark('catalog', '--project', project, ...args)).toBe(2);
  if (before !== undefined) process.env.TIDEMARK_OUT = before;
  expect(said.err).toContain(text);
  expect(said.out).toBe('');
});

test('several errors are told at once, and --json prints them as JSON too', async () => {
  const wrong = projectFile().replace('currency: EUR', 'currency: euro').replace('shop:', 'shp:');
  writeFileSync(join(project, 'tidemark.yml'), wrong);
  try {
    expect(await tidemark('run', '--project', project, '--json')).toBe(2);
    const { error } = JSON.parse(said.out);
    expect(error.errors.length).toBeGreaterThan(1);
    expect(said.err).toContain('things to mend');
    said.out = '';
    expect(await tidemark('validate', '--project', project, '--json')).toBe(2);
    expect(JSON.parse(said.out).valid).toBe(false);
  } finally {
    writeFileSync(join(project, 'tidemark.yml'), projectFile());
  }
});

test('a project that is a file is said to be one', async () => {
  expect(await tidemark('run', '--project', join(project, 'orders.csv'))).toBe(2);
  expect(said.err).toContain('orders.csv is not a folder');
});

test('--debug may stand before the command too', async () => {
  expect(await tidemark('--debug', 'validate', '--project', project)).toBe(0);
  expect(await tidemark('--debug', 'run', '--project', join(project, 'orders.csv'))).toBe(2);
  expect(said.err).toContain('    at ');
});

test('an output folder among the sources: exit 2', async () => {
  expect(await tidemark('run', '--project', project, '--out', project)).toBe(2);
  expect(said.err).toContain('a run could read what it wrote');
});

test('validate says that a project is valid', async () => {
  expect(await tidemark('validate', '--project', project)).toBe(0);
  expect(said.out).toContain('is valid: 1 source');
});

test('validate --data looks at files and columns, and writes nothing', async () => {
  expect(await tidemark('validate', '--project', project, '--data')).toBe(0);
  expect(said.out).toContain('orders: 1 file, 0 kB, columns and first rows fit');
  writeFileSync(join(project, 'orders.csv'), 'id,buyer,total\n1,anna,20\n');
  expect(await tidemark('validate', '--project', project, '--data')).toBe(3);
  expect(said.err).toContain('orders.ordered_at: there is no column "day"');
  writeFileSync(join(project, 'orders.csv'), `${ORDERS}8,dora,08.03.2025,1.00\n`);
  expect(await tidemark('validate', '--project', project, '--data')).toBe(3);
  expect(said.err).toContain(
    'orders: 1 row has a value that cannot be read, among the first 10,000: ordered_at:not_a_time',
  );
  writeFileSync(join(project, 'orders.csv'), ORDERS);
  expect(existsSync(join(project, 'out', 'current.json'))).toBe(false);
});

test('every command explains itself with an example', async () => {
  for (const command of [
    [],
    ['run'],
    ['validate'],
    ['demo'],
    ['new', 'segment'],
    ['new', 'model'],
    ['catalog'],
    ['report', 'models'],
  ]) {
    said.out = '';
    expect(await tidemark(...command, '--help')).toBe(0);
    expect(said.out).toMatch(/Example:\n {2}npx tidemark/);
  }
});

test('a report of a place where nothing is published says what to do', async () => {
  expect(await tidemark('report', 'models', '--project', project, '--out', join(project, 'none'))).toBe(2);
  expect(said.err).toContain('nothing is published in');
  expect(said.err).toContain('run a night first with tidemark run');
  expect(existsSync(join(project, 'none'))).toBe(false);
});
