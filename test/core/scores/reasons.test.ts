import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from '../../../src/core/scores/reasons';

/** Every reason that code or SQL can give is known to the summary and explained in docs/models.md, and no other is. */
const ROOT = join(__dirname, '../../..');
const textsOf = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));
const quoted = (text: string): string[] => [...text.matchAll(/'([a-z][a-z_0-9]*)'/g)].map(([, code]) => code as string);

/** Of unions of types, and of what abstains without one. ShiftAbstention leaves a fit without a shift and reaches nobody. */
function reasonsOfCode(): string[] {
  const texts = [...textsOf('src/core/statistics', '.ts'), ...textsOf('src/core/scores', '.ts')];
  const unions = texts.flatMap((text) => [
    ...text.matchAll(/export type (?!Shift)\w*(?:Abstention|Degeneracy) =\s*([^;]+);/g),
  ]);
  const shifts = ['no_positives', 'no_negatives'];
  const literals = texts.flatMap((text) => [...text.matchAll(/[aA]bstain: ('[a-z_]+')/g)]);
  return [...unions, ...literals].flatMap(([, text = '']) => quoted(text)).filter((code) => !shifts.includes(code));
}

/** Of SQL: the words of a case that becomes a column of reasons. */
function reasonsOfSql(): string[] {
  return textsOf('sql', '.sql').flatMap((text) =>
    [...text.matchAll(/case\b((?:(?!\bcase\b)[\s\S])*?)end\)? as \w*reason\b/g)].flatMap(([, body = '']) =>
      [...body.matchAll(/then '([a-z_]+)'/g)].map(([, code]) => code as string),
    ),
  );
}

const page = readFileSync(join(ROOT, 'docs/models.md'), 'utf8');
const table = page.slice(page.indexOf('## When nothing is said'), page.indexOf('# For a data scientist'));
const explained = [...table.matchAll(/^\|((?: `[a-z_]+`,?)+) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code as string),
);

/** Why a model scores is no reason to say nothing. */
const OF_SCORING = ['least_loss_on_newest_window'];

test('every reason of code and SQL is known and explained', () => {
  const given = [...new Set([...reasonsOfCode(), ...reasonsOfSql()])].sort();
  expect(given.length).toBeGreaterThan(25);
  expect(given.filter((code) => REASONS[code] === undefined)).toEqual([]);
  expect(given.filter((code) => !explained.includes(code))).toEqual([]);
});

test('what is explained is known, and the other way round, each once', () => {
  expect([...explained].sort()).toEqual([...new Set(explained)].sort());
  expect([...explained, ...OF_SCORING].sort()).toEqual(Object.keys(REASONS).sort());
});
