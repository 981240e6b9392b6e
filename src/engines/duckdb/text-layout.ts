import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { SourceFormat } from '../../core/project-file';
import { problem } from './source-files';

/** How one text file is laid out, decided by its first lines and the source's `format`. */
export interface TextLayout {
  delimiter: string;
  quote: string;
  /** Of the columns, in the file's order. */
  columns: string[];
}

const HEAD_BYTES = 262_144;
const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads the first lines of a text file. The delimiter, when not given, is the one that occurs most often in the line
 * that names the columns (or the first row), outside quotes.
 * @throws SourceContractError source_encoding, source_empty, source_corrupt or source_columns.
 */
export async function readTextLayout(
  source: string,
  path: string,
  format: SourceFormat | undefined,
): Promise<TextLayout> {
  const quote = format?.quote ?? '"';
  const text = decode(source, path, await readHead(source, path));
  const line = lineAt(text, format?.skip ?? 0, quote);
  if (line === undefined || line === '') {
    throw problem(
      'source_empty',
      source,
      'the file holds no line to read the columns from',
      'export it again, or check `format: skip`',
      path,
    );
  }
  const delimiter = format?.delimiter ?? guessDelimiter(line, quote);
  const fields = splitLine(line, delimiter, quote);
  const columns =
    format?.header === false
      ? (format.columns ?? fields.map((_, index) => `column${index + 1}`))
      : fields.map((field) => field.trim());
  checkNames(source, path, columns);
  return { delimiter, quote, columns };
}

async function readHead(source: string, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const file = createReadStream(path, path.toLowerCase().endsWith('.gz') ? {} : { end: HEAD_BYTES });
  const stream = path.toLowerCase().endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (/^Z_|ERR_/.test((error as NodeJS.ErrnoException).code ?? '')) {
      throw problem(
        'source_corrupt',
        source,
        'the compressed file is broken or cut short',
        'copy or export it again',
        path,
      );
    }
    throw error;
  }
  return Buffer.concat(chunks);
}

function decode(source: string, path: string, head: Buffer): string {
  const encoding = (line?: number) =>
    problem(
      'source_encoding',
      source,
      'the text is not UTF-8',
      'convert it, for example `iconv -f latin1 -t utf-8 old.csv > new.csv`',
      path,
      line,
    );
  if (head.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])) || head.subarray(0, 2).equals(Buffer.from([0xfe, 0xff])))
    throw encoding();
  try {
    // `stream` lets the cut-off last character pass.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    throw encoding(firstBadLine(head));
  }
}

function firstBadLine(head: Buffer): number {
  const lines = head.toString('latin1').split('\n');
  const bad = lines.findIndex((line) => Buffer.from(line, 'latin1').toString('utf8').includes('\ufffd'));
  return bad + 1;
}

/** The line after `skip` lines; a line break inside quotes does not end it. */
function lineAt(text: string, skip: number, quote: string): string | undefined {
  const lines = text.split('\n');
  if (skip >= lines.length) return undefined;
  let line = lines[skip] ?? '';
  for (let next = skip + 1; next < lines.length && count(line, quote) % 2 === 1; next += 1) line += `\n${lines[next]}`;
  return line.replace(/\r+$/, '');
}

function guessDelimiter(line: string, quote: string): string {
  const counts = DELIMITERS.map((delimiter) => splitLine(line, delimiter, quote).length);
  const most = Math.max(...counts);
  return DELIMITERS[counts.indexOf(most)] ?? ',';
}

function splitLine(line: string, delimiter: string, quote: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (quoted && character === quote && line[index + 1] === quote) {
      field += quote;
      index += 1;
    } else if (character === quote && (quoted || field === '')) quoted = !quoted;
    else if (character === delimiter && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}

function checkNames(source: string, path: string, columns: readonly string[]): void {
  const empty = columns.indexOf('');
  if (empty >= 0) {
    throw problem(
      'source_columns',
      source,
      `column ${empty + 1} has no name`,
      'name it in the header, or set `format: header` and `columns`',
      path,
    );
  }
  const seen = new Set<string>();
  for (const column of columns) {
    if (seen.has(column.toLowerCase())) {
      throw problem(
        'source_columns',
        source,
        `two columns have the name ${column}`,
        'rename one of them (capitals make no difference)',
        path,
      );
    }
    seen.add(column.toLowerCase());
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
