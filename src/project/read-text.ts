import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DefinitionError } from '../core/errors';

const MOST_BYTES = 1_000_000;

/**
 * Reads a small UTF-8 text file of a project, without its byte order mark.
 *
 * @param directory the project folder; `file` is relative to it.
 * @param errors why it cannot be read is added here; undefined is returned then.
 */
export async function readText(
  directory: string,
  file: string,
  errors: DefinitionError[],
): Promise<string | undefined> {
  const path = resolve(directory, file);
  const refuse = (code: string, found: string, remedy: string, cause?: unknown): undefined => {
    errors.push(new DefinitionError({ code, place: { file }, found, remedy, cause }));
    return undefined;
  };
  try {
    const facts = await stat(path);
    if (!facts.isFile()) return refuse('file_unreadable', 'this is not a file', 'put a text file in its place');
    if (facts.size > MOST_BYTES) {
      return refuse(
        'file_too_large',
        `the file has ${facts.size} bytes`,
        `keep it under ${MOST_BYTES} bytes; is it the right file?`,
      );
    }
    const bytes = await readFile(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return refuse('file_not_utf8', 'the file is not UTF-8 text', 'save it again as UTF-8', cause);
    }
    if (code === 'ENOTDIR' && (await isFile(directory)))
      return refuse('file_missing', `${directory} is not a folder`, 'name the folder of tidemark.yml', cause);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return refuse('file_missing', 'there is no such file', `create it in ${directory}`, cause);
    return refuse(
      'file_unreadable',
      `the file cannot be read (${code ?? 'unknown reason'})`,
      'check its permissions',
      cause,
    );
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
