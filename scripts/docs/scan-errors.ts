import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface ThrownCode {
  code: string;
  /** The class named right before the code, where it is: helpers hide some. */
  errorClass: string | undefined;
  /** Name of the folder that was scanned; the file is below it. */
  folder: string;
  file: string;
}

/** Where a code may stand: as the property, or as the first text given to one of the helpers that make errors. */
const CODES =
  /(?:new (?<errorClass>\w+Error)\(\s*\{\s*)?(?:\bcode: |\bcode = |\breport\(\s*|\.error\(\s*|\bproblem\(\s*|\bsourceError\(\s*|\brefuse\(\s*(?:file,\s*|'segments',\s*)?|\btell\([^'()]*|return \[)'(?<code>[a-z]+(?:_[a-z0-9]+)*)'/g;

/** Names that stand where a code may, and are none: those of zod's issues, and plain texts. */
const OTHERS = /Extract<[^>]*>|\['true', 'false'\]/g;

/** Every error code in the source, once a file. */
export function thrownCodes(folder: string): ThrownCode[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll(OTHERS, '');
    const found = new Map<string, ThrownCode>();
    for (const { groups } of text.matchAll(CODES)) {
      const { code = '', errorClass } = groups ?? {};
      if (!found.get(code)?.errorClass)
        found.set(code, { code, errorClass, folder: basename(folder), file: file.replaceAll('\\', '/') });
    }
    return [...found.values()];
  });
}
