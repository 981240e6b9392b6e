import { DuckDBDateValue, DuckDBDecimalValue, type DuckDBValue } from '@duckdb/node-api';
import type { Value } from '../../ports/query-engine';

/**
 * A DuckDB value as a plain one: DATE and times as ISO text, DECIMAL as text at its scale, whole numbers as number
 * where exact (up to 2^53) and as bigint beyond, lists and structs as JSON text.
 */
export function plainValue(value: DuckDBValue): Value {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'bigint':
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(value)
        : value;
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return value instanceof DuckDBDateValue || value instanceof DuckDBDecimalValue ? value.toString() : String(value);
  }
}
