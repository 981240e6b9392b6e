import type { Column } from '../models/sidecar';
import type { Condition, SegmentDefinition } from './definition';
import { children } from './references';

/**
 * Keys of segments whose members move when these frozen tables are made anew: those that read a field with one of them under
 * `moves_with`, be it through another segment.
 *
 * @param segments without circles, as they were loaded.
 * @param fields columns of the profile.
 */
export function segmentsMovedBy(
  tables: readonly string[],
  segments: readonly SegmentDefinition[],
  fields: readonly Column[],
): ReadonlySet<string> {
  const moving = new Set(
    fields.filter(({ moves_with = [] }) => moves_with.some((table) => tables.includes(table))).map(({ name }) => name),
  );
  const byKey = new Map(segments.map((segment) => [segment.key, segment]));
  const isMoved = (condition: Condition): boolean => {
    if (condition.kind === 'field') return moving.has(condition.field);
    const named = condition.kind === 'segment' ? byKey.get(condition.key)?.when : undefined;
    return named ? isMoved(named) : children(condition).some(isMoved);
  };
  return new Set(segments.filter(({ when }) => isMoved(when)).map(({ key }) => key));
}
