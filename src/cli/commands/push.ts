import type { Command } from 'commander';
import type { Project } from '../../core/project';
import { athenaSettings } from '../../engines/athena/athena-settings';
import type { PushedDefinitions } from '../../pipeline/definitions-bundle';
import { bytes, plural } from '../format';
import type { Terminal } from '../terminal';
import type { Warehouse } from '../warehouse';

interface PushOptions {
  project: string;
  out?: string;
  bundle?: string;
  json?: boolean;
}

export function addPushCommand(program: Command, terminal: Terminal): void {
  program
    .command('push')
    .summary('publish tidemark.yml and segments for the nights on AWS, without a deploy')
    .description(
      'Checks a project, stores tidemark.yml, its queries, segments and the SQL of this version as one bundle under its hash, and makes it the one that the next night begins with. A night under way goes on with its own.',
    )
    .option('--project <dir>', 'the folder of tidemark.yml', '.')
    .option('--out <place>', 'where the snapshots are, s3://bucket/prefix (default: TIDEMARK_OUT)')
    .option('--bundle <hash>', 'make an earlier bundle current again instead: its hash, or the first eight of it')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx tidemark push --project shop --out s3://my-bucket/tidemark\n  npx tidemark push --bundle 3f9a1c02 --out s3://my-bucket/tidemark',
    )
    .action((options: PushOptions) => push(options, terminal));
}

/** What a bundle holds; only of one that was made just now. */
interface Packed {
  files: number;
  bytes: number;
}

async function push(options: PushOptions, terminal: Terminal): Promise<void> {
  const { out, project, bundle } = options;
  const warehouse: Warehouse = {
    engine: 'athena',
    settings: athenaSettings(out === undefined ? {} : { out }, process.env),
  };
  // Loaded late, so that other commands start without the SDK.
  const { openStore, placeName } = require('../warehouse') as typeof import('../warehouse');
  const bundles = require('../../pipeline/definitions-bundle') as typeof import('../../pipeline/definitions-bundle');
  let pushed: PushedDefinitions;
  let packed: Packed | undefined;
  if (bundle !== undefined) pushed = await bundles.revertDefinitions(openStore(warehouse), bundle, Date.now());
  else {
    const made = await checkAndPack(project);
    packed = { files: made.files, bytes: Buffer.byteLength(made.text) };
    pushed = await bundles.pushDefinitions(openStore(warehouse), made, Date.now());
  }
  const place = placeName(warehouse);
  if (options.json) terminal.out(JSON.stringify({ out: place, ...pushed, ...packed }, null, 2));
  else terminal.out(describe(place, pushed, packed).join('\n'));
}

/** @throws DefinitionErrors and DefinitionError for whatever a night on Athena would refuse before it reads a row. */
async function checkAndPack(directory: string): Promise<{ hash: string; text: string; files: number }> {
  const { loadDefinitions } =
    require('../../project/load-definitions') as typeof import('../../project/load-definitions');
  const { packDefinitions } = require('../../project/bundle') as typeof import('../../project/bundle');
  const { project } = await loadDefinitions(directory);
  demandTables(project);
  const packed = await packDefinitions(project);
  return { ...packed, files: Object.keys((JSON.parse(packed.text) as { files: object }).files).length };
}

function demandTables(project: Project): void {
  const { tableNamed } =
    require('../../engines/athena/source-names') as typeof import('../../engines/athena/source-names');
  for (const source of Object.values(project.sources))
    for (const location of source.location ? [source.location] : Object.values(source.query?.inputs ?? {}))
      tableNamed(source.name, location);
}

function describe(place: string, { bundle, previous, is_changed }: PushedDefinitions, packed?: Packed): string[] {
  const what = packed ? `, ${plural(packed.files, 'file')}, ${bytes(packed.bytes)}` : '';
  if (!is_changed) return [`Nothing changed: ${place} has these definitions already`, `  bundle ${bundle}${what}`];
  return [
    `The next night in ${place} begins with these definitions`,
    `  bundle ${bundle}${what}`,
    previous === null
      ? '  They are the first.'
      : `  To go back: npx tidemark push --bundle ${previous.slice(0, 12)} --out ${place}`,
  ];
}
