import type { Command } from 'commander';
import { PACKAGE_ROOT } from '../../project/product';
import { newModel, newSegment } from '../new';
import type { Terminal } from '../terminal';

interface NewOptions {
  json?: boolean;
}

export function addNewCommand(program: Command, terminal: Terminal): void {
  const parent = program
    .command('new')
    .summary('write the files of a new segment or model')
    .description('Writes the files of the next segment or model, valid and ready to change.');
  parent
    .command('segment')
    .argument('<name>', 'key of the segment, such as lapsing_vips')
    .description('Writes segments/<name>.yml in the project folder.')
    .option('--project <dir>', 'the folder of tidemark.yml', '.')
    .option('--json', 'print the paths as JSON')
    .addHelpText('after', '\nExample:\n  npx tidemark new segment lapsing_vips --project demo-shop')
    .action(async (name: string, options: NewOptions & { project: string }) => {
      const file = await newSegment(options.project, name);
      tell(terminal, options, [file], `Edit it, then: npx tidemark validate --project ${options.project}`);
    });
  parent
    .command('model')
    .argument('<name>', 'name of the model, such as customer_baskets')
    .description('Writes sql/<layer>/<name>.sql with its sidecar and a first fixture, in this checkout.')
    .option('--layer <layer>', 'the folder of sql/ it belongs in', 'features')
    .option('--json', 'print the paths as JSON')
    .addHelpText('after', '\nExample:\n  npx tidemark new model customer_baskets --layer features')
    .action(async (name: string, options: NewOptions & { layer: string }) => {
      const files = await newModel(PACKAGE_ROOT, name, options.layer);
      tell(terminal, options, files, `Its fixture runs with: npx jest test/sql -t ${name}`);
    });
}

function tell(terminal: Terminal, options: NewOptions, files: readonly string[], next: string): void {
  if (options.json) terminal.out(JSON.stringify({ written: files }, null, 2));
  else terminal.out([...files.map((file) => `wrote ${file}`), next].join('\n'));
}
