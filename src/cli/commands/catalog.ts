import type { Command } from 'commander';
import { type AthenaOptions, athenaSettings } from '../../engines/athena/athena-settings';
import type { RebuiltCatalog } from '../../pipeline/rebuild-catalog';
import { plural } from '../format';
import type { Terminal } from '../terminal';
import type { Warehouse } from '../warehouse';

interface CatalogOptions extends AthenaOptions {
  project: string;
  json?: boolean;
}

export function addCatalogCommand(program: Command, terminal: Terminal): void {
  program
    .command('catalog')
    .summary('make the Glue catalog agree with models and published nights')
    .description(
      'Makes what Athena needs and Glue lacks: the database, tables and views, and the partitions of every published night. Run it before the first night on Athena, after an update, and when the catalog was lost. Nothing is deleted; run again it does nothing.',
    )
    .option('--project <dir>', 'the folder of tidemark.yml', '.')
    .option('--out <place>', 'where the snapshots are, s3://bucket/prefix (default: TIDEMARK_OUT)')
    .option('--workgroup <name>', 'of Athena (default: TIDEMARK_WORKGROUP, else primary)')
    .option('--database <name>', 'of Glue, for the tables of Tidemark (default: TIDEMARK_DATABASE, else tidemark)')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', '\nExample:\n  npx tidemark catalog --project shop --out s3://my-bucket/tidemark')
    .action((options: CatalogOptions) => catalog(options, terminal));
}

async function catalog(options: CatalogOptions, terminal: Terminal): Promise<void> {
  const settings = athenaSettings(options, process.env);
  const warehouse: Warehouse = { engine: 'athena', settings };
  // Loaded late, so that other commands start without the SDK and DuckDB.
  const { loadDefinitions } =
    require('../../project/load-definitions') as typeof import('../../project/load-definitions');
  const { openWarehouse, placeName } = require('../warehouse') as typeof import('../warehouse');
  const { rebuildCatalog } =
    require('../../pipeline/rebuild-catalog') as typeof import('../../pipeline/rebuild-catalog');
  const definitions = await loadDefinitions(options.project);
  const { ports, close } = await openWarehouse(warehouse);
  try {
    const rebuilt = await rebuildCatalog({ ports, definitions, hashSalt: undefined });
    if (options.json) terminal.out(JSON.stringify({ database: settings.database, ...rebuilt }, null, 2));
    else terminal.out(describe(settings.database, placeName(warehouse), rebuilt).join('\n'));
  } finally {
    await close();
  }
}

function describe(database: string, place: string, rebuilt: RebuiltCatalog): string[] {
  const { made, extended, unchanged, partitions, nights, current_run: current } = rebuilt;
  return [
    `Glue database ${database}, for ${place}`,
    `  tables and views: ${made.length} made, ${extended.length} given new columns, ${unchanged} as they were`,
    ...(made.length > 0 ? [`    made: ${made.join(', ')}`] : []),
    ...extended.map(({ table, columns }) => `    ${table} now has ${columns.join(', ')}`),
    `  partitions of ${plural(nights, 'published night')}: ${partitions.made} made, ${partitions.unchanged} as they were`,
    current
      ? `  The views show night ${current.run_date}, run ${current.run_id}.`
      : '  Nothing is published yet: the views have no rows.',
  ];
}
