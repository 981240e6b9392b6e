import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { errorsPage } from '../scripts/docs/errors-page';
import { generatedFiles, ROOT } from '../scripts/docs/generated-files';
import { thrownCodes } from '../scripts/docs/scan-errors';
import { tableColumns } from '../scripts/docs/table-columns';
import { RFM_NAMES } from '../src/core/settings/rfm-names';
import { model, modelSet } from './core/models/model';

const column = (name: string, type: string) => ({ name, type, description: `The ${name}` });

/** What is generated and committed is what the definitions say today: reference pages and JSON Schemas. */
const PATHS = [
  ...readdirSync(join(ROOT, 'docs/reference')).map((name) => `docs/reference/${name}`),
  ...readdirSync(join(ROOT, 'schemas')).map((name) => `schemas/${name}`),
  'infra/table-columns.yml',
].sort();
const files = generatedFiles();

it('every generated file is committed, and nothing else lies beside them', async () => {
  expect(Object.keys(await files).sort()).toEqual(PATHS);
});

it.each(PATHS)('the committed %s is fresh', async (path) => {
  const text = (await files)[path] ?? '';
  if (process.env.UPDATE === '1') {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  // Stale? npm run docs
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
});

it.each(PATHS.filter((path) => path.endsWith('.md')))('the anchors that %s links to exist', async (path) => {
  const all = await files;
  const anchors = (page: string) =>
    [...(all[page] ?? '').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
  const links = [...(all[path] ?? '').matchAll(/\]\(([a-z-]+\.md)?#([^)]+)\)/g)];
  const dead = links.filter(
    ([, page, anchor = '']) => !anchors(page ? `docs/reference/${page}` : path).includes(anchor),
  );
  expect(dead.map(([link]) => link)).toEqual([]);
});

describe('the inventory of tables and columns', () => {
  const COLUMNS = [column('id', 'varchar'), column('spend', 'bigint')];
  const inventory = (committed: string, columns = COLUMNS): string =>
    tableColumns(modelSet(model('people', 'snapshots', 'select 1 as x', { public: true, columns })), committed);

  it('takes columns that are added at the end, and tables that are new', () => {
    const before = inventory('');
    expect(parse(before)).toEqual({
      people_attempts: ['id string', 'spend bigint'],
      people_runs: ['id string', 'spend bigint'],
    });
    expect(inventory(before)).toBe(before);
    expect(inventory(before, [...COLUMNS, column('score', 'integer')])).toContain('- score int');
  });

  it.each([
    ['another type', [column('id', 'varchar'), column('spend', 'double')]],
    ['another name', [column('id', 'varchar'), column('spent', 'bigint')]],
    ['another place', [column('spend', 'bigint'), column('id', 'varchar')]],
    ['one put between', [column('id', 'varchar'), column('score', 'integer'), column('spend', 'bigint')]],
    ['one taken away', [column('id', 'varchar')]],
  ])('refuses a column of %s', (_, columns) => {
    expect(() => inventory(inventory(''), columns)).toThrow(/columns of people_attempts, people_runs were changed/);
  });

  it('refuses a table that is gone', () => {
    expect(() => inventory('gone_attempts:\n  - id string\n')).toThrow(/gone_attempts/);
  });
});

it('the page on RFM shows the cells as they are', () => {
  const text = readFileSync(join(ROOT, 'docs/lifecycle-and-rfm.md'), 'utf8');
  const rows = RFM_NAMES.grid.cells.map((names, row) => `| ${5 - row} | ${names.join(' | ')} |`);
  expect(text).toContain(rows.join('\n'));
});

describe('the scan for error codes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-codes-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const scanned = (text: string): string[] => {
    writeFileSync(join(folder, 'some.ts'), text);
    return thrownCodes(folder).map(({ code }) => code);
  };

  it.each([
    ["throw new EngineError({ code: 'no_luck', found })", ['no_luck']],
    ["throw new EngineError({\n      code: 'no_luck',\n", ['no_luck']],
    ["report(\n  'no_luck',", ['no_luck']],
    ["throw this.reader.error('no_luck', found, remedy)", ['no_luck']],
    ["return refuse(file, 'no_luck', found)", ['no_luck']],
    ["const zones = ['no_luck']", []],
    ["issue: Extract<Issue, { code: 'no_luck' }>", []],
  ])('%j holds %j', (text, codes) => expect(scanned(text)).toEqual(codes));

  it('a code without a line stops the page', async () => {
    scanned("throw new EngineError({ code: 'no_luck', found })");
    await expect(errorsPage([folder], [])).rejects.toThrow('no_luck has no line in scripts/docs/error-codes.yml');
  });
});
