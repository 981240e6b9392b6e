import type { SourceColumn } from '../../core/sources/relation';

type SourceType = SourceColumn['type'];

const TYPES: Readonly<Record<string, SourceType>> = {
  string: 'text',
  varchar: 'text',
  char: 'text',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  integer: 'integer',
  bigint: 'integer',
  long: 'integer',
  float: 'double',
  real: 'double',
  double: 'double',
  decimal: 'decimal',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamp_ns: 'timestamp',
  timestamptz: 'instant',
  timestamptz_ns: 'instant',
};

/** What a type of Glue, Iceberg or Athena is to a mapping: `decimal(12,2)`, `timestamp(3) with time zone`, `array<string>`. */
export function sourceType(type: string): SourceType {
  const text = type.trim().toLowerCase().replace(/\s+/g, ' ');
  if (/^timestamp ?(\(\d+\))? with (local )?time ?zone$/.test(text)) return 'instant';
  const element = /^array ?[<(](.*)[>)]$/.exec(text)?.[1];
  if (element !== undefined) return sourceType(element) === 'text' ? 'text_array' : 'other';
  const plain = /^([a-z_]+) ?(\([\d, ]*\))?$/.exec(text)?.[1] ?? '';
  return Object.hasOwn(TYPES, plain) ? (TYPES[plain] as SourceType) : 'other';
}
