import { isPlain, type TokenReader } from './syntax';
import type { Token } from './tokens';

type Clause = 'start' | 'select' | 'from' | 'other';

/** One level of parentheses, or the text as a whole. */
interface Level {
  /** Whether a SELECT stands here; else it is an expression, a list or a parenthesised join. */
  isQuery: boolean;
  clause: Clause;
  /** True right after from, join or a comma of a FROM clause: a table must come. */
  wantsTable: boolean;
}

const ENDS_FROM = new Set([
  'where',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'window',
  'union',
  'intersect',
  'except',
]);

/**
 * Walks the levels of parentheses of a query and makes sure that every table it names is a placeholder, a subquery,
 * unnest(...) or one of its own common table expressions.
 */
export class QueryScanner {
  /** Where common table expressions are named: index of the token to the name in lower case. */
  readonly declarations: ReadonlyMap<number, string>;
  private readonly names: ReadonlySet<string>;
  private readonly levels: Level[] = [{ isQuery: true, clause: 'start', wantsTable: false }];

  constructor(
    private readonly reader: TokenReader,
    private readonly tokens: readonly Token[],
  ) {
    this.declarations = declarationsOf(tokens);
    this.names = new Set(this.declarations.values());
  }

  /** @throws DefinitionError codes `sql_syntax`, `sql_unknown_table` */
  scan(): void {
    const [first] = this.tokens;
    if (!first || !(isPlain(first, 'select') || isPlain(first, 'with'))) {
      throw this.reader.error('sql_syntax', 'the text is no SELECT', 'begin with select or with');
    }
    this.tokens.forEach((token, index) => {
      this.step(token, index);
    });
    const level = this.levels[0] as Level;
    if (this.levels.length > 1)
      throw this.reader.error('sql_syntax', 'a parenthesis is never closed', 'close it with )');
    if (level.wantsTable) throw this.wrongTable(undefined);
    if (level.clause === 'start') throw this.reader.error('sql_syntax', 'the select is missing', 'end with a select');
  }

  private step(token: Token, index: number): void {
    const level = this.levels.at(-1) as Level;
    if (isPlain(token, '(')) this.open(level, index);
    else if (isPlain(token, ')')) this.close(token);
    else if (level.wantsTable) this.table(level, token, index);
    else this.other(level, token, index);
  }

  private other(level: Level, token: Token, index: number): void {
    if (token.kind === 'placeholder') throw this.misplaced(token);
    if (isPlain(this.tokens[index - 1], '.')) return;
    if (token.kind === 'symbol' && token.value === ',' && level.clause === 'from') level.wantsTable = true;
    if (token.kind === 'word') this.word(level, token, index);
  }

  private word(level: Level, token: Token, index: number): void {
    const word = token.value;
    if (word === 'select') {
      if (!level.isQuery) throw this.misplaced(token);
      level.clause = 'select';
    } else if (word === 'from') {
      if (isPlain(this.tokens[index - 1], 'distinct') && this.isComparison(index - 2)) return;
      if (level.clause !== 'select') throw this.misplaced(token);
      level.clause = 'from';
      level.wantsTable = true;
    } else if (word === 'join') {
      if (level.clause !== 'from') throw this.misplaced(token);
      level.wantsTable = true;
    } else if (level.clause === 'from' && ENDS_FROM.has(word)) {
      level.clause = 'other';
    } else if (word === 'with' && !(index === 0 || isPlain(this.tokens[index - 1], '(')) && !this.isOrdinality(index)) {
      throw this.misplaced(token);
    }
  }

  /** `is [not] distinct from`, not `select distinct from`. */
  private isComparison(index: number): boolean {
    return (
      isPlain(this.tokens[index], 'is') || (isPlain(this.tokens[index], 'not') && isPlain(this.tokens[index - 1], 'is'))
    );
  }

  private isOrdinality(index: number): boolean {
    return isPlain(this.tokens[index + 1], 'ordinality');
  }

  private table(level: Level, token: Token, index: number): void {
    const after = this.tokens[index + 1];
    const isUnnest = isPlain(token, 'unnest') && isPlain(after, '(');
    const isOwn = (token.kind === 'word' || token.kind === 'quoted') && this.names.has(token.value.toLowerCase());
    const isRead = token.kind === 'placeholder' || (isOwn && !isPlain(after, '.') && !isPlain(after, '('));
    if (!isUnnest && !isRead) throw this.wrongTable(token);
    level.wantsTable = false;
  }

  private open(level: Level, index: number): void {
    const after = this.tokens[index + 1];
    const isQuery = isPlain(after, 'select') || isPlain(after, 'with');
    if (level.wantsTable) {
      // A subquery, or a parenthesised join whose first table is looked at next.
      level.wantsTable = false;
      this.levels.push({ isQuery, clause: isQuery ? 'start' : 'from', wantsTable: !isQuery });
      return;
    }
    const isSetOperand = level.isQuery && (isPlain(after, '(') || isQuery);
    this.levels.push({ isQuery: isQuery || isSetOperand, clause: 'start', wantsTable: false });
  }

  private close(token: Token): void {
    const closed = this.levels.pop() as Level;
    if (this.levels.length === 0) {
      throw this.reader.error('sql_syntax', `a ) too many${this.reader.lineOf(token.line)}`, 'check the parentheses');
    }
    if (closed.wantsTable) throw this.wrongTable(token);
  }

  private wrongTable(token: Token | undefined): Error {
    const found = token
      ? `${JSON.stringify(token.raw)}${this.reader.lineOf(token.line)} is no table of this query`
      : 'a table is missing';
    return this.reader.error(
      'sql_unknown_table',
      found,
      "read {{ source('input') }} with one of its inputs, or a common table expression of its own",
    );
  }

  private misplaced(token: Token): Error {
    return this.reader.error(
      'sql_syntax',
      `${token.raw}${this.reader.lineOf(token.line)} is not allowed here`,
      'write one SELECT in the order with, select, from, where, group by, having, order by',
    );
  }
}

/** Names before `as (select` or `as (with`, with or without a list of columns. */
function declarationsOf(tokens: readonly Token[]): Map<number, string> {
  const names = new Map<number, string>();
  tokens.forEach((token, index) => {
    const isBody =
      isPlain(tokens[index + 1], '(') && (isPlain(tokens[index + 2], 'select') || isPlain(tokens[index + 2], 'with'));
    if (!isPlain(token, 'as') || !isBody) return;
    let at = index - 1;
    if (isPlain(tokens[at], ')')) {
      while (at > 0 && !isPlain(tokens[at], '(')) at--;
      at--;
    }
    const name = tokens[at];
    if (name?.kind === 'word' || name?.kind === 'quoted') names.set(at, name.value.toLowerCase());
  });
  return names;
}
