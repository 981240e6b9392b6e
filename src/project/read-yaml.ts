import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { DefinitionError } from '../core/errors';
import { readText } from './read-text';

export type YamlPath = readonly PropertyKey[];

/** A YAML file as plain values, and where each of them stands. */
export interface YamlFile {
  /** As written in messages: relative to the project folder. */
  file: string;
  value: unknown;
  /** The line of the key or list item at a path, or of its nearest parent that exists. */
  lineOf(path: YamlPath): number;
}

/**
 * Reads one YAML file of a project. Only plain YAML: one document, unique keys, no aliases, no tags, UTF-8, at most 1 MB.
 *
 * @param directory the project folder; `file` is relative to it.
 * @param errors everything wrong with the text is added here; undefined is returned then.
 */
export async function readYaml(
  directory: string,
  file: string,
  errors: DefinitionError[],
): Promise<YamlFile | undefined> {
  const text = await readText(directory, file, errors);
  return text === undefined ? undefined : parseYaml(text, file, errors);
}

/** Parses YAML text; see readYaml. */
export function parseYaml(text: string, file: string, errors: DefinitionError[]): YamlFile | undefined {
  const lines = new LineCounter();
  const problems: YamlProblem[] = [];
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    problems.push(...syntaxProblems(document));
    if (problems.length === 0) problems.push(...unplainNodes(document));
    const value: unknown = problems.length === 0 ? document.toJS({ maxAliasCount: 0 }) : undefined;
    if (value === null) {
      problems.push({
        offset: 0,
        code: 'file_empty',
        found: 'the file is empty',
        remedy: 'write its keys, or remove the file',
      });
    }
    if (problems.length === 0) {
      return { file, value, lineOf: (path) => lines.linePos(offsetOf(document.contents, path)).line };
    }
  } catch (cause) {
    // The parser walks nested lists by recursion: only absurd nesting gets here.
    if (!(cause instanceof Error && cause.name === 'RangeError')) throw cause;
    problems.push({
      offset: 0,
      code: 'yaml_syntax',
      found: 'the YAML is nested too deeply',
      remedy: 'write it flatter',
    });
  }
  for (const { offset, ...facts } of problems) {
    errors.push(new DefinitionError({ ...facts, place: { file, line: text === '' ? 1 : lines.linePos(offset).line } }));
  }
  return undefined;
}

interface YamlProblem {
  offset: number;
  code: string;
  found: string;
  remedy: string;
}

const MOST_SYNTAX_PROBLEMS = 5;

/** One broken line makes others look broken too: the first few are enough. */
function syntaxProblems(document: Document.Parsed): YamlProblem[] {
  return [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX_PROBLEMS).map((error) => {
    const [code, found, remedy] = explainYamlError(error);
    return { offset: error.pos[0], code, found, remedy };
  });
}

function explainYamlError(error: YAMLError): [code: string, found: string, remedy: string] {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return ['duplicate_key', 'this key stands here a second time', 'keep one of them'];
    case 'TAB_AS_INDENT':
      return ['yaml_tab', 'a tab indents this line', 'indent with spaces'];
    case 'MULTIPLE_DOCS':
      return ['yaml_documents', 'a second YAML document starts here', 'keep one document a file; remove the ---'];
    case 'TAG_RESOLVE_FAILED':
      return ['yaml_tag', 'a YAML tag (!name) stands here', 'write the plain value without a tag'];
    default: {
      const remedy = 'mend the line; a text with : # { [ or quotes in it needs quotes around it';
      return ['yaml_syntax', `this is not YAML: ${error.message.split('\n')[0]}`, remedy];
    }
  }
}

/** Aliases could make a small file huge, and a list or map as a key has no plain value: both are refused where they stand. */
function unplainNodes(document: Document.Parsed): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Alias: (_key, node) => {
      const found = `an alias (*${node.source}) stands here`;
      const remedy = 'write the value out; anchors and aliases are not read';
      problems.push({ offset: node.range?.[0] ?? 0, code: 'yaml_alias', found, remedy });
      // One is enough: a file made to explode holds hundreds.
      return visit.BREAK;
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) || isAlias(pair.key)) return undefined;
      const offset = isMap(pair.key) || isSeq(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      const found = 'a list or map stands where a key belongs';
      problems.push({ offset, code: 'yaml_key', found, remedy: 'put quotes around it if it is meant as text' });
      return visit.SKIP;
    },
  });
  return problems;
}

function offsetOf(root: ParsedNode | null, path: YamlPath): number {
  let node: unknown = root;
  let offset = root?.range[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      const range = (node as { range?: [number, number, number] | null } | undefined)?.range;
      if (!range) break;
      offset = range[0];
    } else break;
  }
  return offset;
}
