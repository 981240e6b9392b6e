import type { TrinoColumn, TrinoSignature, TrinoValue } from '../trino-client';

/** One column as ResultSetMetadata tells it. */
export interface ColumnInfo {
  CatalogName: string;
  SchemaName: string;
  TableName: string;
  Name: string;
  Label: string;
  Type: string;
  Precision: number;
  Scale: number;
  Nullable: string;
  CaseSensitive: boolean;
}

const PRECISION: Readonly<Record<string, number>> = {
  varchar: 2147483647,
  varbinary: 1073741824,
  bigint: 19,
  integer: 10,
  smallint: 5,
  tinyint: 3,
  double: 17,
  float: 17,
  timestamp: 3,
  'timestamp with time zone': 3,
};

export function columnInfo(column: TrinoColumn): ColumnInfo {
  const raw = column.signature.rawType;
  const type = raw === 'real' ? 'float' : raw;
  const numbers = column.signature.arguments.map(({ value }) => Number(value));
  const isDecimal = type === 'decimal';
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: column.name,
    Label: column.name,
    Type: type,
    Precision: isDecimal ? (numbers[0] ?? 0) : type === 'char' ? (numbers[0] ?? 1) : (PRECISION[type] ?? 0),
    Scale: isDecimal ? (numbers[1] ?? 0) : 0,
    Nullable: 'UNKNOWN',
    CaseSensitive: ['varchar', 'char'].includes(type),
  };
}

/** A value as Athena's results write it: arrays `[a, b]`, maps `{k=v}`, rows `{name=v}`: text, no JSON. NULL is undefined. */
export function resultText(value: TrinoValue, { rawType, arguments: inner }: TrinoSignature): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (rawType === 'array')
    return `[${(value as TrinoValue[]).map((one) => nestedText(one, inner[0]?.value)).join(', ')}]`;
  if (rawType === 'map') {
    const pairs = Object.entries(value as Record<string, TrinoValue>);
    return `{${pairs.map(([key, one]) => `${key}=${nestedText(one, inner[1]?.value)}`).join(', ')}}`;
  }
  if (rawType === 'row')
    return `{${(value as TrinoValue[]).map((one, index) => fieldText(one, index, inner)).join(', ')}}`;
  if (rawType === 'varbinary')
    return (Buffer.from(String(value), 'base64').toString('hex').match(/../g) ?? []).join(' ');
  return String(value);
}

function fieldText(one: TrinoValue, index: number, fields: TrinoSignature['arguments']): string {
  const named = fields[index]?.value as { fieldName?: { name: string }; typeSignature: TrinoSignature };
  return `${named.fieldName?.name ?? `field${index}`}=${nestedText(one, named.typeSignature)}`;
}

function nestedText(value: TrinoValue, signature: unknown): string {
  return resultText(value, signature as TrinoSignature) ?? 'null';
}

/** As the object `<id>.csv`: every value in quotes, NULL empty. */
export function resultCsv(rows: readonly (readonly (string | undefined)[])[]): string {
  const line = (row: readonly (string | undefined)[]): string =>
    row.map((value) => (value === undefined ? '' : `"${value.replaceAll('"', '""')}"`)).join(',');
  return rows.map((row) => `${line(row)}\n`).join('');
}
