import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as errors from '../../src/core/errors';
import type { Model } from '../../src/core/models/model';
import { code, page, table, told } from './markdown';
import { type ThrownCode, thrownCodes } from './scan-errors';

type Line = [errorClass: string, means: string, remedy: string];

const CLASSES: [name: string, when: string][] = [
  ['DefinitionError', 'a project file, segment, model or option is wrong; its author must change it'],
  ['DefinitionErrors', 'several of these, found in one pass'],
  ['SourceContractError', 'the source data break their contract; their owner must act'],
  ['SourceContractErrors', 'several of these, found in one pass'],
  ['CheckFailedError', 'a check of a model failed: what was computed must not be published'],
  [
    'SnapshotIntegrityError',
    'a published snapshot or the notes of a run are not what they must be, or a race was lost',
  ],
  ['EngineError', 'the engine or the store refused or broke, and repeating would not help'],
  ['TransientEngineError', 'the same for a passing reason: the only one worth another attempt'],
];

/** Codes of warnings: told in summary and manifest, never thrown. */
const WARNINGS: Record<string, string> = {
  partition_read_whole:
    'A source with a partition was read whole, because what its rollups are made of has changed since the night before',
  heavy_customer: 'One id holds over 1 % of all orders: if it is nobody, add it to not_customers',
};

/**
 * Every error class and code.
 *
 * @throws Error naming codes of the source without a line in error-codes.yml, and lines without a code.
 */
export async function errorsPage(sourceFolders: readonly string[], models: readonly Model[]): Promise<string> {
  const lines = parse(readFileSync(join(__dirname, 'error-codes.yml'), 'utf8')) as Record<string, Line>;
  const thrown = sourceFolders.flatMap(thrownCodes).filter((one) => !(one.code in WARNINGS));
  demandSame(lines, thrown);
  return page(
    'Errors',
    'Every error names its code, the place (file and line, or table and column), what was found and what to do. `--json` gives the same as fields. Values of rows are never in it. Whatever happens, the last published night stays as it was.',
    '## Classes and exit codes',
    table(
      ['class', 'exit', 'when'],
      CLASSES.map(([name, when]) => [code(name), exitCodeOf(name), when]),
    ),
    'Exit code 0 is done, 130 stopped by Ctrl-C. Anything nobody foresaw is an `UnexpectedError`, exit code 1.',
    '## Codes',
    table(
      ['code', 'class', 'means', 'what to do', 'thrown in'],
      Object.keys(lines)
        .sort()
        .map((name) => row(name, lines, thrown)),
    ),
    '## Checks',
    'A check has its own name as code. Level `refuse` is a SourceContractError, `fail` a CheckFailedError, `warn` a warning.',
    table(['code', 'level', 'model', 'told as', 'what to do'], checkRows(models)),
    '## Warnings of the whole run',
    table(
      ['code', 'means'],
      Object.entries(WARNINGS).map(([name, means]) => [code(name), means]),
    ),
  );
}

function row(name: string, lines: Record<string, Line>, thrown: readonly ThrownCode[]): string[] {
  const [errorClass, means, remedy] = lines[name] as Line;
  const files = thrown
    .filter((one) => one.code === name)
    .map(({ folder, file }) => `[${file}](../../${folder}/${file})`);
  return [code(name), errorClass, means, remedy, files.join(', ')];
}

function demandSame(lines: Record<string, Line>, thrown: readonly ThrownCode[]): void {
  const codes = new Set(thrown.map((one) => one.code));
  const problems = [
    ...[...codes]
      .filter((name) => !(name in lines))
      .map((name) => `${name} has no line in scripts/docs/error-codes.yml`),
    ...Object.keys(lines)
      .filter((name) => !codes.has(name))
      .map((name) => `${name} is nowhere in src any more: remove its line`),
    ...thrown
      .filter(({ code: name, errorClass }) => errorClass && lines[name] && !isNamed(errorClass, lines[name]))
      .map(({ code: name, errorClass, file }) => `${name} is a ${errorClass} in ${file}`),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** What nobody foresaw is wrapped for printing only. */
const isNamed = (errorClass: string, [named]: Line): boolean =>
  named === 'UnexpectedError' || named.split(', ').includes(errorClass);

function exitCodeOf(name: string): string {
  const Class = (errors as unknown as Record<string, new (facts: unknown) => errors.TidemarkError>)[name];
  if (!Class) throw new Error(`there is no class ${name}`);
  const facts = { code: '', found: '', remedy: '' };
  return String(new Class(name.endsWith('Errors') ? [] : facts).exitCode);
}

function checkRows(models: readonly Model[]): string[][] {
  const checks = models.flatMap((model) => model.sidecar.checks.map((check) => ({ model, check })));
  const names = [...new Set(checks.map(({ check }) => check.name))].sort();
  const defect = 'this is a defect of Tidemark; please report it';
  return [
    [code('unique_key'), 'fail', 'every one with a key', 'values of the key stand on more than one row', defect],
    [code('null_key'), 'fail', 'every one with a key', 'rows have no key', defect],
    ...names.map((name) => {
      const same = checks.filter(({ check }) => check.name === name);
      const { check } = same[0] as (typeof checks)[number];
      const where =
        same.length > 3 ? 'every one of a source that has the column' : same.map(({ model }) => model.name).join(', ');
      return [code(name), check.level, where, told(check), check.remedy];
    }),
  ];
}
