import {
  DefinitionError,
  DefinitionErrors,
  describePlace,
  type Place,
  SourceContractErrors,
  TidemarkError,
} from '../core/errors';
import type { Colors } from './terminal';

/** An error as `--json` prints it. */
export interface ErrorReport {
  error: {
    name: string;
    code: string;
    exit_code: number;
    found: string;
    remedy: string;
    place: Place | null;
    errors: { name: string; code: string; found: string; remedy: string; place: Place | null }[];
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
          `${colors.red('error:')} something unexpected went wrong (${error instanceof Error ? error.name : typeof error})`,
          `  ${colors.cyan('→')} run again with --debug to see where; that text may hold values of your data`,
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
  const known =
    error instanceof TidemarkError
      ? error
      : new DefinitionError({
          code: 'unexpected',
          found: `something unexpected went wrong (${error instanceof Error ? error.name : typeof error})`,
          remedy: 'run again with --debug to see where; that text may hold values of your data',
        });
  const all = each(known).map(({ name, code, found, remedy, place }) => ({
    name,
    code,
    found,
    remedy,
    place: place ?? null,
  }));
  const { code, found, remedy, place } = known;
  const name = error instanceof TidemarkError ? error.name : 'UnexpectedError';
  return { error: { name, code, exit_code: exitCodeOf(error), found, remedy, place: place ?? null, errors: all } };
}
