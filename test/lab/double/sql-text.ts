/** Just enough of SQL's lexis to find a statement's parts: quotes, comments, brackets. What they mean is the engine's to say. */

const SKIPPED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** Comments and blanks before the first word. */
export function leadingTrivia(sql: string): string {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(sql)?.[0] ?? '';
}

/** Quoted text and comments as blanks of the same length, so that positions stay. */
export function withoutQuoted(sql: string): string {
  return sql.replace(SKIPPED, (part) => part.replace(/[^\n]/g, ' '));
}

/** Comments as blanks, quoted text kept. */
export function withoutComments(sql: string): string {
  return sql.replace(SKIPPED, (part) => (/^['"]/.test(part) ? part : part.replace(/[^\n]/g, ' ')));
}

/** Index of the bracket that closes the one at `open`, or -1. */
export function closingBracket(sql: string, open: number): number {
  const bare = withoutQuoted(sql);
  let depth = 0;
  for (let index = open; index < bare.length; index++) {
    if (bare[index] === '(') depth++;
    if (bare[index] === ')' && --depth === 0) return index;
  }
  return -1;
}

/** Line and column, both from 1, of a position. */
export function placeOf(sql: string, index: number): { line: number; column: number } {
  const before = sql.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/**
 * An engine's message about a text that stands inside another, at its start's place: `line 1:8: ...` told as the outer
 * text counts.
 */
export function movedPlace(message: string, start: { line: number; column: number }): string {
  return message.replace(/^line (\d+):(\d+):/, (_, line: string, column: string) => {
    const moved = Number(line) === 1 ? Number(column) + start.column - 1 : Number(column);
    return `line ${Number(line) + start.line - 1}:${moved}:`;
  });
}

export function textLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
