import { z } from 'zod';
import { projectFileSchema } from '../../src/core/project-file';
import {
  SOURCE_NAMES,
  SOURCES,
  type SourceColumnContract,
  type SourceName,
  VERSION_COLUMNS,
} from '../../src/core/sources/contract';
import { code, list, page, table } from './markdown';
import { SOURCE_NOTES, VERSION_NOTES } from './source-notes';

type Schema = z.core.JSONSchema.BaseSchema;

/** Every key of tidemark.yml, from its schema, and every source with its columns, from the contract. */
export function projectFilePage(): string {
  const schema = z.toJSONSchema(projectFileSchema, { io: 'input', target: 'draft-07' }) as Schema;
  const definitions = (schema.definitions ?? {}) as Record<string, Schema>;
  const { sources, ...top } = (schema.properties ?? {}) as Record<string, Schema>;
  const source = sources?.properties?.orders as Schema;
  const { columns: _columns, ...places } = source.properties as Record<string, Schema>;
  const keys = (properties: Record<string, Schema>, required: readonly string[]): string =>
    table(['key', 'holds', 'left out', 'meaning'], keyRows(properties, required, definitions));
  return page(
    'tidemark.yml',
    'One file a project, its first line pointing editors at [the schema](../../schemas/tidemark.schema.json). Unknown keys are refused with the nearest known one. `npx tidemark validate` tells every mistake at once.',
    '## Keys',
    keys(top, schema.required ?? []),
    `\`sources\` (needed): ${sources?.description ?? ''} Each is one of the tables below.`,
    '## Keys of a source',
    'Either `from`, or `query` with `inputs`; and `columns`.',
    keys(places, []),
    '`columns` (needed): the columns of the contract, each with what it is in your data:',
    table(
      ['written as', 'means'],
      [
        [code('amount: total'), 'the column `total` of your data'],
        [code('amount: { sql: "total - tax" }'), 'an expression over the columns of your data'],
        [
          code('status: { column: state, values: { paid: completed, voided: cancelled } }'),
          'what each value of your data means; values that are not named are counted and reported',
        ],
        [
          code('customer_id: { column: email, hash: true }'),
          'sha256 of the value, salted from the environment variable `TIDEMARK_HASH_SALT`: for ids that are personal',
        ],
      ],
    ),
    '## Sources',
    'A required column must be mapped where the source is. A time may be a plain date, which is a local day of the shop; a time of day without an offset needs `times_in`. Every source may also map these two:',
    table(
      ['column', 'type', 'meaning'],
      Object.entries(VERSION_COLUMNS).map(([name, column]) => [code(name), column.type, VERSION_NOTES[name] ?? '']),
    ),
    ...SOURCE_NAMES.flatMap((name) => [`### ${name}`, SOURCE_NOTES[name].about, sourceTable(name)]),
  );
}

function sourceTable(name: SourceName): string {
  const notes = SOURCE_NOTES[name].columns as Record<string, string>;
  const rows = Object.entries(SOURCES[name] as Record<string, SourceColumnContract>).map(([column, contract]) => [
    contract.required ? `**${code(column)}**` : code(column),
    contract.required ? 'yes' : '',
    contract.type.replace('_', ' ') + (contract.personal ? ', personal' : ''),
    [notes[column] ?? '', contract.values ? `One of ${list(contract.values)}` : ''].filter(Boolean).join('. '),
  ]);
  return table(['column', 'required', 'type', 'meaning'], rows);
}

/** One row a key, keys inside keys written with dots. */
function keyRows(
  properties: Record<string, Schema>,
  required: readonly string[],
  definitions: Record<string, Schema>,
  prefix = '',
): string[][] {
  return Object.entries(properties).flatMap(([name, given]) => {
    const schema = resolved(given, definitions);
    const inner = schema.properties as Record<string, Schema> | undefined;
    const row: string[] = [
      code(prefix + name),
      holds(schema, definitions),
      required.includes(name) ? '**needed**' : fallback(schema),
      schema.description ?? '',
    ];
    return [row, ...(inner ? keyRows(inner, schema.required ?? [], definitions, `${prefix}${name}.`) : [])];
  });
}

function resolved(schema: Schema, definitions: Record<string, Schema>): Schema {
  const [only] = schema.allOf ?? [];
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? (only as Schema).$ref : undefined);
  const target = reference ? definitions[reference.replace('#/definitions/', '')] : undefined;
  return target ? { ...target, ...schema } : schema;
}

function fallback(schema: Schema): string {
  const { default: value } = schema;
  if (value === undefined || (typeof value === 'object' && Object.keys(value as object).length === 0)) return '';
  return code(JSON.stringify(value));
}

function holds(schema: Schema, definitions: Record<string, Schema>): string {
  const options = schema.enum ?? (schema.anyOf ?? []).flatMap((one) => (one as Schema).const ?? []);
  if (options.length > 0) return list(options.map(String));
  if (schema.anyOf)
    return [...new Set(schema.anyOf.map((one) => holds(resolved(one as Schema, definitions), definitions)))].join(
      ' or ',
    );
  if (schema.type === 'array')
    return `list of ${holds(schema.items as Schema, definitions)}s${schema.minItems && schema.minItems === schema.maxItems ? ` (${schema.minItems})` : ''}`;
  if (schema.type === 'object') return 'keys';
  if (schema.type === 'string') return 'text';
  if (schema.type === 'boolean') return '`true` or `false`';
  const range = [schema.minimum, schema.maximum];
  const whole = schema.type === 'integer' ? 'whole number' : 'number';
  const bounded = range.every((one) => one !== undefined && Math.abs(one) < 1e6);
  return bounded ? `${whole} ${range[0]} to ${range[1]}` : whole;
}
