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
  const nested = (part: TrinoValue, signature: unknown): string =>
    resultText(part, signature as TrinoSignature) ?? 'null';
  if (rawType === 'array') return `[${(value as TrinoValue[]).map((one) => nested(one, inner[0]?.value)).join(', ')}]`;
  if (rawType === 'map') {
    const pairs = Object.entries(value as Record<string, TrinoValue>);
    return `{${pairs.map(([key, one]) => `${key}=${nested(one, inner[1]?.value)}`).join(', ')}}`;
  }
  if (rawType === 'row') return `{${(value as TrinoValue[]).map((one, index) => field(one, index, inner)).join(', ')}}`;
  if (rawType === 'varbinary')
    return (Buffer.from(String(value), 'base64').toString('hex').match(/../g) ?? []).join(' ');
  return String(value);

  function field(one: TrinoValue, index: number, fields: TrinoSignature['arguments']): string {
    const { fieldName, typeSignature } = fields[index]?.value as {
      fieldName?: { name: string };
      typeSignature: TrinoSignature;
    };
    return `${fieldName?.name ?? `field${index}`}=${nested(one, typeSignature)}`;
  }
}

/** As the object `<id>.csv`: every value in quotes, NULL empty. */
export function resultCsv(rows: readonly (readonly (string | undefined)[])[]): string {
  const line = (row: readonly (string | undefined)[]): string =>
    row.map((value) => (value === undefined ? '' : `"${value.replaceAll('"', '""')}"`)).join(',');
  return rows.map((row) => `${line(row)}\n`).join('');
}
