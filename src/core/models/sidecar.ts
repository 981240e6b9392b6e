import { z } from 'zod';

/** Types a model's column may have: what Parquet, Athena and DuckDB all keep the same (facts: no timestamps, no HUGEINT). */
export const COLUMN_TYPE =
  /^(varchar|bigint|integer|double|boolean|date|decimal\((?:[1-9]|[12][0-9]|3[0-8]),(?:[0-9]|[12][0-9]|3[0-8])\))$/;

/** Kinds of features: what correlated features of one kind add to a score is told as one reason. */
export const FEATURE_FAMILIES = [
  'recency',
  'frequency',
  'tenure',
  'account',
  'cadence',
  'spend',
  'returns',
  'breadth',
  'discounts',
  'visits',
  'campaigns',
] as const;
export type FeatureFamily = (typeof FEATURE_FAMILIES)[number];

const columnSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  type: z.string().regex(COLUMN_TYPE),
  description: z.string().min(1),
  /** Whether a segment file may use the column as a field. */
  segmentable: z.boolean().default(false),
  /**
   * The optional sources, or the setting contact: where one is missing the column is the same for everybody, null, or what a
   * feature is then. A segment that uses it is refused, no score is computed with it.
   */
  needs: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** The texts the column can hold, where they are few and fixed: a segment naming another one is refused. */
  values: z.array(z.string().min(1)).min(1).optional(),
  /**
   * The frozen tables whose making moves the column though nothing happened to the person: on such a night the gate only
   * reports segments that read it.
   */
  moves_with: z.array(z.string()).min(1).optional(),
  /** Marks a feature that models of churn are fitted on: a double, never null. */
  family: z.enum(FEATURE_FAMILIES).optional(),
});

const checkSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** An aggregate over the model's rows as `t`, giving the number of violations. */
  violations: z.string().min(1),
  /** fail: the run stops with CheckFailedError; refuse: it stops with SourceContractError; warn: it is told. */
  level: z.enum(['fail', 'refuse', 'warn']),
  /** For the person who must act; {count} is the number of violations, {examples} the keys of `examples`. */
  message: z.string().min(1),
  remedy: z.string().min(1).default('look at the rows named and mend them'),
  /** An aggregate giving up to three example keys as one text, never a personal value. */
  examples: z.string().min(1).optional(),
});

export const sidecarSchema = z.strictObject({
  /** The last sentence is the grain. */
  description: z.string().min(1),
  /**
   * table: written once a date it is asked for. inline: put into the query that reads it. table_at_run_date: a table
   * tonight, where several read it; inline at other dates, where one query reads a few of its columns.
   */
  materialised: z.enum(['table', 'inline', 'table_at_run_date']),
  unique_key: z.array(z.string()).min(0),
  /**
   * The sources, or columns of sources such as `orders.cancelled_at`, without any of which the model has no rows: nothing
   * is written for it then, its readers get an empty relation.
   */
  needs: z
    .array(z.string().regex(/^[a-z_]+(\.[a-z_]+)?$/))
    .min(1)
    .optional(),
  /** Columns whose rows lie together in the files, where the engine can do that: later queries group by them with less memory. */
  clustered_by: z.array(z.string()).default([]),
  /** A public table of the snapshot contract (contract section 4). */
  public: z.boolean().default(false),
  /**
   * Made as of a stated date, kept in the manifest and inherited from base (design decision 11): `quarter` until the next
   * quarter's date, `fit` until the next Monday, `kept` until its definitions change.
   */
  frozen: z.enum(['no', 'quarter', 'fit', 'kept']).default('no'),
  /**
   * The rows are not what the SQL selects but what a fit in core makes of it: the SQL says what the fit reads. Written and
   * checked like every model.
   */
  fitted: z.enum(['churn']).optional(),
  columns: z.array(columnSchema).min(1),
  checks: z.array(checkSchema).default([]),
  /** Numbers for the summary and the manifest: name to aggregate over the model's rows as `t`. */
  facts: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.string()).default({}),
  /** Parameters of later models that this model's one row decides: parameter to column. */
  provides: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.string()).default({}),
});

export type Sidecar = z.infer<typeof sidecarSchema>;
export type Column = z.infer<typeof columnSchema>;
export type Check = z.infer<typeof checkSchema>;

/** What a column needs and a shop does not have. @param mapped its sources, and contact where that is set. */
export function missingNeeds({ needs = [] }: Column, mapped: ReadonlySet<string>): string[] {
  return [needs].flat().filter((source) => !mapped.has(source));
}

/**
 * The features of a model in the order of its columns, each with its family.
 *
 * @param mapped sources of the shop, where only features that can tell its people apart are asked for.
 */
export function featureFamilies(
  { columns }: Sidecar,
  mapped?: ReadonlySet<string>,
): ReadonlyMap<string, FeatureFamily> {
  const differs = (column: Column): boolean => !mapped || missingNeeds(column, mapped).length === 0;
  return new Map(columns.filter(differs).flatMap(({ name, family }) => (family ? [[name, family] as const] : [])));
}
