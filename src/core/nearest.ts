import { distance } from 'fastest-levenshtein';

/** The known name that a mistyped one most likely means, or undefined when none is close. Ties go to the first in `known`. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const away = distance(name.toLowerCase(), candidate.toLowerCase());
    if (away < bestDistance) {
      best = candidate;
      bestDistance = away;
    }
  }
  return best;
}

const MOST_NAMES_SHOWN = 30;

/** What to do about an unknown name: the nearest known one, else all of them (or the first thirty). */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean ${near}?`;
  if (known.length === 0) return 'remove it';
  const shown = known.slice(0, MOST_NAMES_SHOWN).join(', ');
  return `use ${known.length === 1 ? '' : 'one of '}${shown}${known.length > MOST_NAMES_SHOWN ? ', ...' : ''}`;
}
