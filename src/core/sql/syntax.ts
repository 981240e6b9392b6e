import { DefinitionError, type Place } from '../errors';
import { type Token, tokenize } from './tokens';

/** A stream of tokens with a place to blame; shared by the validators of fragments and queries. */
export class TokenReader {
  readonly tokens: readonly Token[];
  private position = 0;

  /** @throws DefinitionError code `sql_unreadable` when the text holds something outside the subset. */
  constructor(
    text: string,
    private readonly what: string,
    private readonly place: Place | undefined,
  ) {
    const tokens = tokenize(text);
    if (!Array.isArray(tokens)) {
      throw this.error('sql_unreadable', `${tokens.found}${this.lineOf(tokens.line)} is not allowed`, tokens.remedy);
    }
    this.tokens = tokens;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.position + ahead];
  }

  next(): Token {
    const token = this.peek();
    if (!token) throw this.error('sql_incomplete', 'the text ends too early', 'complete the expression');
    this.position++;
    return token;
  }

  /** Whether the next tokens are exactly these words or symbols. */
  sees(...values: string[]): boolean {
    return values.every((value, index) => isPlain(this.peek(index), value));
  }

  /** Takes these words or symbols if they come next. */
  takes(...values: string[]): boolean {
    if (!this.sees(...values)) return false;
    this.position += values.length;
    return true;
  }

  expects(value: string): void {
    if (this.takes(value)) return;
    const found = this.peek();
    throw this.error(
      'sql_syntax',
      found
        ? `${JSON.stringify(found.raw)}${this.lineOf(found.line)} stands where ${value} should`
        : `a ${value} is missing at the end`,
      `check the parentheses and write ${value}`,
    );
  }

  lineOf(line: number): string {
    return this.place?.line === undefined && line > 1 ? ` in line ${line}` : '';
  }

  error(code: string, found: string, remedy: string): DefinitionError {
    return new DefinitionError({
      code,
      // Where the text is a file of its own, the place already says so.
      found: this.what === this.place?.file ? found : `${this.what}: ${found}`,
      remedy,
      ...(this.place ? { place: this.place } : {}),
    });
  }
}

export function isPlain(token: Token | undefined, value: string): boolean {
  return (token?.kind === 'word' || token?.kind === 'symbol') && token.value === value;
}

/**
 * A bare decimal literal as a cast of exactly its own digits: engines disagree about the type of `1.5` itself, and a
 * wider type than needed would overflow in products.
 */
export function portableNumber(raw: string): string | undefined {
  if (/[eE]/.test(raw)) return raw.toUpperCase().replace(/^\./, '0.');
  if (!raw.includes('.')) return raw.length <= 18 ? raw : undefined;
  const [whole = '', fraction = ''] = raw.replace(/^0+/, '').split('.');
  const precision = Math.max(1, whole.length + fraction.length);
  return precision <= 18
    ? `cast('${whole || '0'}.${fraction}' as decimal(${precision},${fraction.length}))`
    : undefined;
}

/** `/ 100` as a factor: dividing integers or decimals differs between engines, multiplying does not. */
export function powerOfTenFactor(raw: string): string | undefined {
  if (!/^10{0,6}$/.test(raw)) return undefined;
  const zeros = raw.length - 1;
  return zeros === 0 ? '1' : `cast('0.${'0'.repeat(zeros - 1)}1' as decimal(${zeros + 1},${zeros}))`;
}

export const DIVISION_REMEDY =
  'divide by 10, 100, 1000 ... or write cast(a as double) / nullif(b, 0): other divisions differ between engines';
