import type { z } from 'zod';
import type { YamlPath } from './read-yaml';

/** The parts of a zod schema's definition that naming known keys needs. */
interface SchemaParts {
  type: string;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  options?: readonly z.ZodType[];
}

const partsOf = (schema: z.ZodType): SchemaParts => schema.def as unknown as SchemaParts;

/** A schema without optional, default and the like; a union becomes each of its options. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  const parts = partsOf(schema);
  if (parts.innerType) return unwrap(parts.innerType);
  if (parts.options) return parts.options.flatMap(unwrap);
  return [schema];
}

function step(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  const parts = partsOf(schema);
  if (parts.shape) {
    const next = Object.hasOwn(parts.shape, String(key)) ? parts.shape[String(key)] : undefined;
    return next ? [next] : [];
  }
  const inner = parts.element ?? parts.valueType;
  return inner ? [inner] : [];
}

/** Every schema that may hold at a path: several where a union offers several. */
function schemasAt(schema: z.ZodType, path: YamlPath): z.ZodType[] {
  return path.reduce<z.ZodType[]>((found, key) => found.flatMap(unwrap).flatMap((one) => step(one, key)), [schema]);
}

/** The keys a map at this path may have. */
export function knownKeys(schema: z.ZodType, path: YamlPath): string[] {
  return [
    ...new Set(
      schemasAt(schema, path)
        .flatMap(unwrap)
        .flatMap((one) => Object.keys(partsOf(one).shape ?? {})),
    ),
  ];
}

/** The sentence that describes the value at a path, or undefined. */
export function descriptionAt(schema: z.ZodType, path: YamlPath): string | undefined {
  return schemasAt(schema, path)
    .flatMap((one) => [one, ...unwrap(one)])
    .map((one) => one.description)
    .find((text) => text !== undefined);
}
