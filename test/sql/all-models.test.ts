import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAYERS, type Model } from '../../src/core/models/model';
import { loadModels } from '../../src/project/load-models';
import { SQL_FOLDER } from '../../src/project/product';
import { fixtureCases } from '../support/fixture-case';

const CASES = fixtureCases(__dirname);

/** Most lines a model's SQL may have. */
const MOST_LINES = 80;

/** Models of the orders path that need no cases of their own. */
const WITHOUT_CASES: string[] = [];

const KEYWORDS =
  /\b(SELECT|FROM|WHERE|WITH|AS|AND|OR|NOT|NULL|CASE|WHEN|THEN|ELSE|END|JOIN|LEFT|INNER|CROSS|FULL|OUTER|ON|UNION|ALL|GROUP|ORDER|BY|PARTITION|OVER|CAST|COALESCE|SUM|COUNT|MIN|MAX|DISTINCT|DATE|LIMIT|IN|IS)\b/;

let models: Model[];
beforeAll(async () => {
  models = await loadModels(SQL_FOLDER);
});

const textOf = (model: Model): string => readFileSync(join(__dirname, '../..', model.file), 'utf8');

/** Names of the models for which something does not hold: the failure lists them. */
const failing = (holds: (model: Model) => boolean): string[] =>
  models.filter((model) => !holds(model)).map((model) => model.name);

/** The text outside of comments and of texts in quotes. */
const code = (sql: string): string => sql.replace(/--.*$/gm, '').replace(/'[^']*'/g, "''");

/** Names of the output columns of the last CTE, in order, as far as they are written out. */
function writtenColumns(sql: string): string[] | undefined {
  const body = /\nfinal as \(\n([\s\S]*?)\n\)\n\nselect \* from final$/.exec(sql.trimEnd())?.[1];
  const list = body && /^ {4}select(?: distinct)?\s([\s\S]*?)\n? {4}from\s/.exec(`${body}`)?.[1];
  if (
    !list ||
    /\*/.test(
      code(list)
        .replace(/count\(\*\)/g, '')
        .replace(/ \* /g, ''),
    )
  )
    return undefined;
  let depth = 0;
  const parts: string[] = [''];
  for (const character of code(list)) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => /([a-z0-9_]+)\s*$/.exec(part.trim())?.[1] ?? '?');
}

describe('every model', () => {
  test('is in a layer folder that exists', () => {
    expect(failing((model) => LAYERS.includes(model.layer))).toEqual([]);
    expect(models.length).toBeGreaterThan(40);
  });

  test('has a description whose last sentence is its grain', () => {
    expect(failing((model) => /(^|\. )One row[^.]*(\.|: [^.]*\.)$/.test(model.sidecar.description.trim()))).toEqual([]);
  });

  test('describes every column', () => {
    expect(failing((model) => model.sidecar.columns.every((column) => column.description.length > 2))).toEqual([]);
  });

  test(`has under ${MOST_LINES} lines`, () => {
    expect(failing((model) => textOf(model).trimEnd().split('\n').length < MOST_LINES)).toEqual([]);
  });

  test('ends in select * from final', () => {
    expect(failing((model) => textOf(model).endsWith('\n)\n\nselect * from final\n'))).toEqual([]);
  });

  test('has its columns in the order of its sidecar', () => {
    const differing = models.filter((model) => {
      const names = writtenColumns(model.sql);
      return (
        names !== undefined &&
        model.sidecar.columns.length > 1 &&
        names.join() !== model.sidecar.columns.map((column) => column.name).join()
      );
    });
    expect(differing.map((model) => [model.name, writtenColumns(model.sql)])).toEqual([]);
  });

  test('has keywords in lower case, comments with two dashes, and no semicolon', () => {
    expect(failing((model) => !KEYWORDS.test(code(model.sql)))).toEqual([]);
    expect(failing((model) => !/\/\*|;/.test(code(model.sql)))).toEqual([]);
  });

  test('is indented by fours, without tabs or trailing spaces', () => {
    const isIndented = (line: string): boolean =>
      / *\S|^$/.test(line) && !/\t|\s$/.test(line) && (/^ */.exec(line)?.[0].length ?? 0) % 4 === 0;
    expect(failing((model) => model.sql.split('\n').every(isIndented))).toEqual([]);
  });

  test('has no bare decimal, no clock and no chance in it', () => {
    const forbidden =
      /(?<![\w'.])\d+\.\d+|\bcurrent_date\b|\bcurrent_timestamp\b|\bnow\(|\brandom\(|\buuid\(|\bapprox_\w+\(|\bqualify\b|\bexclude\b/;
    expect(failing((model) => !forbidden.test(code(model.sql)))).toEqual([]);
  });

  test('has a key where it is public, unless it is one row', () => {
    const hasKey = (model: Model): boolean =>
      model.sidecar.unique_key.length > 0 || /One row\.$/.test(model.sidecar.description.trim());
    expect(failing((model) => !model.sidecar.public || hasKey(model))).toEqual([]);
  });

  test('has a fixture', () => {
    const tested = new Set(CASES.map((fixture) => fixture.model));
    expect(failing((model) => tested.has(model.name) || WITHOUT_CASES.includes(model.name))).toEqual([]);
  });

  test('has a fixture without input', () => {
    const tested = new Set(
      CASES.filter((fixture) => Object.values(fixture.input.given ?? {}).flat().length === 0).map(
        (fixture) => fixture.model,
      ),
    );
    expect(failing((model) => tested.has(model.name) || WITHOUT_CASES.includes(model.name))).toEqual([]);
  });
});
