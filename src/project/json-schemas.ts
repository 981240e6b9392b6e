import { z } from 'zod';
import type { Column } from '../core/models/sidecar';
import { projectFileSchema } from '../core/project-file';
import { segmentEditorSchema } from '../core/segments/segment-file';

/**
 * The JSON Schemas that editors read, by file name under schemas/. Generated, and committed so that a YAML file can point
 * at them; a test says when the committed copy is stale (UPDATE=1 writes it anew).
 *
 * @param fields the columns of the profile: segment files complete those that are segmentable.
 */
export function jsonSchemas(fields: readonly Column[]): Record<'tidemark.schema.json' | 'segment.schema.json', string> {
  return {
    'tidemark.schema.json': toText(projectFileSchema.meta({ title: 'tidemark.yml' })),
    'segment.schema.json': toText(segmentEditorSchema(fields)),
  };
}

function toText(schema: z.ZodType): string {
  // Input: what an author may leave out is optional, whatever its default.
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input', target: 'draft-07' }), null, 2)}\n`;
}
