import { DefinitionError } from '../../core/errors';
import type { SourceLocation } from '../../core/project-file';

/**
 * `from: database.table`, in the small letters that Glue keeps names in.
 *
 * @throws DefinitionError source_not_a_table or format_not_used.
 */
export function tableNamed(source: string, { from, format }: SourceLocation): { database: string; name: string } {
  const [only, ...more] = from;
  const parts = more.length === 0 ? /^([A-Za-z_]\w*)\.([A-Za-z_]\w*)$/.exec(only ?? '') : undefined;
  if (!parts) {
    throw new DefinitionError({
      code: 'source_not_a_table',
      found: `source ${source}: ${describeFrom(from)} is no table, and Athena reads tables alone`,
      remedy: `write from: database.table for ${source}, as Glue calls it; files become a table with CREATE EXTERNAL TABLE or a crawler`,
    });
  }
  if (format) {
    throw new DefinitionError({
      code: 'format_not_used',
      found: `source ${source}: format describes text files, but Athena takes that from the table`,
      remedy: 'take `format` out',
    });
  }
  return { database: (parts[1] as string).toLowerCase(), name: (parts[2] as string).toLowerCase() };
}

function describeFrom(from: readonly string[]): string {
  if (from.length > 1) return `a list of ${from.length} places`;
  const [only = ''] = from;
  return /^s3[an]?:\/\//.test(only) ? `${only}, a place on S3,` : `\`from\` (${only})`;
}
