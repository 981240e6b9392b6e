import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { DefinitionError } from '../core/errors';
import { type AthenaOptions, athenaSettings } from '../engines/athena/athena-settings';
import type { Warehouse } from './warehouse';

/** Options of the commands that work on either engine, as commander leaves them. */
export interface WarehouseOptions extends AthenaOptions {
  engine: 'duckdb' | 'athena';
  project: string;
}

/** Adds the options that say where nights are computed and kept. */
export function addWarehouseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'where the SQL runs').choices(['duckdb', 'athena']).default('duckdb' as const),
    )
    .option(
      '--out <place>',
      'where the snapshots are: a folder (default: out in the project folder), on Athena s3://bucket/prefix (default: TIDEMARK_OUT)',
    )
    .option('--workgroup <name>', 'of Athena (default: TIDEMARK_WORKGROUP, else primary)')
    .option('--database <name>', 'of Glue, for the tables of Tidemark (default: TIDEMARK_DATABASE, else tidemark)');
}

/** @throws DefinitionError for an option of the other engine, or one that Athena cannot do without. */
export function warehouseOf(options: WarehouseOptions): Warehouse {
  if (options.engine === 'athena') return { engine: 'athena', settings: athenaSettings(options, process.env) };
  const stray = (['workgroup', 'database'] as const).find((name) => options[name] !== undefined);
  if (stray) {
    throw new DefinitionError({
      code: 'option_not_used',
      found: `--${stray} is an option of Athena, and this run is on DuckDB`,
      remedy: `add --engine athena, or leave --${stray} out`,
    });
  }
  return { engine: 'duckdb', out: options.out ?? join(options.project, 'out') };
}
