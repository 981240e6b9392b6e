import { DefinitionError, type Place } from '../errors';
import { suggest } from '../nearest';
import { QUERY_FUNCTIONS } from './functions';
import { QueryScanner } from './query-scanner';
import { DIVISION_REMEDY, isPlain, portableNumber, powerOfTenFactor, TokenReader } from './syntax';
import type { Token } from './tokens';

export interface QueryOptions {
  /** Names a placeholder may read: the keys of `inputs:`. */
  inputs: readonly string[];
  /** How the error calls the text, such as `sources/orders.sql`. */
  what: string;
  place?: Place | undefined;
}

export const MOST_QUERY_CHARACTERS = 100_000;

/** Words that name what a query may not read or do; everything else unknown is taken for a column or an alias. */
const REFUSED = new Map<string, string>([
  ...[
    'insert',
    'update',
    'delete',
    'create',
    'drop',
    'alter',
    'copy',
    'attach',
    'detach',
    'install',
    'load',
    'set',
  ].map((word): [string, string] => [word, 'a query only reads']),
  ...[
    'pragma',
    'call',
    'execute',
    'prepare',
    'export',
    'import',
    'grant',
    'into',
    'describe',
    'summarize',
    'explain',
  ].map((word): [string, string] => [word, 'a query only reads']),
  ...['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'now'].map(
    (word): [string, string] => [word, 'the same night must give the same rows; leave the clock out'],
  ),
  ...['current_user', 'current_schema', 'current_catalog', 'session_user'].map((word): [string, string] => [
    word,
    'leave it out',
  ]),
  ...['lateral', 'pivot', 'unpivot', 'qualify', 'tablesample', 'match_recognize', 'recursive', 'values', 'table'].map(
    (word): [string, string] => [word, 'it is outside the portable subset; write common table expressions and joins'],
  ),
]);

/** Words after which an opening parenthesis is no function call. */
const BEFORE_PARENTHESIS = new Set(
  'and or not in exists as on using over filter by when then else case where having select distinct all any some from join union intersect except between like is with cast try_cast partition order group sets rollup cube end decimal'.split(
    ' ',
  ),
);

/**
 * Validates a whole `query:` file: one SELECT (WITH allowed) in the portable subset, reading only its inputs through
 * `{{ source('input') }}` and its own common table expressions, calling only known functions.
 * @throws DefinitionError codes `sql_too_long`, `sql_unreadable`, `sql_syntax`, `sql_unknown_table`,
 *   `sql_unknown_function`, `sql_unknown_input`, `sql_not_allowed`, `sql_division`, `sql_number`
 */
export function validateQuery(text: string, options: QueryOptions): void {
  rewritten(text, options);
}

/**
 * The query with its inputs put in: a SELECT to be embedded in parentheses. Comments are left out, decimal literals
 * become casts and divisions by powers of ten multiplications, as in fragments.
 * @param inputs relation SQL by input name, each able to stand in a FROM clause
 * @throws DefinitionError as validateQuery does
 */
export function renderQuery(
  text: string,
  inputs: Readonly<Record<string, string>>,
  options: Omit<QueryOptions, 'inputs'> = { what: 'the query' },
): string {
  const parts = rewritten(text, { ...options, inputs: Object.keys(inputs) });
  return parts.map((part) => (typeof part === 'string' ? part : inputs[part.input])).join('');
}

/** The text cut at its placeholders. */
function rewritten(text: string, options: QueryOptions): (string | { input: string })[] {
  if (text.length > MOST_QUERY_CHARACTERS) {
    throw new DefinitionError({
      code: 'sql_too_long',
      found: `${options.what}: ${text.length} characters are more than ${MOST_QUERY_CHARACTERS}`,
      remedy: 'make a table or view of it in your warehouse',
      ...(options.place ? { place: options.place } : {}),
    });
  }
  const reader = new TokenReader(text, options.what, options.place);
  const tokens = reader.tokens.filter((token) => token.kind !== 'comment');
  const scanner = new QueryScanner(reader, tokens);
  scanner.scan();
  const parts: (string | { input: string })[] = [];
  let end = 0;
  let index = -1;
  for (const token of reader.tokens) {
    parts.push(text.slice(end, token.at));
    end = token.at + token.raw.length;
    if (token.kind === 'comment') continue;
    index++;
    checkToken(reader, tokens, index, scanner, options);
    parts.push(token.kind === 'placeholder' ? { input: token.value } : renderToken(reader, tokens, index));
  }
  return parts;
}

function checkToken(
  reader: TokenReader,
  tokens: readonly Token[],
  index: number,
  scanner: QueryScanner,
  options: QueryOptions,
): void {
  const token = tokens[index] as Token;
  const before = tokens[index - 1];
  const where = reader.lineOf(token.line);
  if (token.kind === 'placeholder') {
    if (token.placeholder === 'source' && options.inputs.includes(token.value)) return;
    const hint = suggest(token.value, options.inputs);
    throw reader.error(
      'sql_unknown_input',
      `${token.raw}${where} is none of its inputs`,
      `write {{ source('...') }}: ${hint}`,
    );
  }
  if (token.kind !== 'word' && token.kind !== 'quoted') return;
  const refusal = token.kind === 'word' && !isPlain(before, '.') ? REFUSED.get(token.value) : undefined;
  if (refusal) throw reader.error('sql_not_allowed', `${token.raw}${where} is not allowed`, refusal);
  if (isPlain(before, '.') && isPlain(tokens[index + 1], '.')) {
    throw reader.error('sql_not_allowed', `a name of three parts${where}`, 'write alias.column');
  }
  if (!isPlain(tokens[index + 1], '(')) return;
  if (isPlain(before, 'as') || scanner.declarations.has(index)) return;
  const isPlainWord = token.kind === 'word' && !isPlain(before, '.');
  if (isPlainWord && (BEFORE_PARENTHESIS.has(token.value) || QUERY_FUNCTIONS.has(token.value))) return;
  throw reader.error(
    'sql_unknown_function',
    `${token.raw}()${where} is not a function that can be used here`,
    suggest(token.value, [...QUERY_FUNCTIONS].sort()),
  );
}

function renderToken(reader: TokenReader, tokens: readonly Token[], index: number): string {
  const token = tokens[index] as Token;
  const where = reader.lineOf(token.line);
  if (isPlain(token, '/')) {
    const divisor = tokens[index + 1];
    if (divisor?.kind === 'number' && powerOfTenFactor(divisor.raw)) return '*';
    if (isPlain(divisor, 'nullif') && endsCastAsDouble(tokens, index - 1)) return '/';
    throw reader.error('sql_division', `a division${where}`, DIVISION_REMEDY);
  }
  if (token.kind !== 'number') return token.raw;
  const factor = isPlain(tokens[index - 1], '/') ? powerOfTenFactor(token.raw) : undefined;
  const number = factor ?? portableNumber(token.raw);
  if (number) return number;
  throw reader.error('sql_number', `the number ${token.raw}${where} has too many digits`, 'write at most 18 digits');
}

function endsCastAsDouble(tokens: readonly Token[], index: number): boolean {
  return isPlain(tokens[index], ')') && isPlain(tokens[index - 1], 'double') && isPlain(tokens[index - 2], 'as');
}
