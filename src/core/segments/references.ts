import { DefinitionError } from '../errors';
import { suggest } from '../nearest';
import type { Condition, SegmentDefinition } from './definition';

/** The conditions directly inside one. */
export function children(condition: Condition): readonly Condition[] {
  if (condition.kind === 'all' || condition.kind === 'any') return condition.conditions;
  return condition.kind === 'not' ? [condition.condition] : [];
}

/** Every segment a condition names, with the line. */
export function references(condition: Condition): { key: string; line: number }[] {
  if (condition.kind === 'segment') return [condition];
  return children(condition).flatMap(references);
}

/**
 * Tells every reference to a segment that does not exist.
 *
 * @param brokenKeys keys of files that exist but could not be read: told already.
 */
export function checkReferences(
  condition: Condition,
  segment: SegmentDefinition,
  segments: readonly SegmentDefinition[],
  brokenKeys: ReadonlySet<string>,
  errors: DefinitionError[],
): void {
  const keys = segments.map((one) => one.key);
  for (const { key, line } of references(condition)) {
    if (keys.includes(key) || brokenKeys.has(key)) continue;
    const others = keys.filter((one) => one !== segment.key);
    errors.push(
      new DefinitionError({
        code: 'unknown_segment',
        place: { file: segment.file, line },
        found: `there is no segment ${JSON.stringify(key.slice(0, 60))}`,
        remedy: suggest(key, others),
      }),
    );
  }
}

/** Tells each cycle once, and returns the keys that lie on one. */
export function refuseCycles(segments: readonly SegmentDefinition[], errors: DefinitionError[]): Set<string> {
  const byKey = new Map(segments.map((segment) => [segment.key, segment]));
  const done = new Set<string>();
  const cyclic = new Set<string>();
  const visit = (segment: SegmentDefinition, trail: readonly string[]): void => {
    for (const { key, line } of references(segment.when)) {
      const start = trail.indexOf(key);
      if (start >= 0) {
        const cycle = [...trail.slice(start), key];
        for (const one of cycle) cyclic.add(one);
        errors.push(
          new DefinitionError({
            code: 'segment_cycle',
            place: { file: segment.file, line },
            found: `these segments name each other in a circle: ${cycle.join(' -> ')}`,
            remedy: 'take one of these references out',
          }),
        );
        continue;
      }
      const target = byKey.get(key);
      if (target && !done.has(key)) visit(target, [...trail, key]);
    }
    done.add(segment.key);
  };
  for (const segment of segments) if (!done.has(segment.key)) visit(segment, [segment.key]);
  return cyclic;
}
