import type { Command } from 'commander';
import { SQL_FOLDER } from '../../project/product';
import type { Terminal } from '../terminal';

export function addValidateCommand(program: Command, terminal: Terminal): void {
  program
    .command('validate')
    .summary('read a project and tell all that is wrong')
    .description(
      'Reads tidemark.yml, its queries and segments, and tells everything that is wrong at once. Touches no data.',
    )
    .option('--project <dir>', 'the folder of tidemark.yml', '.')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  npx tidemark validate --project demo-shop')
    .action(async (options: { project: string; json?: boolean }) => {
      // Loaded late, so that other commands start without it.
      const { describeValidation, validateProject } = require('../validate') as typeof import('../validate');
      const { readSegmentFields } =
        require('../../project/segment-fields') as typeof import('../../project/segment-fields');
      const validation = await validateProject(options.project, await readSegmentFields(SQL_FOLDER));
      if (options.json) terminal.out(JSON.stringify(validation.report, null, 2));
      else if (validation.report.valid) terminal.out(describeValidation(validation));
      else terminal.err(`${describeValidation(validation)}\n`);
      if (!validation.report.valid) process.exitCode = 2;
    });
}
