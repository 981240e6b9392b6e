import fc from 'fast-check';
import { compileFragment } from '../../../src/core/sql/fragment';
import { SCALAR_FUNCTIONS } from '../../../src/core/sql/functions';
import { tokenize } from '../../../src/core/sql/tokens';
import { openConnection } from '../sources/run';

const columns = [
  { name: 'total', sql: 'number_1', text: 'raw_1', number: 'number_1', type: 'number' as const },
  { name: 'Status', sql: 'raw_2', text: 'raw_2', number: 'number_2', type: 'text' as const },
  { name: 'a "b"', sql: 'raw_3' },
  { name: 'day', sql: 'raw_4', type: 'date' as const },
  { name: 'ID', sql: 'raw_5' },
  { name: 'id', sql: 'raw_6' },
];
const compile = (text: string) =>
  compileFragment(text, { columns, what: 'where of orders', place: { file: 'tidemark.yml', line: 7 } });

test.each<[string, string]>([
  ['total', 'number_1'],
  ['TOTAL > 0', 'number_1 > 0'],
  ["total like 'C%'", "raw_1 like 'C%'"],
  ["total = 'x' or total is null", "raw_1 = 'x' or raw_1 is null"],
  ["total || '-' || status", "raw_1 || '-' || raw_2"],
  ["total in ('a', 'b')", "raw_1 in ('a', 'b')"],
  ['total not in (1, 2)', 'number_1 not in (1, 2)'],
  ['total between 1 and 2 and status is not null', 'number_1 between 1 and 2 and raw_2 is not null'],
  ["status is distinct from 'it''s'", "raw_2 is distinct from 'it''s'"],
  ['status + 1', 'number_2 + 1'],
  ['status * total', 'number_2 * number_1'],
  ['"a ""b""" = 1', 'raw_3 = 1'],
  ['"id" = 1', 'raw_6 = 1'],
  ['not not total > 1', 'number_1 > 1'],
  ['not (total > 1)', 'not ((number_1 > 1))'],
  ['- -total', 'number_1'],
  ['-total - -1', '(- number_1) - (- 1)'],
  ['total != 1.50', "number_1 <> cast('1.50' as decimal(3,2))"],
  ['total > 15e-1', 'number_1 > 15E-1'],
  ['(total + 1) / 100', "(number_1 + 1) * cast('0.01' as decimal(3,2))"],
  ['cast(total as double) / nullif(3, 0)', 'try_cast(number_1 as double) / nullif(3, 0)'],
  ["day >= date '2024-01-31'", "raw_4 >= date '2024-01-31'"],
  ["cast(day + interval '7' day as date)", "try_cast(raw_4 + interval '7' day as date)"],
  ['day(day)', 'day(raw_4)'],
  ['lower(total)', 'lower(raw_1)'],
  ['abs(status)', 'abs(number_2)'],
  ["coalesce(status, 'x')", "coalesce(raw_2, 'x')"],
  ["case status when 'a' then 1 else 2 end", "case raw_2 when 'a' then 1 else 2 end"],
  [
    "cast(with_timezone(cast(day as timestamp), 'UTC') at time zone 'Europe/Vienna' as date)",
    "try_cast(with_timezone(try_cast(raw_4 as timestamp), 'UTC') at time zone 'Europe/Vienna' as date)",
  ],
])('%s', (text, expected) => {
  expect(compile(text).sql).toBe(expected);
});

test.each<[string, string]>([
  ['', 'sql_incomplete'],
  ['total;', 'sql_unreadable'],
  ['total -- all of it', 'sql_unreadable'],
  ['total /* x */', 'sql_unreadable'],
  ["{{ ref('x') }}", 'sql_unreadable'],
  ['{{ x }}', 'sql_unreadable'],
  ['total::int', 'sql_unreadable'],
  ["'open", 'sql_unreadable'],
  ['total $$ x', 'sql_unreadable'],
  ['x -> x', 'sql_unreadable'],
  ['total % 2', 'sql_unreadable'],
  ['totl', 'sql_unknown_column'],
  ['iD', 'sql_unknown_column'],
  ['total.x', 'sql_syntax'],
  ['(total', 'sql_syntax'],
  ['total)', 'sql_syntax'],
  ['total, total', 'sql_syntax'],
  ['(total, total)', 'sql_syntax'],
  ['total total', 'sql_syntax'],
  ['(select 1)', 'sql_syntax'],
  ['total in (select 1)', 'sql_syntax'],
  ['exists (select 1)', 'sql_syntax'],
  ['case total end', 'sql_syntax'],
  ['total as x', 'sql_syntax'],
  ['sum(total)', 'sql_unknown_function'],
  ['count(*)', 'sql_unknown_function'],
  ['random()', 'sql_unknown_function'],
  ["read_text('/etc/passwd')", 'sql_unknown_function'],
  ["getenv('HOME')", 'sql_unknown_function'],
  ['row_number() over ()', 'sql_unknown_function'],
  ['substr(total)', 'sql_syntax'],
  ['status or total > 0', 'sql_no_condition'],
  ['total > 0 and total', 'sql_no_condition'],
  ["not 'x'", 'sql_no_condition'],
  ['total / 3', 'sql_division'],
  ['total / status', 'sql_division'],
  ['cast(total as hugeint)', 'sql_unknown_type'],
  ['cast(total as decimal(39,2))', 'sql_unknown_type'],
  ["date '2023-02-29'", 'sql_syntax'],
  ["interval '7' fortnight", 'sql_syntax'],
  ['12345678901234567890', 'sql_number'],
  [`total${' + 1'.repeat(3000)}`, 'sql_too_long'],
  [`${'('.repeat(200)}total${')'.repeat(200)}`, 'sql_syntax'],
])('%s is refused', (text, code) => {
  expect(() => compile(text)).toThrow(
    expect.objectContaining({ name: 'DefinitionError', code, place: { file: 'tidemark.yml', line: 7 } }),
  );
});

test('an unknown name comes with the nearest one', () => {
  expect(() => compile('totl > 1')).toThrow(/did you mean total\?/);
  expect(() => compile('lowr(status)')).toThrow(/did you mean lower\?/);
});

test('what a cast or a case guards is told apart', () => {
  expect([...compile("case when status = 'x' then total end").usesUnguarded]).toEqual([]);
  expect([...compile('try_cast(total as bigint) + 1').usesUnguarded]).toEqual([]);
  expect([...compile('total + 1').usesUnguarded]).toEqual(['number_1']);
  expect(compile('cast(day as timestamp)').failedCasts).toEqual([
    { when: '(raw_4) is not null and try_cast(raw_4 as timestamp) is null', type: 'timestamp' },
  ]);
});

/** Pieces that make up plausible and hostile fragments alike. */
const pieces = [
  ...[
    'total',
    'status',
    '"a ""b"""',
    'day',
    '(',
    ')',
    ',',
    '+',
    '-',
    '*',
    '/',
    '||',
    '=',
    '<>',
    "'x'",
    "''",
    "'--'",
    "';'",
  ],
  ...[
    '1',
    '1.5',
    '100',
    'and',
    'or',
    'not',
    'is',
    'null',
    'in',
    'between',
    'like',
    'case',
    'when',
    'then',
    'else',
    'end',
  ],
  ...[
    'cast',
    'as',
    'date',
    'varchar',
    'lower',
    'sum',
    'select',
    'from',
    ';',
    '--',
    '/*',
    "'",
    '"',
    '$',
    'union',
    'read_csv',
    '{{',
  ],
];

test('nothing but known columns, functions and literals is ever rendered, and the engine can parse it', async () => {
  const connection = await openConnection();
  const known = /^(number|raw)_[1-6]$/;
  const words = new Set(
    'and or not is null in between like escape case when then else end cast try_cast as date timestamp interval varchar bigint integer double boolean decimal true false distinct from day month year hour minute second at time zone'.split(
      ' ',
    ),
  );
  const aliases = [1, 2, 3, 4, 5, 6].flatMap((n) => [
    `cast(null as varchar) as raw_${n}`,
    `cast(null as bigint) as number_${n}`,
  ]);
  let compiled = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 9 }), async (parts) => {
      let sql: string;
      try {
        sql = compile(parts.join(' ')).sql;
      } catch (error) {
        expect((error as Error).name).toBe('DefinitionError');
        return;
      }
      compiled++;
      const tokens = tokenize(sql);
      if (!Array.isArray(tokens)) throw new Error(`not readable again: ${sql}`);
      for (const [index, token] of tokens.entries()) {
        expect(['word', 'text', 'number', 'symbol']).toContain(token.kind);
        if (token.kind !== 'word') continue;
        const isCall = tokens[index + 1]?.raw === '(' && SCALAR_FUNCTIONS.has(token.value);
        expect(isCall || known.test(token.value) || words.has(token.value)).toBe(true);
      }
      const failure = await connection
        .run(`select (${sql}) from (select ${aliases.join(', ')}) as t`)
        .catch((error: Error) => error.message);
      if (typeof failure === 'string') expect(failure).not.toMatch(/^Parser Error/);
    }),
    { numRuns: 4000 },
  );
  expect(compiled).toBeGreaterThan(50);
});
