import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { describePlace } from '../../core/errors';
import type { Finding } from '../../pipeline/examine';
import { plural } from '../format';
import { errorReport } from '../report-error';
import type { Terminal } from '../terminal';
import { addWarehouseOptions, type WarehouseOptions, warehouseOf } from '../warehouse-options';

interface DoctorOptions extends WarehouseOptions {
  json?: boolean;
}

export function addDoctorCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('doctor')
    .summary('look whether everything that a night touches can be reached')
    .description(
      'Tries out, with the rights of who runs it, all that a night needs: reading, writing and deleting files, the engine, the tables of Tidemark, the sources, and EXPLAIN of every statement. What it makes, objects below doctor/ and partitions of no run, it deletes again; the view current_run is replaced by what it says already.',
    )
    .option('--project <dir>', 'the folder of tidemark.yml', '.');
  addWarehouseOptions(command)
    .option('--json', 'print the checklist as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx tidemark doctor --project shop --engine athena --out s3://my-bucket/tidemark',
    )
    .action((options: DoctorOptions) => doctor(options, terminal));
}

async function doctor(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const warehouse = warehouseOf(options);
  // Loaded late, so that other commands start without the SDK and DuckDB.
  const { loadDefinitions } =
    require('../../project/load-definitions') as typeof import('../../project/load-definitions');
  const { demandPlace, openWarehouse, placeName } = require('../warehouse') as typeof import('../warehouse');
  const { examine } = require('../../pipeline/examine') as typeof import('../../pipeline/examine');
  const definitions = await loadDefinitions(options.project);
  demandPlace(warehouse, definitions.project);
  const { ports, close } = await openWarehouse(warehouse);
  try {
    const context = { ports, definitions, hashSalt: process.env.TIDEMARK_HASH_SALT || undefined };
    const findings = await examine(randomUUID(), context);
    const failed = findings.filter(({ errors }) => errors.length > 0).length;
    if (options.json) terminal.out(JSON.stringify(report(placeName(warehouse), findings), null, 2));
    else terminal.out(describe(placeName(warehouse), findings, failed).join('\n'));
    if (failed > 0) process.exitCode = 1;
  } finally {
    await close();
  }
}

function report(out: string, findings: readonly Finding[]): object {
  const told = (errors: Finding['errors']) => errors.flatMap((error) => errorReport(error).error.errors);
  const checks = findings.map(({ area, check, errors, warnings }) => {
    return { area, check, ok: errors.length === 0, errors: told(errors), warnings: told(warnings) };
  });
  return { out, ok: checks.every(({ ok }) => ok), checks };
}

/** Of tables and statements there are many: those that are right are counted. */
function describe(out: string, findings: readonly Finding[], failed: number): string[] {
  const lines = [`What a night in ${out} needs`];
  const isStopped = findings.every((finding) => finding.area !== 'sources');
  for (const area of ['files', 'engine', 'catalog', 'sources', 'statements'] as const) {
    const here = findings.filter((finding) => finding.area === area);
    const wrong = here.filter(({ errors }) => errors.length > 0);
    const right = here.filter(({ errors }) => errors.length === 0).map(({ check }) => check);
    if (here.length === 0 && (area === 'statements' || isStopped))
      lines.push(`  -       ${area}: not tried, as what they need failed`);
    else if (right.length > 6) lines.push(`  ok      ${area}: ${right.length} of ${here.length}`);
    else if (right.length > 0) lines.push(`  ok      ${area}: ${right.join('; ')}`);
    for (const { check, errors } of wrong)
      lines.push(...errors.flatMap((error) => asLines('FAILED', area, check, error)));
    for (const { check, warnings } of here)
      lines.push(...warnings.flatMap((warning) => asLines('warning', area, check, warning)));
  }
  const all = plural(findings.length, 'check');
  const warned = findings.reduce((sum, { warnings }) => sum + warnings.length, 0);
  const result = failed === 0 ? 'all ok' : `${failed} failed`;
  return [...lines, `${all}, ${result}${warned > 0 ? `, ${plural(warned, 'warning')}` : ''}`];
}

function asLines(level: 'FAILED' | 'warning', area: string, check: string, error: Finding['errors'][number]): string[] {
  const place = describePlace(error.place);
  return [
    `  ${level.padEnd(7)} ${area}: ${check}: ${error.code}`,
    `          ${place ? `${place}: ` : ''}${error.found}`,
    `          → ${error.remedy}`,
  ];
}
