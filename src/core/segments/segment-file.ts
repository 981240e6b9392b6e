import { z } from 'zod';
import type { Column } from '../models/sidecar';
import { type FieldType, fieldType, OPERATORS, type OperatorFacts } from './operators';

/** Everything of a segment file but the condition itself, whose shape parseCondition reads. */
export const segmentFileSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('What people call it.'),
  description: z.string().min(1).max(1000).describe('Whom it holds and what for.'),
  owner: z.string().min(1).max(100).describe('Who answers for it: a team or a role.'),
  status: z
    .enum(['draft', 'live'])
    .default('live')
    .describe('A draft is checked, but neither evaluated nor published.'),
  when: z
    .unknown()
    .refine((value) => value !== undefined, 'is missing')
    .describe('Whom it holds: all, any, not, segment, or a field with one operator.'),
});

/**
 * The whole of a segment file as a schema for editors: completes fields, and for each the operators that fit.
 * Without fields any name and operator passes. Reading a file does not use it: parseCondition explains mistakes better.
 */
export function segmentEditorSchema(fields: readonly Column[]): z.ZodType {
  const condition: z.ZodType = z
    .lazy(() => z.union(branches))
    .describe('all, any, not, segment, or a field with one operator.')
    .meta({ id: 'condition' });
  const branches: z.ZodType[] = [
    z.strictObject({ all: z.array(condition).min(1).describe('Every one of these holds.') }),
    z.strictObject({ any: z.array(condition).min(1).describe('At least one of these holds.') }),
    z.strictObject({ not: condition }),
    z.strictObject({ segment: z.string().describe('The key of another segment: its file name without .yml.') }),
    ...(Object.keys(OPERATORS) as FieldType[]).flatMap((type) => fieldBranches(type, fields)),
  ];
  return segmentFileSchema.extend({ when: condition }).meta({ title: 'A segment of Tidemark' });
}

function fieldBranches(type: FieldType, fields: readonly Column[]): z.ZodType[] {
  const names = fields.filter((field) => field.segmentable && fieldType(field) === type).map((field) => field.name);
  if (fields.length > 0 && names.length === 0) return [];
  const plain = names.length === 0 ? z.string() : z.enum(names as [string, ...string[]]);
  const name = plain.describe('A column of people.').meta({ id: `${type}_field` });
  return Object.entries(OPERATORS[type]).map(([operator, facts]: [string, OperatorFacts]) =>
    z.strictObject({ field: name, [operator]: operandSchema(type, facts).describe(facts.description) }),
  );
}

function operandSchema(type: FieldType, facts: OperatorFacts): z.ZodType {
  const value = {
    number: z.number(),
    date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    text: z.string().min(1),
    boolean: z.boolean(),
  }[type];
  switch (facts.operand) {
    case 'value':
      return value;
    case 'values':
      return z.array(value).min(1);
    case 'range':
      return z.array(value).length(2);
    case 'days':
      return z.int().min(1).max(3660);
    case 'flag':
      return z.boolean();
  }
}
