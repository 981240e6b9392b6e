import { checkPrefix } from '../../core/snapshots/paths';
import { textLiteral } from '../../core/sql/literals';
import type { AthenaSettings } from './settings';

/** `s3://bucket/prefix/`, below which everything of the product lies. */
export const rootOf = ({ bucket, prefix }: AthenaSettings): string => `s3://${bucket}/${prefix}`;

/** Where Athena leaves the rows of reading queries and the lists of files of writing ones; nothing here is kept for long. */
export const resultsOf = (settings: AthenaSettings): string => `${rootOf(settings)}query-results/`;

/** Folders that statements of the product read and write. In the same bucket, beside them, tables of a customer may lie. */
const OWN_FOLDERS = ['tables/', 'exports/', 'query-results/', 'doctor/'];

/** Whether a file or folder that AWS names is the product's own. @param root as `rootOf` says it. */
export const isOwnFile = (location: string, root: string): boolean =>
  OWN_FOLDERS.some((folder) => location.startsWith(`${root}${folder}`));

/**
 * The statement that writes the rows of a SELECT as Parquet below a prefix. Athena itself refuses a prefix that holds
 * anything, because nothing is partitioned here; zero rows may leave no file at all.
 *
 * Rows are not sorted: Athena spreads them over as many files as it has writers, and an ORDER BY would push all of them
 * through one node, at more cost and memory than the grouping of a later query saves.
 *
 * @throws EngineError key_invalid for what is no prefix below the root.
 */
export function unloadText(sql: string, writeTo: string, settings: AthenaSettings): string {
  checkPrefix(writeTo);
  const location = textLiteral(`${rootOf(settings)}${writeTo}`);
  return `UNLOAD (\n${sql}\n) TO ${location} WITH (format = 'PARQUET', compression = 'ZSTD')`;
}

/** The prefix a text of `unloadText` writes to; undefined for any other text. */
export function writtenBy(text: string, settings: AthenaSettings): string | undefined {
  const location = /^UNLOAD \(\n.*\n\) TO '([^'\n]+)' WITH \(format = 'PARQUET', compression = 'ZSTD'\)$/s.exec(
    text,
  )?.[1];
  return location?.startsWith(rootOf(settings)) ? location.slice(rootOf(settings).length) : undefined;
}

/** `tables/<table>/v1/...`: the table a prefix belongs to. */
export const tableAt = (prefix: string): string | undefined => /^tables\/([^/]+)\//.exec(prefix)?.[1];

const MOST_NAMES = 5;

/** The tables a text reads, as database.table, the first few; those without a database are names within the text. */
export function tablesRead(text: string): string[] {
  const code = text.replaceAll(/--[^\n]*|'(?:[^']|'')*'|("(?:[^"]|"")*")/g, (_, name?: string) =>
    name && /^"[\w$-]+"$/.test(name) ? name : "''",
  );
  const name = String.raw`(?:"[^"\n]+"|\w+)`;
  const found = code.matchAll(new RegExp(`\\b(?:from|join)\\s+(?:${name}\\.)?(${name}\\.${name})`, 'gi'));
  return [...new Set([...found].map(([, table]) => (table as string).replaceAll('"', '')))].slice(0, MOST_NAMES);
}
