import type { z } from 'zod';
import { DefinitionError } from '../core/errors';
import { nearest, suggest } from '../core/nearest';
import type { YamlFile, YamlPath } from './read-yaml';
import { descriptionAt, knownKeys } from './schema-walk';

type Issue = z.core.$ZodIssue;

interface Problem {
  code: string;
  /** Where it stands, as a path into the file. */
  at: YamlPath;
  found: string;
  remedy: string;
}

/**
 * Validates a YAML file. Every issue becomes one DefinitionError with its line, what was found and what to do;
 * undefined is returned then.
 */
export function validateYaml<T>(yaml: YamlFile, schema: z.ZodType<T>, errors: DefinitionError[]): T | undefined {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => explainIssue(issue, [], yaml.value, schema));
  for (const { code, at, found, remedy } of withoutEchoes(problems)) {
    errors.push(new DefinitionError({ code, place: { file: yaml.file, line: yaml.lineOf(at) }, found, remedy }));
  }
  return undefined;
}

/** A mistyped key is also a missing key: tell it once, as the mistyped one. */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const level = (path: YamlPath): string => JSON.stringify(path.slice(0, -1).map(String));
  return problems.filter((problem) => {
    if (problem.code !== 'missing_key') return true;
    const missing = String(problem.at.at(-1));
    return !problems.some(
      (other) =>
        other.code === 'unknown_key' &&
        level(other.at) === level(problem.at) &&
        nearest(String(other.at.at(-1)), [missing]),
    );
  });
}

function explainIssue(issue: Issue, prefix: YamlPath, root: unknown, schema: z.ZodType): Problem[] {
  const at = [...prefix, ...issue.path];
  const name = nameOf(at);
  const value = valueAt(root, at);
  const found = `${name} is ${describeValue(value, at)}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        code: 'unknown_key',
        at: [...at, key],
        found: `${at.length === 0 ? '' : `${name} has `}the ${knownKeys(schema, at).includes(key) ? '' : 'unknown '}key ${quote(key)}`,
        remedy: keyRemedy(key, value, knownKeys(schema, at)),
      }));
    case 'invalid_type':
      if (value === undefined) return [missingKey(at, name, schema)];
      return [
        { code: 'wrong_type', at, found, remedy: `write ${typeWord(issue.expected)}${hint(issue.expected, value)}` },
      ];
    case 'invalid_value':
      if (value === undefined) return [missingKey(at, name, schema)];
      return [{ code: 'invalid_value', at, found, remedy: suggest(String(value), issue.values.map(String)) }];
    case 'invalid_union':
      return explainUnion(issue, at, found, root, schema);
    case 'too_small':
    case 'too_big':
      return [{ code: 'invalid_value', at, found, remedy: limitRemedy(issue) }];
    case 'invalid_format':
      return [
        {
          code: 'invalid_value',
          at,
          found,
          remedy: `write ${issue.message.startsWith('Invalid') ? `it as ${issue.pattern}` : issue.message}`,
        },
      ];
    case 'invalid_key':
      return [
        {
          code: 'invalid_key',
          at,
          found: `the key ${quote(String(at.at(-1)))} is not a plain name`,
          remedy: 'use lower case letters, digits and underscores',
        },
      ];
    default:
      if (value === undefined) return [missingKey(at, name, schema)];
      return [{ code: 'invalid_value', at, found: `${name}: ${issue.message}`, remedy: 'mend it' }];
  }
}

/** A key may be known and yet not belong here: where a value can be written in several ways, one must be chosen. */
function keyRemedy(key: string, value: unknown, known: readonly string[]): string {
  if (!known.includes(key)) return suggest(key, known);
  const others = Object.keys(value ?? {}).filter((one) => one !== key && known.includes(one));
  return `${key} does not go together with ${others.join(', ')}: keep one`;
}

function missingKey(at: YamlPath, name: string, schema: z.ZodType): Problem {
  const description = descriptionAt(schema, at);
  return {
    code: 'missing_key',
    at,
    found: `${name} is missing`,
    remedy: `add ${String(at.at(-1))}${description ? `: ${description}` : ''}`,
  };
}

/** Of the ways a value could have been written, explains the one it comes closest to. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  at: YamlPath,
  found: string,
  root: unknown,
  schema: z.ZodType,
): Problem[] {
  const isOtherType = (branch: readonly Issue[]): boolean =>
    branch.some((one) => one.code === 'invalid_type' && one.path.length === 0);
  const candidates = issue.errors.filter((branch) => !isOtherType(branch)).sort((a, b) => a.length - b.length);
  const best = candidates[0];
  if (best) return best.flatMap((one) => explainIssue(one, at, root, schema));
  const expected = issue.errors.flatMap((branch) =>
    branch.flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : [])),
  );
  const value = valueAt(root, at);
  if (value === undefined) return [missingKey(at, nameOf(at), schema)];
  const words = [...new Set(expected.map(typeWord))].join(' or ');
  return [
    {
      code: 'wrong_type',
      at,
      found,
      remedy: `write ${words}${expected.map((one) => hint(one, value)).find((text) => text !== '') ?? ''}`,
    },
  ];
}

function limitRemedy(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const [limit, word] = issue.code === 'too_small' ? [issue.minimum, 'least'] : [issue.maximum, 'most'];
  if (issue.origin === 'string')
    return limit === 1 && issue.code === 'too_small'
      ? 'write a text that is not empty'
      : `write at ${word} ${limit} character(s)`;
  if (issue.origin === 'array') return `list ${issue.exact ? 'exactly' : `at ${word}`} ${limit} value(s)`;
  if (!issue.inclusive) return `write a number ${issue.code === 'too_small' ? 'above' : 'below'} ${limit}`;
  return `write a number of at ${word} ${limit}`;
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

const typeWord = (expected: string): string => TYPE_WORDS[expected] ?? expected;

function hint(expected: string, value: unknown): string {
  if (value === null) return ', or remove the key';
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return ': put quotes around it';
  if ((expected === 'number' || expected === 'int') && typeof value === 'string') return ', without quotes';
  return '';
}

function nameOf(path: YamlPath): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.');
}

function valueAt(root: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, root);
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);

/** What a value is, in words. Placeholder ids are ids of somebody: only their kind is told. */
function describeValue(value: unknown, path: YamlPath): string {
  if (value === null) return 'empty';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map of keys';
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : '';
  if (path[0] === 'not_customers') return kind === '' ? 'true or false' : `a ${kind}`;
  return `${kind === '' ? '' : `the ${kind} `}${typeof value === 'string' ? quote(value) : String(value)}`;
}
