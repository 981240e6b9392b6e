import { DefinitionErrors, describePlace, type Place, SourceContractErrors, TidemarkError } from '../core/errors';
import type { Colors } from './terminal';

interface OneReport {
  name: string;
  code: string;
  found: string;
  remedy: string;
  place: Place | null;
}

/** An error as `--json` prints it. */
export interface ErrorReport {
  error: OneReport & { exit_code: number; errors: OneReport[] };
}

/** For what nobody threw on purpose: its text may hold values of the data. */
function unexpectedReport(error: unknown): OneReport {
  return {
    name: 'UnexpectedError',
    code: 'unexpected',
    found: `something unexpected went wrong (${error instanceof Error ? error.name : typeof error})`,
    remedy: 'run again with --debug after the command to see where; that text may hold values of your data',
    place: null,
  };
}

export const exitCodeOf = (error: unknown): number => (error instanceof TidemarkError ? error.exitCode : 1);

/** An error with a line to print after it. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  constructor(
    readonly reason: unknown,
    readonly afterwards: string,
  ) {
    super('a command failed');
  }
}

/** The errors that one thrown error stands for. */
function each(error: TidemarkError): readonly TidemarkError[] {
  return error instanceof DefinitionErrors || error instanceof SourceContractErrors ? error.errors : [error];
}

/**
 * An error for the person who must act: where, what was found, what to do. An error nobody threw on purpose is told by
 * its kind only, because its text may hold values of the data; `debug` shows all of it.
 */
export function describeError(error: unknown, colors: Colors, debug: boolean): string {
  const lines =
    error instanceof TidemarkError
      ? each(error).flatMap((one) => describeOne(one, colors))
      : [
          `${colors.red('error:')} ${unexpectedReport(error).found}`,
          `  ${colors.cyan('→')} ${unexpectedReport(error).remedy}`,
        ];
  if (error instanceof DefinitionErrors && error.errors.length > 1) {
    lines.push('', `${error.errors.length} things to mend; \`tidemark validate\` looks at them without touching data.`);
  }
  if (debug) lines.push('', ...stackOf(error));
  return lines.join('\n');
}

function describeOne(error: TidemarkError, colors: Colors): string[] {
  const place = describePlace(error.place);
  const where = place ? `${colors.bold(place)}: ` : '';
  return [`${colors.red('error:')} ${where}${error.found}`, `  ${colors.cyan('→')} ${error.remedy}`];
}

function stackOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    lines.push(current.stack ?? current.message);
  }
  return lines;
}

export function errorReport(error: unknown): ErrorReport {
  const all = error instanceof TidemarkError ? each(error).map(oneReport) : [unexpectedReport(error)];
  const whole = error instanceof TidemarkError ? oneReport(error) : unexpectedReport(error);
  const { name, code, ...rest } = whole;
  return { error: { name, code, exit_code: exitCodeOf(error), ...rest, errors: all } };
}

function oneReport({ name, code, found, remedy, place }: TidemarkError): OneReport {
  return { name, code, found, remedy, place: place ?? null };
}
