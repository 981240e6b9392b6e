import type { Column } from '../models/sidecar';
import type { Operator } from './operators';

/** The file name of a segment is its key: it names the audience for ever, so it is short, plain and never reused. */
export const SEGMENT_KEY = /^[a-z][a-z0-9_]{0,62}$/;

export type Scalar = string | number | boolean;
export type Operand = Scalar | readonly Scalar[];

/**
 * What a segment asks of a person. `line` is where the author wrote it.
 * A new kind of condition is a member here, a case in parse-condition, resolve, predicate, explain and json-schema.
 */
export type Condition =
  | { kind: 'all' | 'any'; conditions: readonly Condition[]; line: number }
  | { kind: 'not'; condition: Condition; line: number }
  | { kind: 'segment'; key: string; line: number }
  | { kind: 'field'; field: string; operator: Operator; operand: Operand; line: number };

/**
 * - live: evaluated every night and published.
 * - draft: validated like any other and usable inside other segments, but neither evaluated on its own nor published.
 */
export type SegmentStatus = 'draft' | 'live';

export interface SegmentDefinition {
  key: string;
  /** For messages, relative to the project folder. */
  file: string;
  name: string;
  description: string;
  owner: string;
  status: SegmentStatus;
  when: Condition;
}

/** A condition whose fields are columns and whose segments are inlined. */
export type ResolvedCondition =
  | { kind: 'all' | 'any'; conditions: readonly ResolvedCondition[] }
  | { kind: 'not'; condition: ResolvedCondition }
  | { kind: 'member'; key: string; condition: ResolvedCondition }
  | { kind: 'field'; column: Column; operator: Operator; operand: Operand };

/** The condition as its file would say it, without lines: what is hashed together with other definitions. */
export function conditionAsWritten(condition: Condition): unknown {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { [condition.kind]: condition.conditions.map(conditionAsWritten) };
    case 'not':
      return { not: conditionAsWritten(condition.condition) };
    case 'segment':
      return { segment: condition.key };
    case 'field':
      return { field: condition.field, [condition.operator]: condition.operand };
  }
}

/** The same with every segment replaced by what it asks: two definitions with one meaning in two files have one text. */
export function conditionInlined(condition: ResolvedCondition): unknown {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { [condition.kind]: condition.conditions.map(conditionInlined) };
    case 'not':
      return { not: conditionInlined(condition.condition) };
    case 'member':
      return { segment: conditionInlined(condition.condition) };
    case 'field':
      return { field: condition.column.name, [condition.operator]: condition.operand };
  }
}
