/**
 * DuckDB's own texts. Not core/sql/literals: those are for the portable subset, cut `{{` into a concatenation, which COPY
 * and READ take for no path, and refuse names that a customer's file may well have.
 */

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path as an SQL literal that DuckDB reads as exactly this file, whatever glob characters its name holds. */
function pathLiteral(path: string): string {
  return literal(escapeGlob(path));
}

export function pathListLiteral(paths: readonly string[]): string {
  return `[${paths.map(pathLiteral).join(', ')}]`;
}

function escapeGlob(path: string): string {
  return path.replaceAll(/[[*?]/g, (character) => `[${character}]`);
}
