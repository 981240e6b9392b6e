import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DefinitionError } from '../core/errors';
import { SEGMENT_KEY, type SegmentDefinition } from '../core/segments/definition';
import { type ConditionSource, parseCondition } from '../core/segments/parse-condition';
import { segmentFileSchema } from '../core/segments/segment-file';
import { readYaml, type YamlFile } from './read-yaml';
import { validateYaml } from './schema-errors';

/**
 * Reads every segment of a project, sorted by key. No folder, no segments. Names of fields are not checked here: that is
 * compileSegments' part.
 *
 * @param errors everything wrong in any file is added here; segments with mistakes come back as far as they could be read.
 */
export async function loadSegments(directory: string, errors: DefinitionError[]): Promise<SegmentDefinition[]> {
  const segments: SegmentDefinition[] = [];
  for (const file of await segmentFiles(directory, errors)) {
    const yaml = await readYaml(directory, file, errors);
    const segment = yaml && parseSegment(yaml, errors);
    if (segment) segments.push(segment);
  }
  return segments;
}

/** Reads a segment out of its YAML; its key is the file's name. After a mistake it holds what could be read. */
export function parseSegment(yaml: YamlFile, errors: DefinitionError[]): SegmentDefinition | undefined {
  const { file, lineOf } = yaml;
  const facts = validateYaml(yaml, segmentFileSchema, errors);
  const raw = (yaml.value as { when?: unknown } | null)?.when;
  const problem: ConditionSource['problem'] = ({ line, ...rest }) => {
    errors.push(new DefinitionError({ ...rest, place: { file, line } }));
  };
  const when = raw === undefined ? undefined : parseCondition(raw, ['when'], { lineOf, problem });
  if (!when) return undefined;
  const { name, description, owner, status } = facts ?? {
    name: '',
    description: '',
    owner: '',
    status: 'draft' as const,
  };
  return {
    key: keyOf(file),
    file,
    name: name.trim(),
    description: description.trim(),
    owner: owner.trim(),
    status,
    when,
  };
}

const keyOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.yml$/, '');

async function segmentFiles(directory: string, errors: DefinitionError[]): Promise<string[]> {
  const refuse = (file: string, code: string, found: string, remedy: string, cause?: unknown): false => {
    errors.push(new DefinitionError({ code, place: { file }, found, remedy, cause }));
    return false;
  };
  let names: string[];
  try {
    names = await readdir(join(directory, 'segments'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT')
      refuse(
        'segments',
        'file_unreadable',
        `the folder cannot be read (${code ?? 'unknown reason'})`,
        'check that it is a folder and its permissions',
        cause,
      );
    return [];
  }
  return names
    .sort()
    .filter((name) => !name.startsWith('.') && /\.ya?ml$/i.test(name))
    .map((name) => `segments/${name}`)
    .filter((file) => {
      if (!file.endsWith('.yml'))
        return refuse(
          file,
          'segment_file_name',
          'the file does not end in .yml and would be passed over',
          'rename it to end in .yml',
        );
      if (SEGMENT_KEY.test(keyOf(file))) return true;
      return refuse(
        file,
        'segment_file_name',
        'the file name is not a segment key',
        'begin with a lower case letter, then lower case letters, digits and underscores, at most 63 in all',
      );
    });
}
