import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ModelInput } from './model-text';
import type { GivenRow } from './relations';

/** One folder test/sql/<model>/<case>/. */
export interface FixtureCase {
  model: string;
  name: string;
  input: ModelInput;
  /** Rows in any order. */
  expect: GivenRow[] | undefined;
  /** What the checks refuse with: `code`, and where named `error` (the class), `table`, and part of `found`. */
  error: { code: string; error?: string; table?: string; found?: string } | undefined;
  facts: GivenRow | undefined;
  warnings: string[] | undefined;
}

const FILES = [
  'given',
  'params.yml',
  'project.yml',
  'expect.yml',
  'expect_error.yml',
  'expect_facts.yml',
  'expect_warnings.yml',
];

function foldersIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function yamlOf<T>(folder: string, file: string): T | undefined {
  const path = join(folder, file);
  return existsSync(path) ? (parse(readFileSync(path, 'utf8')) as T) : undefined;
}

/** Every case under a folder of fixtures. @throws Error for a file that means nothing here. */
export function fixtureCases(root: string): FixtureCase[] {
  return foldersIn(root).flatMap((model) => foldersIn(join(root, model)).map((name) => readCase(root, model, name)));
}

function readCase(root: string, model: string, name: string): FixtureCase {
  const folder = join(root, model, name);
  const strays = readdirSync(folder).filter((file) => !FILES.includes(file));
  if (strays.length > 0)
    throw new Error(`${folder} holds ${strays.join(', ')}; a case consists of ${FILES.join(', ')}`);
  const givenFolder = join(folder, 'given');
  const files = existsSync(givenFolder) ? readdirSync(givenFolder) : [];
  const given = Object.fromEntries(
    files.map((file) => [file.replace(/\.yml$/, ''), yamlOf<GivenRow[]>(givenFolder, file) ?? []]),
  );
  return {
    model,
    name,
    input: { given, params: yamlOf(folder, 'params.yml') ?? {}, project: yamlOf(folder, 'project.yml') ?? {} },
    expect: yamlOf(folder, 'expect.yml'),
    error: yamlOf(folder, 'expect_error.yml'),
    facts: yamlOf(folder, 'expect_facts.yml'),
    warnings: yamlOf(folder, 'expect_warnings.yml'),
  };
}
