import { Command, CommanderError } from 'commander';
import { productVersion } from '../project/product';
import { addCatalogCommand } from './commands/catalog';
import { addDemoCommand } from './commands/demo';
import { addDoctorCommand } from './commands/doctor';
import { addNewCommand } from './commands/new';
import { addPushCommand } from './commands/push';
import { addReportCommand } from './commands/report';
import { addRunCommand } from './commands/run';
import { addValidateCommand } from './commands/validate';
import { CommandFailure, describeError, errorReport, exitCodeOf } from './report-error';
import { processTerminal, type Terminal } from './terminal';

/** Exit code of a wrong command, option or argument. */
const WRONG_USE = 2;

/**
 * The command line: 0 done, 1 the run failed, 2 a definition or an option is wrong, 3 the source data break their
 * contract, 130 or 143 stopped by Ctrl-C or SIGTERM.
 *
 * @returns the exit code; everything is printed already.
 */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyWithReader();
  const terminal = processTerminal();
  try {
    await buildProgram(terminal).parseAsync(debugLast(argv));
    return Number(process.exitCode ?? 0);
  } catch (caught) {
    const error = caught instanceof CommandFailure ? caught.reason : caught;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE;
    const isDebug = argv.includes('--debug') || Boolean(process.env.TIDEMARK_DEBUG);
    terminal.err(`${describeError(error, terminal.errColors, isDebug)}\n`);
    if (caught instanceof CommandFailure) terminal.err(caught.afterwards);
    if (argv.includes('--json')) terminal.out(JSON.stringify(errorReport(error), null, 2));
    return exitCodeOf(error);
  }
}

/** `tidemark --debug run` means what `tidemark run --debug` does: every command knows the option. */
function debugLast(argv: readonly string[]): readonly string[] {
  const [node = '', script = '', ...words] = argv;
  const first = words.findIndex((word) => word !== '--debug');
  return first <= 0 ? argv : [node, script, ...words.slice(first), '--debug'];
}

/** For an error that no command waits for: told as briefly as any other, because its text may hold values of the data. */
export function endUnexpectedly(error: unknown): void {
  const isDebug = process.argv.includes('--debug') || Boolean(process.env.TIDEMARK_DEBUG);
  process.stderr.write(`${describeError(error, processTerminal().errColors, isDebug)}\n`);
  process.exit(exitCodeOf(error));
}

/** All commands with their options. */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command('tidemark')
    .description('Customer segments every night from the orders of a shop, left as Parquet files other tools read.')
    .version(productVersion(), '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({ outputError: (text, write) => write(terminal.errColors.red(text)) })
    .addHelpText(
      'after',
      '\nExample:\n  npx tidemark demo demo-shop\n  npx tidemark run --project demo-shop --nights 3',
    );
  addRunCommand(program, terminal);
  addReportCommand(program, terminal);
  addValidateCommand(program, terminal);
  addDemoCommand(program, terminal);
  addNewCommand(program, terminal);
  addCatalogCommand(program, terminal);
  addPushCommand(program, terminal);
  addDoctorCommand(program, terminal);
  eachCommand(program, (command) => {
    command.helpOption('--help', 'show this help').exitOverride();
    if (command.commands.length === 0)
      command.option('--debug', 'show the stack of an error; it may hold values of your data');
  });
  return program;
}

function eachCommand(command: Command, act: (command: Command) => void): void {
  for (const child of command.commands) {
    act(child);
    eachCommand(child, act);
  }
}

/** `tidemark run | head`: a reader that has seen enough is no error. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
