import { EngineError, SnapshotIntegrityError, SourceContractError, type TidemarkError } from '../../core/errors';
import { placeOf, type QueryWhere } from './where';
import { isOwnFile } from './write';

/** A column whose file holds another type than the table declares; types and names, never values. */
interface Mismatch {
  column: string;
  table?: string | undefined;
  declared?: string | undefined;
  stored?: string | undefined;
}

const TYPE = String.raw`[a-z]\w*(?:[(<][\w(),<>: ]*[)>])?`;

/**
 * A file that cannot be read as its table says: the owner of a source must act. In the product's own files the same is a
 * defect.
 *
 * @returns undefined where the reason is another.
 */
export function mapSourceFile(reason: string, where: QueryWhere): TidemarkError | undefined {
  const file = /s3:\/\/[^\s'",;()[\]]+/.exec(reason)?.[0].replace(/[.:]$/, '');
  const mismatch = mismatchIn(reason);
  if (mismatch) return mapMismatch(mismatch, file, where);
  if (
    !/^\s*(HIVE_(BAD_DATA|CURSOR_ERROR|CANNOT_OPEN_SPLIT|INVALID_METADATA|FILE_NOT_FOUND)|ICEBERG_(BAD_DATA|CURSOR_ERROR|CANNOT_OPEN_SPLIT))/.test(
      reason,
    )
  ) {
    return undefined;
  }
  if (/NoSuchKey|key does not exist|FileNotFound|FILE_NOT_FOUND|File does not exist|Status Code: 404/i.test(reason)) {
    return sourceError(
      'source_missing',
      `${file ?? 'a file of a source'} is not there any more`,
      'run again; let nothing delete or replace files of a source while a night reads them',
      where,
    );
  }
  if (/SlowDown|Status Code: 503|reduce your request rate|time-?d? ?out|Connection reset/i.test(reason))
    return undefined;
  const found = `${file ?? 'a file of a source'} cannot be read as its table says`;
  return sourceError(
    'source_corrupt',
    found,
    'export it again, or take what is no data out of the location of the table',
    where,
    file,
  );
}

function mismatchIn(reason: string): Mismatch | undefined {
  const field = new RegExp(
    `Field (\\S+?)'s type (\\w+)(?: \\([^)]*\\))? in (?:parquet|orc)(?: file .+?)? is incompatible with type (${TYPE}) defined`,
    'i',
  ).exec(reason);
  if (field) return { column: field[1] as string, stored: field[2], declared: field[3] };
  const parquet = new RegExp(
    `Unsupported Trino column type \\((${TYPE})\\) for Parquet column \\(\\[(\\w+)[^\\]]*\\] \\w+ (\\w+)`,
    'i',
  ).exec(reason);
  if (parquet) return { column: parquet[2] as string, declared: parquet[1], stored: parquet[3] };
  const partition = new RegExp(
    `column '([^']+)' in table '([^']+)' is declared as type '(${TYPE})', but partition '.*' declared column '[^']+' as type '(${TYPE})'`,
    'i',
  ).exec(reason);
  if (!partition) return undefined;
  return { column: partition[1] as string, table: partition[2], declared: partition[3], stored: partition[4] };
}

function mapMismatch(
  { column, table, declared, stored }: Mismatch,
  file: string | undefined,
  where: QueryWhere,
): TidemarkError {
  const read = where.reads?.length ? `a file of ${where.reads.join(' or of ')}` : 'a file';
  const holder = file ?? (table ? 'a partition' : read);
  const found = `${holder} holds column ${column} as ${stored}, where the table declares ${declared}`;
  const place = { column, ...placeOf({ table: table ?? where.table }).place };
  if (isOurs(file, where)) {
    return new EngineError({
      code: 'column_type',
      found,
      remedy: 'run `tidemark catalog`; if it stays, report it',
      place,
    });
  }
  return new SourceContractError({
    code: 'source_column_mismatch',
    found,
    remedy: `write the file again with ${declared}, or correct the type of ${column} in the Glue table and its partitions`,
    place,
  });
}

function sourceError(code: string, found: string, remedy: string, where: QueryWhere, file?: string): TidemarkError {
  const place = placeOf({ table: where.table });
  if (!isOurs(file, where)) return new SourceContractError({ code, found, remedy, ...place });
  return new SnapshotIntegrityError({
    code: 'files_damaged',
    found,
    remedy: 'restore the file from a backup, or publish into an empty bucket or prefix',
    ...place,
  });
}

const isOurs = (file: string | undefined, where: QueryWhere): boolean =>
  file !== undefined && isOwnFile(file, where.root);
