import { DefinitionError } from '../errors';
import type { Column } from '../models/sidecar';
import { checkFields, type FieldSurroundings } from './check-fields';
import type { Condition, ResolvedCondition, SegmentDefinition } from './definition';
import { checkReferences, references, refuseCycles } from './references';

const MOST_NODES = 2000;

export interface SegmentSurroundings extends FieldSurroundings {
  segments: readonly SegmentDefinition[];
  /** Keys of segment files with mistakes told already: what could be read of them is checked, but not compiled. */
  brokenKeys: ReadonlySet<string>;
}

/**
 * Checks every segment against fields and each other. All that is wrong is added to `errors`; those that are right, and
 * name only right ones, come back by key.
 */
export function resolveSegments(
  surroundings: SegmentSurroundings,
  errors: DefinitionError[],
): Map<string, ResolvedCondition> {
  const right = new Map<string, SegmentDefinition>();
  for (const segment of surroundings.segments) {
    const before = errors.length;
    checkFields(segment.when, segment.file, surroundings, errors);
    checkReferences(segment.when, segment, surroundings.segments, surroundings.brokenKeys, errors);
    if (errors.length === before && !surroundings.brokenKeys.has(segment.key)) right.set(segment.key, segment);
  }
  for (const key of refuseCycles(surroundings.segments, errors)) right.delete(key);
  dropThoseThatNameWrongOnes(right);
  const resolved = new Map<string, ResolvedCondition>();
  for (const segment of right.values()) {
    const condition = inline(segment.when, right, surroundings.fields, { left: MOST_NODES });
    if (condition) resolved.set(segment.key, condition);
    else errors.push(tooLarge(segment));
  }
  return resolved;
}

/** What is wrong was told where it is wrong; whoever names it cannot be compiled either. */
function dropThoseThatNameWrongOnes(right: Map<string, SegmentDefinition>): void {
  const wrong = [...right.values()].filter((segment) => references(segment.when).some(({ key }) => !right.has(key)));
  for (const { key } of wrong) right.delete(key);
  if (wrong.length > 0) dropThoseThatNameWrongOnes(right);
}

function tooLarge(segment: SegmentDefinition): DefinitionError {
  return new DefinitionError({
    code: 'segment_too_large',
    place: { file: segment.file, line: segment.when.line },
    found: `with the segments it names written out, ${segment.key} has more than ${MOST_NODES} conditions`,
    remedy: 'name fewer segments in it, or use any_of for lists of values',
  });
}

/** Fields become columns and segments their conditions. Undefined when `budget` is used up. */
function inline(
  condition: Condition,
  segments: ReadonlyMap<string, SegmentDefinition>,
  fields: readonly Column[],
  budget: { left: number },
): ResolvedCondition | undefined {
  budget.left -= 1;
  if (budget.left < 0) return undefined;
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const conditions: ResolvedCondition[] = [];
      for (const child of condition.conditions) {
        const resolved = inline(child, segments, fields, budget);
        if (!resolved) return undefined;
        conditions.push(resolved);
      }
      return { kind: condition.kind, conditions };
    }
    case 'not': {
      const resolved = inline(condition.condition, segments, fields, budget);
      return resolved && { kind: 'not', condition: resolved };
    }
    case 'segment': {
      const target = segments.get(condition.key) as SegmentDefinition;
      const resolved = inline(target.when, segments, fields, budget);
      return resolved && { kind: 'member', key: condition.key, condition: resolved };
    }
    case 'field': {
      const column = fields.find((one) => one.name === condition.field) as Column;
      return { kind: 'field', column, operator: condition.operator, operand: condition.operand };
    }
  }
}
