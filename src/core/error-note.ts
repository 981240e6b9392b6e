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

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)} ... and more`;
}
