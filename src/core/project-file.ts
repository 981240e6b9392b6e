import { z } from 'zod';
import { freshnessSchema, guardSchema, retentionSchema } from './night-settings';
import { SOURCE_NAMES, type SourceName, sourceColumns } from './sources/contract';

/** The five horizons a churn probability may look ahead, in days, shortest first. */
export const HORIZONS = [28, 56, 91, 182, 365] as const;

const formatSchema = z
  .strictObject({
    delimiter: z.string().length(1).optional().describe('One character between the columns; found out when left out.'),
    header: z.boolean().default(true).describe('Whether the first line names the columns.'),
    skip: z.int().min(0).default(0).describe('Lines to skip before the header or the first row.'),
    quote: z.string().length(1).optional().describe('The character around quoted values, by default a double quote.'),
    columns: z.array(z.string().min(1)).min(1).optional().describe('Names of the columns where header is false.'),
  })
  .describe('How a text file is laid out.')
  .meta({ id: 'format' });

const columnName = z.string().min(1).max(200);
const sqlColumn = z
  .strictObject({
    sql: z.string().min(1).describe('An expression over the columns of the source, in the portable subset.'),
  })
  .meta({ id: 'sql_column' });

/** How a column is mapped: the name of the source's column, that name with more to say, or an expression. */
function columnSchema(target: z.ZodType<string>) {
  return z.union([
    columnName,
    z.strictObject({
      column: columnName.describe('The column of the source.'),
      hash: z
        .boolean()
        .optional()
        .describe('Customer ids only: store sha256 of the value, salted from TIDEMARK_HASH_SALT.'),
      values: z.record(z.string(), target).optional().describe('What each value of the source means to Tidemark.'),
    }),
    sqlColumn,
  ]);
}

// The ids name shared parts in the JSON Schema, which would repeat them for every column otherwise.
const freeColumn = columnSchema(z.string()).meta({ id: 'column' });

/** The columns of one source by name; the required ones must be there. */
function columnsSchema(name: SourceName): z.ZodType<Record<string, ColumnMapping>> {
  const shape = Object.entries(sourceColumns(name)).map(([column, contract]) => {
    const schema = contract.values ? columnSchema(z.enum(contract.values as [string, ...string[]])) : freeColumn;
    return [column, contract.required ? schema : schema.optional()] as const;
  });
  return z.strictObject(Object.fromEntries(shape)) as unknown as z.ZodType<Record<string, ColumnMapping>>;
}

const locationSchema = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe('A file, folder, glob or list of these relative to this file; or database.table on Athena.')
  .meta({ id: 'location' });

const plainName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower case letters, digits and underscores');

const inputsSchema = z
  .record(
    plainName,
    z.union([locationSchema, z.strictObject({ from: locationSchema, format: formatSchema.optional() })]),
  )
  .describe('What the query reads, by the name it uses in {{ source(...) }}.')
  .meta({ id: 'inputs' });

const partitionSchema = z
  .strictObject({
    column: z
      .string()
      .min(1)
      .describe('The column, such as dt: dates, text such as 2026-01-31, or whole numbers such as 20260131.'),
    slack_days: z
      .int()
      .min(0)
      .max(366)
      .default(2)
      .describe('How many days before its own day a row may lie at most; a row that lies further is refused.'),
  })
  .describe(
    'How orders, order_lines, refunds, events or campaign_events are partitioned: a night then reads only the late days and takes earlier months from the night before.',
  )
  .meta({ id: 'partition' });

const sourceSchemaFor = (name: SourceName) =>
  z.strictObject({
    from: locationSchema.optional(),
    query: z.string().min(1).optional().describe('A file holding one SELECT in the portable subset over the inputs.'),
    inputs: inputsSchema.optional(),
    where: z.string().min(1).optional().describe('Only rows for which this expression is true.'),
    times_in: z.string().min(1).optional().describe('UTC, shop or an IANA zone: what times without an offset mean.'),
    format: formatSchema.optional(),
    partition: partitionSchema.optional(),
    columns: columnsSchema(name).describe('Which column of the source each column of the contract is.'),
  });

const sourcesSchema = z.strictObject(
  Object.fromEntries(SOURCE_NAMES.map((name) => [name, sourceSchemaFor(name).optional()])),
) as unknown as z.ZodType<Partial<Record<SourceName, SourceFile>>>;

const ascending = (count: number) => z.array(z.number()).length(count);

/** tidemark.yml. The names are the file's own, everywhere in the code too. */
export const projectFileSchema = z.strictObject({
  shop: z.string().min(1).max(100).describe('A short name of the shop.'),
  time_zone: z.string().min(1).describe('IANA zone; a day everywhere is a local day of the shop.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'three capital letters, such as EUR')
    .describe('ISO 4217 code; amounts in others are not added up.'),
  late_arrival_days: z
    .int()
    .min(0)
    .max(366)
    .default(7)
    .describe(
      'How many days after its day a row may still arrive or change. With `partition`, a night reads the months from that many days before the night it builds on; what comes later still is seen by `run --full`.',
    ),
  not_customers: z
    .array(z.string().min(1))
    .default([])
    .describe('Placeholder ids: their orders count in no person and are reported.'),
  predictions: z
    .strictObject({
      horizon_days: z
        .literal([...HORIZONS])
        .optional()
        .describe('The horizon H in days. Left out: estimated once from repeat purchases, and kept.'),
    })
    .default({})
    .describe('How far ahead predictions and lifecycle stages look.'),
  contact: z
    .strictObject({
      gross_margin: z
        .number()
        .gt(0)
        .max(1)
        .describe('Share of sales that is left after the cost of the goods, above 0 and at most 1; 0.4 is 40 %.'),
      offer_cost: z
        .number()
        .min(0)
        .max(1_000_000)
        .describe(
          "What the offer costs the shop once somebody takes it, such as the value of a voucher, in the shop's currency.",
        ),
      contact_cost: z
        .number()
        .min(0)
        .max(1_000_000)
        .describe('What one contact costs, taken or not, such as a letter.'),
      offer_success: z
        .number()
        .gt(0)
        .max(1)
        .describe(
          'Chance that the offer keeps somebody who would not have bought otherwise, between 0 and 1; measure it against people left out.',
        ),
    })
    .optional()
    .describe('What an offer costs and brings. Left out: nobody is said to be worth contacting.'),
  rfm: z
    .strictObject({
      window_days: z.int().min(30).max(3650).default(730).describe('How many days back RFM looks.'),
      segments: z.enum(['grid', 'eleven', 'shopify']).default('grid').describe('Which names the 25 cells get.'),
      cuts: z
        .strictObject({
          recency_days: ascending(4).describe('At most this many days for scores 5, 4, 3, 2.'),
          purchase_days: ascending(4).describe('At least this many purchase days for scores 2, 3, 4, 5.'),
          spend_amount: ascending(4).optional().describe('At least this much for scores 2, 3, 4, 5.'),
        })
        .optional()
        .describe('Fixed cut points instead of ones made each quarter.'),
    })
    .prefault({})
    .describe('Recency, frequency and monetary scores.'),
  lifecycle: z
    .strictObject({
      new_days: z
        .int()
        .min(1)
        .max(365)
        .default(30)
        .describe('For how many days a first purchase makes a customer new.'),
      at_risk_share: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.6)
        .describe('At risk once the chance to return falls below this share, between 0 and 1, of a fresh one.'),
      lapsed_share: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.3)
        .describe('Lapsed once it falls below this share; smaller than at_risk_share.'),
      fixed_days: z
        .strictObject({
          at_risk: z.int().min(1).default(90).describe('Silent days after which a customer is at risk.'),
          lapsed: z
            .int()
            .min(2)
            .default(180)
            .describe('Silent days after which a customer is lapsed; more than at_risk.'),
        })
        .prefault({})
        .describe('Used while the history is too short for return curves.'),
    })
    .prefault({})
    .describe('Lifecycle stages.'),
  freshness: freshnessSchema,
  guard: guardSchema,
  retention: retentionSchema,
  sources: sourcesSchema.describe(
    'Where each table comes from; orders, or order_lines with customer and time, is needed.',
  ),
});

export type ProjectFile = z.infer<typeof projectFileSchema>;
export type SourceFile = z.infer<ReturnType<typeof sourceSchemaFor>>;
export type SourceFormat = z.infer<typeof formatSchema>;
export type ColumnMapping = z.infer<ReturnType<typeof columnSchema>>;

/** Where one relation of a source lies, with paths made absolute by the loader. */
export interface SourceLocation {
  /** Absolute paths and globs; URLs (s3://...) and database.table as written. */
  from: string[];
  format?: SourceFormat | undefined;
}
