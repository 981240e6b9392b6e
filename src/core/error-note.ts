import { describePlace, type Place, TidemarkError } from './errors';

/** An error as plain JSON, so that it can travel through a state machine. Without cause: that may hold anything. */
export interface ErrorNote {
  name: string;
  code: string;
  found: string;
  remedy: string;
  place: Place | null;
}

/** A state machine carries 256 KiB in all; whoever has more mistakes than this mends the first ones first. */
const MOST_CHARACTERS = 8000;

/** @param error what nobody threw on purpose is told by its kind only: its text may hold values of the data. */
export function errorNote(error: unknown): ErrorNote {
  if (error instanceof TravelledError) return error.note;
  if (error instanceof TidemarkError) {
    const { name, code, found, remedy, place } = error;
    return { name, code, found: shortened(found), remedy, place: place ?? null };
  }
  return {
    name: 'UnexpectedError',
    code: 'unexpected',
    found: `something unexpected went wrong (${error instanceof Error ? error.name : typeof error})`,
    remedy: 'report it, with the lines that the log of this function names',
    place: null,
  };
}

/** `code: place: found`, and the remedy on a line of its own: what an operator reads in the cause of a failed execution. */
export function errorText({ code, found, remedy, place }: ErrorNote): string {
  const where = describePlace(place ?? undefined);
  return `${code}: ${where ? `${where}: ` : ''}${found}\n  → ${remedy}`;
}

/** An error that was told already, under the name of the one that it was. */
class TravelledError extends Error {
  constructor(readonly note: ErrorNote) {
    super(errorText(note));
    this.name = note.name;
  }
}

/**
 * The error as Lambda is to tell it: its name is what a state machine matches and an operator reads, its text is errorText.
 *
 * @param origin whose lines of code are told, without its own text.
 */
export function errorOf(note: ErrorNote, origin?: unknown): Error {
  const error = new TravelledError(note);
  const lines = origin instanceof Error ? (origin.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : [];
  error.stack = [`${note.name}: ${note.code}`, ...lines].join('\n');
  return error;
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)} ... and more`;
}
