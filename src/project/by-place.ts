import type { DefinitionError } from '../core/errors';

/** Orders errors for reading: tidemark.yml first, then the other files by name, each by line. */
export function byPlace(a: DefinitionError, b: DefinitionError): number {
  const rank = ({ place }: DefinitionError): string => (place?.file === 'tidemark.yml' ? '' : (place?.file ?? ''));
  if (rank(a) !== rank(b)) return rank(a) < rank(b) ? -1 : 1;
  return (a.place?.line ?? 0) - (b.place?.line ?? 0);
}
