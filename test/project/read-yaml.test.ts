import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DefinitionError } from '../../src/core/errors';
import { parseYaml, readYaml } from '../../src/project/read-yaml';
import { temporaryProject } from './temporary-project';

async function codesOf(content: string | Buffer): Promise<string[]> {
  const { directory, remove } = temporaryProject({ 'some.yml': content });
  const errors: DefinitionError[] = [];
  await readYaml(directory, 'some.yml', errors);
  remove();
  return errors.map((error) => error.code);
}

it.each<[string, string | Buffer, string]>([
  ['bytes that are not UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]), 'file_not_utf8'],
  ['UTF-16', Buffer.from('\ufeffshop: a\n', 'utf16le'), 'file_not_utf8'],
  ['more than 1 MB', `a: ${'x'.repeat(1_000_001)}\n`, 'file_too_large'],
  ['absurd nesting', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`, 'yaml_syntax'],
  ['nothing', '', 'file_empty'],
  ['a null', '~\n', 'file_empty'],
])('refuses %s', async (_name, content, code) => {
  expect(await codesOf(content)).toEqual([code]);
});

it('tells the first few of many broken lines', async () => {
  expect(await codesOf(`a: ${'['.repeat(1000)}`)).toHaveLength(5);
});

it('refuses a folder in place of the file', async () => {
  const { directory, remove } = temporaryProject({});
  mkdirSync(join(directory, 'some.yml'));
  const errors: DefinitionError[] = [];
  await readYaml(directory, 'some.yml', errors);
  remove();
  expect(errors.map((error) => error.code)).toEqual(['file_unreadable']);
});

it('reads a byte order mark, Windows line ends and emoji', () => {
  const errors: DefinitionError[] = [];
  const { directory, remove } = temporaryProject({ 'some.yml': '\ufeffshop: caf\u00e9 😀\r\nlist:\r\n  - 1\r\n' });
  return readYaml(directory, 'some.yml', errors).then((yaml) => {
    remove();
    expect(errors).toEqual([]);
    expect(yaml?.value).toEqual({ shop: 'café 😀', list: [1] });
  });
});

it('keeps dates, yes and no as text and a key named __proto__ harmless', () => {
  const errors: DefinitionError[] = [];
  const yaml = parseYaml('day: 2026-01-31\nanswer: yes\n__proto__: { polluted: 1 }\n', 'some.yml', errors);
  expect(yaml?.value).toMatchObject({ day: '2026-01-31', answer: 'yes' });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it('knows the line of every key and list item, or of the nearest parent', () => {
  const text = '# first\na:\n  b:\n    - x\n    - { c: 1,\n        d: 2 }\n';
  const yaml = parseYaml(text, 'some.yml', []);
  const lines = [['a'], ['a', 'b'], ['a', 'b', 0], ['a', 'b', 1, 'c'], ['a', 'b', 1, 'd'], ['a', 'b', 1, 'e'], ['z']];
  expect(lines.map((path) => yaml?.lineOf(path))).toEqual([2, 3, 4, 5, 6, 5, 2]);
});
