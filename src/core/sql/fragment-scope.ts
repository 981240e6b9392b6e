import { suggest } from '../nearest';
import type { FragmentColumn } from './fragment';
import type { TokenReader } from './syntax';

/** A parsed part of a fragment; a lone column is rendered late, when its neighbours have told how it is meant. */
export interface Expression {
  sql: string;
  type?: 'text' | 'number' | 'double' | 'boolean' | 'date' | 'timestamp' | 'instant' | 'zoned' | undefined;
  column?: FragmentColumn;
}

export type Meaning = 'sql' | 'text' | 'number';

/** The columns a fragment may name, and which of their presentations it used. */
export class FragmentScope {
  readonly uses = new Set<string>();
  readonly usesUnguarded = new Set<string>();
  readonly failedCasts: { when: string; type: string }[] = [];
  private guards = 0;

  constructor(
    private readonly reader: TokenReader,
    private readonly columns: readonly FragmentColumn[],
  ) {}

  get isGuarded(): boolean {
    return this.guards > 0;
  }

  /** Runs a part in which a value that does not fit is the author's own business: a branch of case, a try_cast. */
  guarded<T>(guard: boolean, part: () => T): T {
    if (guard) this.guards++;
    const result = part();
    if (guard) this.guards--;
    return result;
  }

  column(name: string): Expression {
    const lower = name.toLowerCase();
    const exact = this.columns.filter((column) => column.name === name);
    const matching = exact.length > 0 ? exact : this.columns.filter((column) => column.name.toLowerCase() === lower);
    const [column] = matching;
    if (column && matching.length === 1) return { sql: column.sql, column };
    const several = matching.length > 1;
    const quoted = JSON.stringify(name);
    throw this.reader.error(
      'sql_unknown_column',
      several ? `${quoted} could be several columns` : `the source has no column ${quoted}`,
      several
        ? 'write the name in double quotes exactly as in the source'
        : suggest(
            name,
            this.columns.map((each) => each.name),
          ),
    );
  }

  render(expression: Expression, meaning: Meaning): string {
    const { column } = expression;
    if (!column) return expression.sql;
    const sql = (meaning === 'sql' ? undefined : column[meaning]) ?? column.sql;
    this.uses.add(sql);
    if (!this.isGuarded) this.usesUnguarded.add(sql);
    return sql;
  }
}

export function typeOf(expression: Expression): Expression['type'] {
  return expression.type ?? expression.column?.type;
}

/** Beside a text literal or text expression a column is a text, beside a number a number. */
export function meaningOf(expressions: readonly Expression[]): Meaning {
  const types = expressions.filter((each) => !each.column).map((each) => each.type);
  if (types.includes('text')) return 'text';
  return types.includes('number') || types.includes('double') ? 'number' : 'sql';
}

export function commonType(expressions: readonly Expression[]): Expression['type'] {
  const types = new Set(expressions.map(typeOf).filter((type) => type !== undefined));
  return types.size === 1 ? [...types][0] : undefined;
}

/** Numbers give numbers; a day or an instant with an interval differs between engines until it is cast. */
export function typeOfArithmetic(expressions: readonly Expression[]): Expression['type'] {
  const types = expressions.map(typeOf);
  if (types.some((type) => type === 'date' || type === 'timestamp' || type === 'instant' || type === 'zoned'))
    return undefined;
  return types.includes('double') ? 'double' : 'number';
}
