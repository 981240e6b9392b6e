import type { DefinitionError, Place } from '../errors';
import { FragmentParser } from './fragment-parser';
import type { Expression } from './fragment-scope';
import { TokenReader } from './syntax';

/** A column a fragment may use, and the SQL that stands for it. */
export interface FragmentColumn {
  name: string;
  /** What stands for the column where nothing tells how it is meant. */
  sql: string;
  /** What stands for it where it is used as a text: beside a text literal, `||`, like, or in a text function. */
  text?: string;
  /** What stands for it in arithmetic and beside a number. */
  number?: string;
  /** Type of `sql` as far as it matters here. */
  type?: Expression['type'];
}

export interface FragmentOptions {
  columns: readonly FragmentColumn[];
  /** How the error calls the text, such as `where of orders`. */
  what: string;
  /** Whether it must be true or false, as `where` must. */
  isCondition?: boolean;
  place?: Place | undefined;
}

export interface Fragment {
  /** An expression in the portable subset, safe to embed in parentheses. */
  sql: string;
  /** The presentations (`sql`, `text` or `number` of a column) that occur in it. */
  uses: ReadonlySet<string>;
  /** Those of them that occur outside of case and if, where a value that does not fit is an error of the row. */
  usesUnguarded: ReadonlySet<string>;
  /** Conditions that are true where a cast outside of case and if fails. */
  failedCasts: readonly { when: string; type: string }[];
  /** The type, where the fragment says so itself: a cast, a single column, or a function of known type. */
  type: Expression['type'];
}

export const MOST_FRAGMENT_CHARACTERS = 10_000;

/**
 * Validates an expression a user wrote (`where:`, `{ sql: ... }`) and renders it in the portable subset.
 *
 * Only columns of the source (matched without regard to case, rendered as given in `columns`), literals, operators,
 * case, cast, in, between, like, is null, is distinct from, `at time zone` and the functions of functions.ts.
 * - A decimal literal becomes a cast of its own digits, `1.5` -> `cast('1.5' as decimal(2,1))`.
 * - `a / 100` becomes a multiplication; other divisions need cast(a as double) / nullif(b, 0).
 * - A cast becomes try_cast, so that no value of a row can stop the night or reach an error message; where it fails
 *   outside of case and if is told in `failedCasts`. A try_cast of the user's own fails to null silently.
 *
 * @throws DefinitionError codes `sql_too_long`, `sql_unreadable`, `sql_incomplete`, `sql_syntax`, `sql_unknown_column`,
 *   `sql_unknown_function`, `sql_unknown_type`, `sql_division`, `sql_number`, `sql_no_condition`
 */
export function compileFragment(text: string, options: FragmentOptions): Fragment {
  if (text.length > MOST_FRAGMENT_CHARACTERS) {
    throw tooLong(text, options);
  }
  const reader = new TokenReader(text, options.what, options.place);
  const refused = reader.tokens.find((token) => token.kind === 'comment' || token.kind === 'placeholder');
  if (refused) {
    throw reader.error(
      'sql_unreadable',
      `a ${refused.kind} is not allowed`,
      'write one expression over the columns of the source',
    );
  }
  const parser = new FragmentParser(reader, options.columns);
  const expression = parser.whole(options.isCondition);
  return {
    sql: expression.sql,
    uses: parser.scope.uses,
    usesUnguarded: parser.scope.usesUnguarded,
    failedCasts: parser.scope.failedCasts,
    type: expression.type,
  };
}

function tooLong(text: string, options: FragmentOptions): DefinitionError {
  return new TokenReader('', options.what, options.place).error(
    'sql_too_long',
    `${text.length} characters are more than ${MOST_FRAGMENT_CHARACTERS}`,
    'use a query file instead',
  );
}
