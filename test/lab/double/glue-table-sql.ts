import type { GlueColumn, GlueTable } from './glue-catalog';
import { readPrestoView } from './glue-view';
import { trinoType } from './hive-types';
import { identifier, textLiteral } from './sql-text';

/** How the engine is told of a table or view that Glue has. */

const FORMATS: readonly [RegExp, string][] = [
  [/parquet/i, 'PARQUET'],
  [/orc/i, 'ORC'],
  [/opencsv/i, 'CSV'],
  [/json/i, 'JSON'],
  [/lazysimple/i, 'TEXTFILE'],
];

export const nameOf = ({ DatabaseName, Name }: GlueTable): string => `${identifier(DatabaseName)}.${identifier(Name)}`;

export const isProjected = ({ Parameters }: GlueTable): boolean =>
  Parameters?.['projection.enabled']?.toLowerCase() === 'true';

/** Undefined for what the engine's Hive catalog has no form for, such as Iceberg. */
export function createSql(table: GlueTable): string | undefined {
  const view = readPrestoView(table.ViewOriginalText);
  if (view) return `create or replace view ${nameOf(table)} as ${view.originalSql}`;
  const { Columns = [], SerdeInfo, InputFormat } = table.StorageDescriptor ?? {};
  const format = FORMATS.find(([pattern]) => pattern.test(`${SerdeInfo?.SerializationLibrary} ${InputFormat}`))?.[1];
  if (!format || table.Parameters?.table_type?.toUpperCase() === 'ICEBERG') return undefined;
  const keys = table.PartitionKeys ?? [];
  const columns = [...Columns.map(columnSql), ...keys.map((key) => `${columnSql(key)}${projectionOf(table, key)}`)];
  return `create table ${nameOf(table)} (${columns.join(', ')}) with (${tableProperties(table, format)})`;
}

const columnSql = ({ Name, Type }: GlueColumn): string => `${identifier(Name.toLowerCase())} ${trinoType(Type)}`;

const array = (texts: readonly string[]): string => `array[${texts.map(textLiteral).join(', ')}]`;

function tableProperties(table: GlueTable, format: string): string {
  const { Location } = table.StorageDescriptor ?? {};
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name.toLowerCase());
  const { 'skip.header.line.count': headers, 'storage.location.template': template } = table.Parameters ?? {};
  const properties = {
    format: textLiteral(format),
    ...(Location && { external_location: textLiteral(Location) }),
    ...(keys.length > 0 && { partitioned_by: array(keys) }),
    ...(headers && { skip_header_line_count: headers }),
    ...(isProjected(table) && { partition_projection_enabled: 'true' }),
    ...(isProjected(table) && template && { partition_projection_location_template: textLiteral(template) }),
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

/** Parameters `projection.<key>.<name>` as the engine's properties of that key. */
const PROJECTION: readonly [name: string, property: string, sql: (value: string) => string][] = [
  ['type', 'type', (value) => textLiteral(value.toUpperCase())],
  ['values', 'values', (value) => array(value.split(',').map((one) => one.trim()))],
  ['range', 'range', (value) => array(value.split(',').map((one) => one.trim()))],
  ['format', 'format', textLiteral],
  ['interval', 'interval', String],
  ['interval.unit', 'interval_unit', (value) => textLiteral(value.toUpperCase())],
  ['digits', 'digits', String],
];

function projectionOf(table: GlueTable, { Name }: GlueColumn): string {
  if (!isProjected(table)) return '';
  const given = PROJECTION.flatMap(([name, property, sql]) => {
    const value = table.Parameters?.[`projection.${Name.toLowerCase()}.${name}`];
    return value === undefined ? [] : [`partition_projection_${property} = ${sql(value)}`];
  });
  return given.length > 0 ? ` with (${given.join(', ')})` : '';
}

/** Where a partition of a projected table lies, by its values in the order of the keys. */
export function projectedLocation(table: GlueTable, values: readonly string[]): string {
  const names = (table.PartitionKeys ?? []).map(({ Name }) => Name);
  const own = `${table.StorageDescriptor?.Location?.replace(/\/?$/, '/')}${names.map((name) => `${name}=\${${name}}/`).join('')}`;
  const template = table.Parameters?.['storage.location.template'] ?? own;
  return template.replace(/\$\{([^}]*)\}/g, (_, name: string) => values[names.indexOf(name)] ?? '');
}
