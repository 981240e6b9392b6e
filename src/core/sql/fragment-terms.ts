import { suggest } from '../nearest';
import type { FragmentColumn } from './fragment';
import { commonType, type Expression, FragmentScope, type Meaning, meaningOf } from './fragment-scope';
import { readCastType, readTypedLiteral } from './fragment-types';
import { SCALAR_FUNCTIONS, type ScalarFunction } from './functions';
import { textLiteral } from './literals';
import { portableNumber, type TokenReader } from './syntax';
import type { Token } from './tokens';

/** Words that cannot be a column unless they are put into double quotes. */
const RESERVED = new Set(
  'and or not case when then else end is null in between like escape cast try_cast as true false distinct from select where group order having union join with exists'.split(
    ' ',
  ),
);

/** The smallest parts of an expression: literals, columns, case, casts and calls. */
export abstract class TermParser {
  readonly scope: FragmentScope;

  constructor(
    protected readonly reader: TokenReader,
    columns: readonly FragmentColumn[],
  ) {
    this.scope = new FragmentScope(reader, columns);
  }

  protected abstract expression(): Expression;

  protected primary(): Expression {
    const token = this.reader.next();
    if (token.kind === 'number') return this.number(token);
    if (token.kind === 'text') return { sql: textLiteral(token.value), type: 'text' };
    if (token.kind === 'quoted') return this.scope.column(token.value);
    if (token.kind === 'symbol' && token.value === '(') {
      const inner = this.expression();
      this.reader.expects(')');
      return inner.column ? inner : { ...inner, sql: `(${inner.sql})` };
    }
    if (token.kind !== 'word') throw this.unexpected(token);
    return this.word(token);
  }

  private word(token: Token): Expression {
    const word = token.value;
    const following = this.reader.peek();
    if (word === 'true' || word === 'false') return { sql: word, type: 'boolean' };
    if (word === 'null') return { sql: 'null' };
    if (word === 'case') return this.scope.guarded(true, () => this.caseExpression());
    if (word === 'cast' || word === 'try_cast') return this.cast(word === 'try_cast');
    if (following?.kind === 'text' && (word === 'date' || word === 'timestamp' || word === 'interval')) {
      return readTypedLiteral(this.reader, word);
    }
    if (this.reader.sees('(') && !RESERVED.has(word)) return this.call(word);
    if (RESERVED.has(word)) throw this.unexpected(token);
    return this.scope.column(token.raw);
  }

  private number(token: Token): Expression {
    const sql = portableNumber(token.raw);
    if (sql) return { sql, type: /e/i.test(token.raw) ? 'double' : 'number' };
    throw this.reader.error('sql_number', `the number ${token.raw} has too many digits`, 'write at most 18 digits');
  }

  private caseExpression(): Expression {
    const parts = ['case'];
    const subject = this.reader.sees('when') ? undefined : this.expression();
    const branches: [Expression, Expression][] = [];
    while (this.reader.takes('when')) {
      const condition = this.expression();
      this.reader.expects('then');
      branches.push([condition, this.expression()]);
    }
    if (branches.length === 0) this.reader.expects('when');
    const otherwise = this.reader.takes('else') ? this.expression() : undefined;
    this.reader.expects('end');
    const meaning = subject ? meaningOf([subject, ...branches.map(([condition]) => condition)]) : 'sql';
    if (subject) parts.push(this.scope.render(subject, meaning));
    const results = [...branches.map(([, result]) => result), ...(otherwise ? [otherwise] : [])];
    const resultMeaning = meaningOf(results);
    for (const [condition, result] of branches) {
      parts.push(`when ${this.scope.render(condition, meaning)} then ${this.scope.render(result, resultMeaning)}`);
    }
    if (otherwise) parts.push(`else ${this.scope.render(otherwise, resultMeaning)}`);
    return { sql: `${parts.join(' ')} end`, type: commonType(results) };
  }

  private cast(silent: boolean): Expression {
    this.reader.expects('(');
    const operand = this.expression();
    this.reader.expects('as');
    const type = readCastType(this.reader);
    this.reader.expects(')');
    const meaning = type.gives === 'number' || type.gives === 'double' ? 'number' : 'text';
    const value = this.scope.guarded(silent, () => this.scope.render(operand, meaning));
    const cast = `try_cast(${value} as ${type.sql})`;
    // What is cast to a text cannot fail; what fails inside case or if is the author's own branch.
    if (!silent && !this.scope.isGuarded && type.gives !== 'text') {
      this.scope.failedCasts.push({ when: `(${value}) is not null and ${cast} is null`, type: type.name });
    }
    return { sql: cast, type: type.gives };
  }

  private call(name: string): Expression {
    const known = SCALAR_FUNCTIONS.get(name);
    if (!known) {
      const hint = suggest(name, [...SCALAR_FUNCTIONS.keys()].sort());
      throw this.reader.error('sql_unknown_function', `${name}() is not a function that can be used here`, hint);
    }
    this.reader.expects('(');
    return this.scope.guarded(name === 'if' || name === 'coalesce', () => this.callOf(name, known));
  }

  private callOf(name: string, known: ScalarFunction): Expression {
    const given = this.reader.takes(')') ? [] : this.list();
    const [least, most] = known.arguments;
    if (given.length < least || given.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      throw this.reader.error('sql_syntax', `${name}() has ${given.length} arguments`, `give it ${wanted}`);
    }
    const results = name === 'if' ? given.slice(1) : given;
    const meaning = known.takes ?? meaningOf(results);
    const rendered = given.map((each) => this.scope.render(each, results.includes(each) ? meaning : 'sql'));
    const givesCommon = name === 'coalesce' || name === 'nullif' || name === 'if';
    return {
      sql: `${name}(${rendered.join(', ')})`,
      type: known.gives ?? (givesCommon ? commonType(results) : undefined),
    };
  }

  protected list(): Expression[] {
    const items = [this.expression()];
    while (this.reader.takes(',')) items.push(this.expression());
    this.reader.expects(')');
    return items;
  }

  protected pair(
    left: Expression,
    operator: string,
    right: Expression,
    meaning: Meaning,
    type: Expression['type'],
  ): Expression {
    return { sql: `${this.scope.render(left, meaning)} ${operator} ${this.scope.render(right, meaning)}`, type };
  }

  protected unexpected(token: Token): Error {
    const where = this.reader.lineOf(token.line);
    return this.reader.error(
      'sql_syntax',
      `${JSON.stringify(token.raw)}${where} is not allowed here`,
      RESERVED.has(token.value)
        ? 'write one expression; a column of this name is put into double quotes'
        : 'write one expression',
    );
  }
}
