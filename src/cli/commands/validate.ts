import type { Command } from 'commander';
import { SQL_FOLDER } from '../../project/product';
import { count, plural } from '../format';
import type { Terminal } from '../terminal';

interface ValidateOptions {
  project: string;
  data?: boolean;
  json?: boolean;
}

export function addValidateCommand(program: Command, terminal: Terminal): void {
  program
    .command('validate')
    .summary('read a project and tell all that is wrong')
    .description('Reads tidemark.yml, its queries and segments, and tells everything that is wrong at once.')
    .option('--project <dir>', 'the folder of tidemark.yml', '.')
    .option(
      '--data',
      'look at the data too: whether files and columns are there, have fitting types, and the first rows can be read',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  npx tidemark validate --project demo-shop')
    .action((options: ValidateOptions) => validate(options, terminal));
}

async function validate(options: ValidateOptions, terminal: Terminal): Promise<void> {
  // Loaded late, so that other commands start without it.
  const { describeValidation, validateProject } = require('../validate') as typeof import('../validate');
  const { readSegmentFields } =
    require('../../project/segment-fields') as typeof import('../../project/segment-fields');
  const validation = await validateProject(options.project, await readSegmentFields(SQL_FOLDER));
  const { valid } = validation.report;
  const data = options.data && valid ? await lookAtData(options.project) : undefined;
  if (options.json) terminal.out(JSON.stringify({ ...validation.report, ...(data ? { data } : {}) }, null, 2));
  else if (valid) terminal.out([describeValidation(validation), ...describeSources(data)].join('\n'));
  else terminal.err(`${describeValidation(validation)}\n`);
  if (!valid) process.exitCode = 2;
}

type FoundSources = Awaited<ReturnType<typeof import('../inspect-project')['inspectProject']>>;

/** Loaded late, so that validating definitions needs no DuckDB. */
function lookAtData(project: string): Promise<FoundSources> {
  const { inspectProject } = require('../inspect-project') as typeof import('../inspect-project');
  return inspectProject(project);
}

function describeSources(sources: FoundSources | undefined): string[] {
  return Object.entries(sources ?? {}).map(
    ([name, { files, bytes }]) =>
      `  ${name}: ${plural(files, 'file')}, ${count(bytes / 1000)} kB, columns and first rows fit`,
  );
}
