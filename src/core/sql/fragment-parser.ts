import { type Expression, meaningOf, typeOf, typeOfArithmetic } from './fragment-scope';
import { TermParser } from './fragment-terms';
import { textLiteral } from './literals';
import { DIVISION_REMEDY, powerOfTenFactor } from './syntax';

const COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);
const DEEPEST = 100;

/** A recursive-descent parser of the expressions fragment.ts documents; what it does not know it cannot render. */
export class FragmentParser extends TermParser {
  private depth = 0;

  /** @param isCondition whether only what is true or false will do */
  whole(isCondition = false): Expression {
    const expression = this.expression();
    const rest = this.reader.peek();
    if (rest) throw this.unexpected(rest);
    if (isCondition) this.demandCondition(expression);
    return { sql: this.scope.render(expression, 'sql'), type: typeOf(expression) };
  }

  protected expression(): Expression {
    if (++this.depth > DEEPEST) {
      throw this.reader.error('sql_syntax', 'the expression is nested too deeply', 'use a query file instead');
    }
    let left = this.conjunction();
    while (this.reader.takes('or')) left = this.both(left, 'or', this.conjunction());
    this.depth--;
    return left;
  }

  private conjunction(): Expression {
    let left = this.negation();
    while (this.reader.takes('and')) left = this.both(left, 'and', this.negation());
    return left;
  }

  private negation(): Expression {
    let negations = 0;
    while (this.reader.takes('not')) negations++;
    const operand = this.predicate();
    if (negations === 0) return operand;
    this.demandCondition(operand);
    const sql = this.scope.render(operand, 'sql');
    return { sql: negations % 2 ? `not (${sql})` : sql, type: 'boolean' };
  }

  private both(left: Expression, operator: 'and' | 'or', right: Expression): Expression {
    for (const each of [left, right]) this.demandCondition(each);
    return this.pair(left, operator, right, 'sql', 'boolean');
  }

  /** What has no type we know of is left to the engine. */
  private demandCondition(expression: Expression): void {
    const type = typeOf(expression);
    if (type === undefined || type === 'boolean') return;
    const what = expression.column ? `the ${type} column ${expression.column.name}` : `a ${type}`;
    throw this.reader.error(
      'sql_no_condition',
      `${what} stands where a condition is needed`,
      "compare it, as in buyer = 'x' or buyer is not null",
    );
  }

  private predicate(): Expression {
    const left = this.sum();
    const token = this.reader.peek();
    if (token?.kind === 'symbol' && COMPARISONS.has(token.value)) {
      this.reader.next();
      return this.compare(left, token.value === '!=' ? '<>' : token.value, this.sum());
    }
    if (this.reader.takes('is')) return this.isPredicate(left);
    const not = this.reader.takes('not') ? 'not ' : '';
    if (this.reader.takes('in')) return this.inList(left, not);
    if (this.reader.takes('between')) return this.between(left, not);
    if (this.reader.takes('like')) return this.like(left, not);
    if (not) this.reader.expects('in');
    return left;
  }

  private isPredicate(left: Expression): Expression {
    const not = this.reader.takes('not') ? 'not ' : '';
    if (this.reader.takes('null')) return { sql: `${this.scope.render(left, 'text')} is ${not}null`, type: 'boolean' };
    this.reader.expects('distinct');
    this.reader.expects('from');
    return this.compare(left, `is ${not}distinct from`, this.sum());
  }

  private inList(left: Expression, not: string): Expression {
    this.reader.expects('(');
    const items = this.list();
    const meaning = meaningOf(items);
    const rendered = items.map((item) => this.scope.render(item, meaning)).join(', ');
    return { sql: `${this.scope.render(left, meaning)} ${not}in (${rendered})`, type: 'boolean' };
  }

  private between(left: Expression, not: string): Expression {
    const low = this.sum();
    this.reader.expects('and');
    const high = this.sum();
    const meaning = meaningOf([left, low, high]);
    const [value, from, to] = [left, low, high].map((each) => this.scope.render(each, meaning));
    return { sql: `${value} ${not}between ${from} and ${to}`, type: 'boolean' };
  }

  private like(left: Expression, not: string): Expression {
    const pattern = this.scope.render(this.sum(), 'text');
    let sql = `${this.scope.render(left, 'text')} ${not}like ${pattern}`;
    if (this.reader.takes('escape')) sql += ` escape ${this.scope.render(this.sum(), 'text')}`;
    return { sql, type: 'boolean' };
  }

  private compare(left: Expression, operator: string, right: Expression): Expression {
    return this.pair(left, operator, right, meaningOf([left, right]), 'boolean');
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      if (this.reader.takes('||')) left = this.pair(left, '||', this.product(), 'text', 'text');
      else if (this.reader.takes('+')) left = this.arithmetic(left, '+', this.product());
      else if (this.reader.takes('-')) left = this.arithmetic(left, '-', this.product());
      else return left;
    }
  }

  private product(): Expression {
    let left = this.signed();
    for (;;) {
      if (this.reader.takes('*')) left = this.arithmetic(left, '*', this.signed());
      else if (this.reader.takes('/')) left = this.quotient(left);
      else return left;
    }
  }

  private arithmetic(left: Expression, operator: string, right: Expression): Expression {
    return this.pair(left, operator, right, 'number', typeOfArithmetic([left, right]));
  }

  private quotient(left: Expression): Expression {
    const divisor = this.reader.peek();
    const factor = divisor?.kind === 'number' ? powerOfTenFactor(divisor.raw) : undefined;
    if (factor) {
      this.reader.next();
      return { sql: `${this.scope.render(left, 'number')} * ${factor}`, type: left.type };
    }
    if (left.type === 'double' && this.reader.sees('nullif', '(')) {
      return this.pair(left, '/', this.signed(), 'number', 'double');
    }
    throw this.reader.error('sql_division', 'a division', DIVISION_REMEDY);
  }

  private signed(): Expression {
    let minus = false;
    while (this.reader.sees('-') || this.reader.sees('+')) minus = (this.reader.next().value === '-') !== minus;
    const operand = this.zoned();
    return minus ? { sql: `(- ${this.scope.render(operand, 'number')})`, type: operand.type } : operand;
  }

  private zoned(): Expression {
    const operand = this.primary();
    if (!this.reader.takes('at', 'time', 'zone')) return operand;
    const zone = this.reader.next();
    if (zone.kind !== 'text' || operand.type !== 'instant') {
      throw this.reader.error(
        'sql_syntax',
        'at time zone needs an instant and a zone in single quotes',
        "write with_timezone(column, 'UTC') at time zone 'Europe/Vienna'",
      );
    }
    return { sql: `${this.scope.render(operand, 'sql')} at time zone ${textLiteral(zone.value)}`, type: 'zoned' };
  }
}
