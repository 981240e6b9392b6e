import { DefinitionError } from '../errors';

export type PlaceholderKind = 'ref' | 'source' | 'param';

export interface Placeholder {
  kind: PlaceholderKind;
  argument: string;
}

const PLACEHOLDER = /\{\{\s*(ref|source|param)\('([a-z][a-z0-9_]*(?:@[a-z][a-z0-9_]*)?)'\)\s*\}\}/g;

/** Every placeholder of a text, in order of appearance, repeats included. */
export function placeholders(sql: string): Placeholder[] {
  return [...sql.matchAll(PLACEHOLDER)].map((match) => ({
    kind: match[1] as PlaceholderKind,
    argument: match[2] as string,
  }));
}

/**
 * Puts the text of each placeholder in its place. There are three kinds and no other syntax: no loops, no branches.
 * What `resolve` returns is inserted as it is, so it must be SQL already: a relation, a subquery or a typed escaped literal.
 *
 * @throws DefinitionError naming the file and line of anything else in double braces.
 */
export function render(sql: string, file: string, resolve: (placeholder: Placeholder) => string): string {
  const rest = sql.replace(PLACEHOLDER, (match) => ' '.repeat(match.length));
  const stray = rest.search(/\{\{|\}\}/);
  if (stray >= 0) {
    throw new DefinitionError({
      code: 'unknown_placeholder',
      place: { file, line: sql.slice(0, stray).split('\n').length },
      found: 'double braces hold something other than a placeholder',
      remedy: "write {{ ref('model') }}, {{ source('orders') }} or {{ param('run_date') }}",
    });
  }
  return sql.replace(PLACEHOLDER, (_match, kind: string, argument: string) =>
    resolve({ kind: kind as PlaceholderKind, argument }),
  );
}
