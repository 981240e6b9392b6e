import { z } from 'zod';
import { DefinitionError } from './errors';
import { canonicalJson, sha256 } from './run';

/** Everything people write that a night reads, as one immutable document: file paths below `project/` and `sql/`, and texts. */
export interface DefinitionsBundle {
  format: 1;
  /** The code that may read it: SQL and the code around it belong together. */
  product_version: string;
  files: Record<string, string>;
}

/** A bundle as it is stored: canonical JSON, and its sha256 as name. */
export interface PackedBundle {
  hash: string;
  text: string;
}

const bundleSchema = z.strictObject({
  format: z.literal(1),
  product_version: z.string(),
  files: z.record(z.string(), z.string()),
});

export function packBundle(bundle: DefinitionsBundle): PackedBundle {
  const text = canonicalJson(bundle);
  return { hash: sha256(text), text };
}

/** @throws DefinitionError bundle_damaged where the text is not what the hash names, or a path could leave its folder. */
export function readBundle({ hash, text }: PackedBundle): DefinitionsBundle {
  if (sha256(text) !== hash) throw damaged(hash, 'its content is not what its name says');
  const parsed = bundleSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw damaged(hash, 'it is not what `tidemark push` writes');
  const bad = Object.keys(parsed.data.files).find((path) => !isBundlePath(path));
  if (bad !== undefined) throw damaged(hash, `it holds the path ${JSON.stringify(bad.slice(0, 100))}`);
  return parsed.data;
}

/** Whether a path stays below `project/` or `sql/`, on every system. */
export function isBundlePath(path: string): boolean {
  const [first, ...parts] = path.split('/');
  if (parts.length === 0 || (first !== 'project' && first !== 'sql')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
  return parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\u0000-\u001f]/.test(part));
}

function damaged(hash: string, found: string): DefinitionError {
  return new DefinitionError({
    code: 'bundle_damaged',
    place: { key: `definitions/${hash}.json` },
    found,
    remedy: 'publish the definitions again: npx tidemark push --project DIR --out s3://bucket/prefix',
  });
}
