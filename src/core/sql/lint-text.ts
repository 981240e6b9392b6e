import { type Token, tokenize, type UnreadableText } from './tokens';

/** A word in front of an opening parenthesis that calls nothing. */
const NO_CALLS = new Set(
  (
    'and or not in as on by over values filter when then else from join where select having between exists with all any union ' +
    'limit case distinct is like group order partition window sets rollup cube'
  ).split(' '),
);

/** A call: its name at token `at`, its arguments from `open` + 1 to `close` - 1. */
export interface Call {
  name: string;
  at: number;
  open: number;
  close: number;
}

/** The tokens of one SELECT without its comments, with what the rules ask about them. It knows parentheses, no grammar. */
export class LintText {
  readonly tokens: readonly Token[];
  readonly calls: readonly Call[];
  private readonly partner = new Map<number, number>();
  private readonly opener: number[] = [];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens.filter((token) => token.kind !== 'comment');
    this.pairParentheses();
    this.calls = this.findCalls();
  }

  /** What the tokenizer refuses is outside of the subset already. */
  static read(sql: string): LintText | UnreadableText {
    const tokens = tokenize(sql, true);
    return Array.isArray(tokens) ? new LintText(tokens) : tokens;
  }

  /** Whether words or symbols stand from a token on. */
  sees(at: number, ...values: string[]): boolean {
    return values.every((value, index) => {
      const token = this.tokens[at + index];
      return (token?.kind === 'word' || token?.kind === 'symbol') && token.value === value;
    });
  }

  isWord(at: number, ...values: string[]): boolean {
    const token = this.tokens[at];
    return token?.kind === 'word' && values.includes(token.value);
  }

  /** The parenthesis that belongs to the one at a token. */
  closing(open: number): number {
    return this.partner.get(open) ?? this.tokens.length;
  }

  opening(close: number): number {
    return this.partner.get(close) ?? -1;
  }

  /** The parenthesis that a token stands in, -1 outside of all. */
  enclosing(at: number): number {
    return this.opener[at] ?? -1;
  }

  /** The innermost call that a token is an argument of. */
  callAround(at: number): Call | undefined {
    const open = this.enclosing(at);
    return this.calls.find((call) => call.open === open);
  }

  /** Every call that a token is inside of, innermost first. */
  callsAround(at: number): Call[] {
    const found: Call[] = [];
    for (let open = this.enclosing(at); open >= 0; open = this.enclosing(open)) {
      const call = this.calls.find((one) => one.open === open);
      if (call) found.push(call);
    }
    return found;
  }

  /** Whether a condition holds for a token between two others. */
  some(from: number, to: number, holds: (at: number) => boolean): boolean {
    for (let at = from; at <= to; at++) if (holds(at)) return true;
    return false;
  }

  /** Tokens between two others, for messages. */
  quote(from: number, to: number): string {
    return this.tokens
      .slice(from, to + 1)
      .map((token) => token.raw)
      .join(' ')
      .replace(/ ?([(),.]) ?/g, '$1')
      .slice(0, 80);
  }

  private pairParentheses(): void {
    const open: number[] = [];
    this.tokens.forEach((token, at) => {
      const isSymbol = token.kind === 'symbol';
      if (isSymbol && (token.value === ')' || token.value === ']')) {
        const start = open.pop();
        if (start !== undefined) {
          this.partner.set(start, at);
          this.partner.set(at, start);
        }
      }
      this.opener[at] = open.at(-1) ?? -1;
      if (isSymbol && (token.value === '(' || token.value === '[')) open.push(at);
    });
  }

  private findCalls(): Call[] {
    return this.tokens.flatMap((token, at) => {
      const open = at + 1;
      const isCall = token.kind === 'word' && this.sees(open, '(') && !NO_CALLS.has(token.value);
      // After `as` a parenthesis holds column names, or precision and scale.
      if (!isCall || this.isWord(at - 1, 'as')) return [];
      return [{ name: token.value, at, open, close: this.closing(open) }];
    });
  }
}
