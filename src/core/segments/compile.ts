import { type DefinitionError, DefinitionErrors } from '../errors';
import type { Column } from '../models/sidecar';
import { canonicalJson, sha256 } from '../run';
import { conditionInlined, type ResolvedCondition, type SegmentDefinition } from './definition';
import { membership } from './predicate';
import { resolveSegments } from './resolve';

export interface CompiledSegment {
  key: string;
  name: string;
  description: string;
  owner: string;
  status: 'draft' | 'live';
  /** True or false for every profile, never null. Holds placeholders. */
  predicate: string;
  /** Canonical JSON of the condition with every segment it names written out. */
  definition: string;
  /** sha256 of `definition`, hexadecimal: equal as long as the segment means the same. */
  definition_hash: string;
  condition: ResolvedCondition;
}

/**
 * Checks segments against the profile's columns and each other and turns each into one predicate, sorted by key.
 *
 * @param fields columns of the profile; only those with `segmentable` may be used.
 * @param mappedSources names of the sources the shop maps, and `contact` where it is set.
 * @throws DefinitionErrors with everything that is wrong in any of them.
 */
export function compileSegments(
  segments: readonly SegmentDefinition[],
  fields: readonly Column[],
  mappedSources: ReadonlySet<string>,
): CompiledSegment[] {
  const errors: DefinitionError[] = [];
  const compiled = compileInto(segments, fields, mappedSources, errors);
  if (errors.length > 0) throw new DefinitionErrors(errors);
  return compiled;
}

/**
 * The same, for callers that gather errors: those found are added to `errors`, right segments come back.
 *
 * @param brokenKeys keys of segment files that could not be read, and were told already.
 */
export function compileInto(
  segments: readonly SegmentDefinition[],
  fields: readonly Column[],
  mappedSources: ReadonlySet<string>,
  errors: DefinitionError[],
  brokenKeys: ReadonlySet<string> = new Set(),
): CompiledSegment[] {
  const resolved = resolveSegments(
    { segments, fields: fields.filter((field) => field.segmentable), mappedSources, brokenKeys },
    errors,
  );
  return [...segments]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap((segment) => {
      const condition = resolved.get(segment.key);
      return condition ? [compileOne(segment, condition)] : [];
    });
}

function compileOne(segment: SegmentDefinition, condition: ResolvedCondition): CompiledSegment {
  const definition = canonicalJson(conditionInlined(condition));
  const { key, name, description, owner, status } = segment;
  return {
    key,
    name,
    description,
    owner,
    status,
    predicate: membership(condition),
    definition,
    definition_hash: sha256(definition),
    condition,
  };
}
