import { EngineError, SourceContractError, TidemarkError, TransientEngineError } from '../../core/errors';

/**
 * DuckDB's and the file system's errors as the product's own. Their messages may hold values of the customer's rows, so
 * none is passed on, not even as `cause`: only what is named here is taken out of them (file, line, column, type).
 */
export function mapEngineError(error: unknown): TidemarkError {
  if (error instanceof TidemarkError) return error;
  const message = messageOf(error);
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return (
    mapFileSystem(message, code, (error as NodeJS.ErrnoException)?.path) ?? mapSource(message) ?? mapQuery(message)
  );
}

/** Not by instanceof: the binding's errors come from another realm under some test runners. */
export function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}

/** The first file an engine message names. */
function fileIn(message: string): string | undefined {
  // Greedy up to the last such quote of the line: a path may hold quotes itself.
  const quoted = /(?:file|pattern|directory)[ =:]+(["'])([^\n]+)\1/i.exec(message)?.[2];
  return (quoted ?? /\bfile = ([^\n]+)/.exec(message)?.[1])?.trim();
}

const at = (file: string | undefined) => (file ? { place: { file } } : {});

function mapFileSystem(message: string, code: string | undefined, path: string | undefined): TidemarkError | undefined {
  const file = path ?? fileIn(message);
  const matches = (errno: string, text: RegExp) => code === errno || text.test(message);
  if (
    matches('ENOSPC', /No space left on device|EDQUOT|Disk quota exceeded|File too large|max_temp_directory_size/i) ||
    code === 'EDQUOT' ||
    code === 'EFBIG'
  ) {
    return new EngineError({
      code: 'disk_full',
      found: 'there is no room left on the disk',
      remedy: 'make room or choose another folder with --out, then run again; the last published snapshot is untouched',
      ...at(file),
    });
  }
  if (
    // A recursive mkdir in a read-only file system fails with ENOENT in Node.
    (code === 'ENOENT' && /, mkdir /.test(message)) ||
    matches('EROFS', /Read-only file system/i) ||
    matches('EACCES', /Permission denied|EPERM|Operation not permitted/i) ||
    code === 'EPERM'
  ) {
    return new EngineError({
      code: 'permission_denied',
      found: 'this file or folder may not be written or read',
      remedy: 'give this user the right to it, or choose another folder with --out',
      ...at(file),
    });
  }
  if (matches('ENOTDIR', /Not a directory/i) || code === 'EEXIST') {
    return new EngineError({
      code: 'not_a_folder',
      found: 'a file stands where a folder is needed',
      remedy: 'move the file away, or choose another folder with --out',
      ...at(file),
    });
  }
  if (matches('EMFILE', /Too many open files/i)) {
    return new TransientEngineError({
      code: 'too_many_files',
      found: 'too many files are open',
      remedy: 'raise `ulimit -n` and run again',
      ...at(file),
    });
  }
  return undefined;
}

function sourceError(
  code: string,
  found: string,
  remedy: string,
  file: string | undefined,
  line?: number,
): SourceContractError {
  return new SourceContractError({
    code,
    found,
    remedy,
    ...(file ? { place: { file, ...(line ? { line } : {}) } } : {}),
  });
}

function mapSource(message: string): TidemarkError | undefined {
  const file = fileIn(message);
  if (/No files found that match|Cannot open file .*No such file|does not exist.*file/i.test(message)) {
    return sourceError(
      'source_missing',
      'this file is not there any more',
      'put it back, or change `from` of the source',
      file,
    );
  }
  const line = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1] ?? /in line (\d+)/.exec(message)?.[1]) || undefined;
  if (/not utf-?8 encoded|Invalid unicode|invalid UTF-?8/i.test(message)) {
    return sourceError(
      'source_encoding',
      'the text is not UTF-8',
      'convert it, for example `iconv -f latin1 -t utf-8 old.csv > new.csv`',
      file,
      line,
    );
  }
  if (/CSV Error on Line/.test(message)) {
    const [, wanted, found] = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message) ?? [];
    if (wanted)
      return sourceError(
        'source_ragged',
        `this row has ${found} columns where ${wanted} are expected`,
        'mend the row; check `format: delimiter` and `quote` of the source',
        file,
        line,
      );
    return sourceError(
      'source_unreadable',
      'this row cannot be read as text columns',
      'check quotes around it, and `format: delimiter` and `quote` of the source',
      file,
      line,
    );
  }
  if (/Malformed JSON/.test(message)) {
    return sourceError(
      'source_unreadable',
      'this line is not valid JSON',
      'mend the line, or export the file again',
      file,
      line,
    );
  }
  if (
    /No magic bytes|Could not read enough bytes|Invalid Parquet|parquet.*(corrupt|too small)|corrupt|TProtocolException|Snappy|ZSTD|decompress|gzip|inflate|thrift|Invalid PLAIN|too small to be a Parquet/i.test(
      message,
    )
  ) {
    return sourceError('source_corrupt', 'the file is broken or cut short', 'copy or export it again', file);
  }
  return undefined;
}

/** Quoted text may be a value; a call such as 'year(VARCHAR)' or a name in double quotes is not. */
function withoutValues(message: string): string {
  return message.replaceAll(/'([^']*)'/g, (whole, inner: string) =>
    /^[a-z_0-9.]+\([A-Z0-9_, ().[\]]*\)$/i.test(inner) ? whole : "'...'",
  );
}

function mapQuery(message: string): TidemarkError {
  const kind = /^([A-Z][A-Za-z ]*?)(?: exception)? ?Error:/.exec(message)?.[1] ?? '';
  if (/INTERRUPT/i.test(kind)) return interrupted();
  if (/Out of Memory|failed to allocate|could not allocate/i.test(message)) {
    return new EngineError({
      code: 'out_of_memory',
      found: 'the query needs more memory than DuckDB may use here',
      remedy: 'allow more with TIDEMARK_MEMORY (for example 3GB), and see that the disk has room for spilled data',
    });
  }
  if (/^(Conversion|Out of Range|Invalid Input|Mismatch Type)$/.test(kind)) {
    const type =
      /to ([A-Z][A-Z0-9_]*(?:\(\d+,\s*\d+\))?)\b/.exec(message)?.[1] ??
      (/date field/.test(message) ? 'DATE' : undefined);
    const column = /source column "?([A-Za-z_][\w]*)/.exec(message)?.[1];
    return new EngineError({
      code: 'value_not_convertible',
      found: `a value${column ? ` of column ${column}` : ''} could not be converted${type ? ` to ${type}` : ''}`,
      remedy:
        'the query must test values before it casts them (try_cast); the value is not shown because it may be personal',
    });
  }
  if (/^(Binder|Catalog|Parser|Syntax|Not implemented)$/.test(kind)) {
    return new EngineError({
      code: 'query_invalid',
      found: withoutValues(message.split('\n')[0] ?? kind),
      remedy: 'mend the SQL of this model or the mapping that it was made from',
    });
  }
  return new EngineError({
    code: 'engine_failed',
    found: `DuckDB stopped the query${kind ? ` (${kind} error)` : ''}`,
    remedy: 'run again; if it stays, report it with the name of the step (the message is withheld, it may hold values)',
  });
}

export function interrupted(): EngineError {
  return new EngineError({
    code: 'interrupted',
    found: 'the query was stopped',
    remedy: 'run again; nothing of it was published',
  });
}
