import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { buildProgram } from '../src/cli/main';
import { processTerminal } from '../src/cli/terminal';

/** What the documentation says must exist: links, commands with their options, npm scripts, recipes of YAML. */
const ROOT = resolve(__dirname, '..');
const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'sql/README.md', 'segments/README.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const scripts = Object.keys(JSON.parse(textOf('package.json')).scripts);

/** The commands in code of a page, `npm run x -- y` and `a && b` taken apart. */
function commandsIn(page: string): string[] {
  const text = textOf(page);
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline]
    .flatMap((line) => line.replace(/\s+#.*/, '').split('&&'))
    .map((command) => command.trim());
}

describe.each(PAGES)('%s', (page) => {
  test('relative links lead somewhere', () => {
    const links = [...textOf(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(page), link)));
    expect(dead).toEqual([]);
  });

  test('commands exist with these options', () => {
    const unknown = commandsIn(page).filter((command) => !isKnown(command));
    expect(unknown).toEqual([]);
  });

  test('nothing of where it was made is mentioned', () => {
    expect(textOf(page)).not.toMatch(/\/work\/|\/home\/|\/tmp\/|\.\.\/shared/);
  });
});

function isKnown(command: string): boolean {
  const words = command.split(/\s+/);
  if (words[0] === 'npm')
    return words[1] === 'ci' || words[1] === 'test' || (words[1] === 'run' && scripts.includes(words[2] ?? ''));
  if (words[0] === 'tidemark') return isTidemark(words.slice(1));
  if (words[0] === 'npx') {
    if (words[1] === 'cdk') return ['bootstrap', 'synth', 'deploy', 'destroy', 'import'].includes(words[2] ?? '');
    return words[1] === 'tidemark' ? isTidemark(words.slice(2)) : words[1] === 'jest';
  }
  return true;
}

function isTidemark(words: readonly string[]): boolean {
  let command: Command = buildProgram(processTerminal());
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word.replace(/,$/, ''));
    if (next) command = next;
    else if (command.commands.length > 0) return false;
    else if (word.startsWith('--') && !command.options.some((option) => option.long === word)) return false;
  }
  return true;
}

test('README shows a project file that is valid', async () => {
  const { parse } = await import('yaml');
  const { projectFileSchema } = require('../src/core/project-file') as typeof import('../src/core/project-file');
  const [, project = ''] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(textOf('README.md')) ?? [];
  expect(projectFileSchema.safeParse(parse(project)).success).toBe(true);
});
