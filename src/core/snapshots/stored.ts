import { z } from 'zod';

/**
 * What a run needs of the documents it finds in the store, checked before it is believed: a damaged pointer read as "nothing
 * published", or a manifest without a run_id read as "no base", would publish a wrong night without a word.
 */

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const runId = z.string().regex(/^\d{4}-\d{2}-\d{2}-[0-9a-f]{12}$/);
const manifestKey = z.string().regex(/^manifests\/\d{4}-\d{2}-\d{2}-[0-9a-f]{12}\.json$/);
const prefix = z.string().regex(/^tables\/[a-z0-9_]+\/v\d+\/[^/]+\/\d+\/$/);
const file = z.looseObject({ key: z.string(), bytes: z.number(), rows: z.number() });

const pointerSchema = z.looseObject({
  run_date: date,
  run_id: runId,
  manifest: manifestKey,
  nights: z.record(date, manifestKey),
});

const tableSchema = z.looseObject({
  name: z.string(),
  version: z.number(),
  prefix,
  files: z.array(file),
  rows: z.number(),
  columns: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  content_hash: z.string(),
});

const parameterSchema = z.looseObject({
  id: z.string(),
  as_of_date: date,
  provisional: z.boolean(),
  prefix,
  values: z.record(z.string(), z.string()),
});

const month = z.string().regex(/^\d{4}-\d{2}-01$/);
const rollupPartSchema = z.looseObject({
  prefix,
  files: z.array(file),
  from: month.optional(),
  before: month.optional(),
});

const toldSchema = z.array(
  z.looseObject({ run_date: date, run_id: runId, manifest: manifestKey, horizon_days: z.number() }),
);

const manifestSchema = z.looseObject({
  run_date: date,
  run_id: runId,
  supersedes: runId.nullable(),
  told: toldSchema.optional(),
  parameters: z.record(z.string(), parameterSchema),
  // Manifests of earlier versions have none: a run on such a base takes no months over.
  rollups: z.record(z.string(), z.looseObject({ id: z.string(), parts: z.array(rollupPartSchema) })).optional(),
  published_at: z.string(),
  tables: z.array(tableSchema),
  audiences: z.array(z.looseObject({ id: z.string() })),
  facts: z.record(z.string(), z.record(z.string(), z.unknown())),
  warnings: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  // Manifests of earlier versions have no estimate.
  cost: z.looseObject({ estimate: z.looseObject({ total_usd: z.number() }).nullish() }).optional(),
});

const planSchema = z.looseObject({
  run_id: runId,
  run_date: date,
  cut_date: date,
  fit_date: date,
  today: date,
  base: z.looseObject({ run_id: runId, manifest: manifestKey }).nullable(),
  told: toldSchema,
  sources: z.record(z.string(), z.unknown()),
  inherited: z.record(z.string(), parameterSchema),
  windows: z.record(z.string(), z.looseObject({ column: z.string(), from: date.optional() })),
  rollups: z.record(z.string(), z.looseObject({ from: month.nullable(), earlier: z.array(rollupPartSchema) })),
});

const modelNoteSchema = z.looseObject({
  node: z.string(),
  attempt: z.number(),
  prefix,
  rows: z.number(),
  files: z.array(file),
  values: z.record(z.string(), z.string()),
});

const gateSchema = z.looseObject({
  outcome: z.enum(['no_base', 'open', 'accepted', 'closed']),
  nights: z.number(),
  findings: z.array(z.unknown()),
  reported: z.array(z.unknown()),
  audiences: z.array(z.looseObject({ id: z.string() })),
  spent: z.looseObject({ bytes_scanned: z.number(), seconds: z.number() }),
});

const markSchema = z.looseObject({
  state: z.enum(['marked', 'deleting', 'claimed']),
  at: z.string(),
  dropped: z.boolean(),
});

const bundleHash = z.string().regex(/^[0-9a-f]{64}$/);
const definitionsSchema = z.looseObject({
  bundle: bundleHash,
  earlier: z.array(z.looseObject({ bundle: bundleHash, pushed_at: z.string() })),
});

const DOCUMENTS = {
  pointer: pointerSchema,
  definitions: definitionsSchema,
  manifest: manifestSchema,
  plan: planSchema,
  note: modelNoteSchema,
  gate: gateSchema,
  mark: markSchema,
  sources: z.record(z.string(), z.looseObject({ relation: z.string() })),
} as const;

export type StoredDocument = keyof typeof DOCUMENTS;

/** What is wrong with a document of the store; undefined where it is what a run writes. */
export function problemOf(document: StoredDocument, value: unknown): string | undefined {
  const checked = DOCUMENTS[document].safeParse(value);
  if (checked.success) return undefined;
  const path = checked.error.issues[0]?.path.join('.');
  return `it is not what a run writes${path ? `: ${path} is wrong or missing` : ''}`;
}
