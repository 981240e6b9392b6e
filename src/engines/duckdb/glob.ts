import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files an absolute glob matches: *, ? and [..] within a name, ** for any folders. Parts of the path that exist as
 * written are literal, so a project may lie in a folder named with such characters. Hidden names only match a pattern
 * that starts with a dot.
 */
export function compileGlob(pattern: string): string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  let base = '/';
  let index = 0;
  for (; index < parts.length; index += 1) {
    const next = join(base, parts[index] ?? '');
    if (!existsSync(next)) break;
    base = next;
  }
  return [...new Set(match(base, parts.slice(index)))];
}

function match(folder: string, parts: readonly string[]): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  if (part === '**') {
    const inner = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    const here = match(folder, rest.length > 0 ? rest : ['*']);
    return [...here, ...inner.flatMap((entry) => match(join(folder, entry.name), parts))];
  }
  const expression = nameExpression(part);
  return entries
    .filter((entry) => expression.test(entry.name) && (part.startsWith('.') || !entry.name.startsWith('.')))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (rest.length === 0) return entry.isDirectory() ? [] : [path];
      return entry.isDirectory() ? match(path, rest) : [];
    });
}

function nameExpression(part: string): RegExp {
  const source = part.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return token.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su');
}
