/**
 * A tokenizer for the portable subset. It knows no grammar; what is allowed where is decided by fragment.ts and query.ts.
 */
export type TokenKind = 'word' | 'quoted' | 'text' | 'number' | 'symbol' | 'placeholder' | 'comment';

export interface Token {
  kind: TokenKind;
  /** The source text, exactly. */
  raw: string;
  /** word: lower case; quoted and text: the value without quotes; placeholder: what it names; else as `raw`. */
  value: string;
  /** placeholder: source, ref or param. */
  placeholder?: string;
  /** Offset in the source text. */
  at: number;
  /** 1-based line in the source text. */
  line: number;
}

/** What the tokenizer could not read; the callers turn it into an error with a place. */
export interface UnreadableText {
  found: string;
  remedy: string;
  line: number;
}

const PATTERNS: readonly [TokenKind | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['comment', /--[^\n]*/y],
  ['placeholder', /\{\{\s*(source|ref|param)\(\s*'([A-Za-z0-9_@.]+)'\s*\)\s*\}\}/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['quoted', /"(?:[^"\0]|"")+"/y],
  ['text', /'(?:[^'\0]|'')*'/y],
  ['number', /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.])/y],
  ['symbol', /<>|!=|<=|>=|\|\||(?:-(?!>))|[+*/=<>(),.]/y],
];

const KNOWN_TROUBLE: readonly [RegExp, string, string][] = [
  [/;/y, 'a semicolon', 'write one expression or one SELECT, without a semicolon'],
  [/\/\*/y, 'a block comment', 'use -- comments in query files and none in tidemark.yml'],
  [/\{\{/y, 'a placeholder that is not understood', "write {{ source('input') }} with one of the inputs"],
  [/->/y, 'a lambda or arrow', 'it is not portable; write a case or a join'],
  [/::/y, 'a cast with ::', 'write cast(value as type)'],
  [/%/y, 'the operator %', 'write mod(a, b)'],
  [/\[/y, 'square brackets', 'write element_at(array, position)'],
  [/`/y, 'a backtick', 'put names into double quotes'],
  [/'/y, 'a text that is never closed', "close it; a quote inside a text is written ''"],
  [/"/y, 'a quoted name that is empty or never closed', 'close it; a quote inside a name is written ""'],
  [
    /\d/y,
    'a number that is not understood',
    'write digits such as 12 or 12.5, and put names that begin with a digit into double quotes',
  ],
];

function readValue(kind: TokenKind, match: RegExpExecArray): string {
  if (kind === 'word') return match[0].toLowerCase();
  if (kind === 'quoted') return match[0].slice(1, -1).replaceAll('""', '"');
  if (kind === 'text') return match[0].slice(1, -1).replaceAll("''", "'");
  if (kind === 'placeholder') return match[2] as string;
  return match[0];
}

/** Models may make arrays, `array['a', 'b']`; fragments and queries of a project file may not. */
const BRACKETS: readonly [TokenKind, RegExp] = ['symbol', /[[\]]/y];

/**
 * All tokens of a text without its white space, or what could not be read.
 *
 * @param withBrackets reads square brackets too, which only the product's own SQL may hold.
 */
export function tokenize(text: string, withBrackets = false): Token[] | UnreadableText {
  const patterns = withBrackets ? [...PATTERNS, BRACKETS] : PATTERNS;
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  scanning: while (at < text.length) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (!match || (kind === 'symbol' && text.startsWith('/*', at))) continue;
      if (kind !== 'space') {
        const token: Token = { kind, raw: match[0], value: readValue(kind, match), at, line };
        if (kind === 'placeholder') token.placeholder = match[1] as string;
        tokens.push(token);
      }
      line += match[0].split('\n').length - 1;
      at += match[0].length;
      continue scanning;
    }
    return { ...trouble(text, at), line };
  }
  return tokens;
}

function trouble(text: string, at: number): { found: string; remedy: string } {
  for (const [pattern, found, remedy] of KNOWN_TROUBLE) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return { found, remedy };
  }
  const character = JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number));
  return {
    found: `the character ${character}`,
    remedy: 'put names with such characters into double quotes, texts into single ones',
  };
}
