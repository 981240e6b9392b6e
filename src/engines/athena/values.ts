import type { Value } from '../../ports/query-engine';

/**
 * A value of a result page as a plain one, by the type that Athena gives its column: whole numbers as number where exact
 * (up to 2^53) and as bigint beyond, DATE and times as ISO text, DECIMAL as text at its scale, everything else as text.
 *
 * @param text undefined for NULL, which Athena leaves out.
 */
export function plainValue(text: string | undefined, type: string): Value {
  if (text === undefined) return null;
  switch (type) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'int':
    case 'bigint':
      return wholeNumber(text);
    case 'double':
    case 'float':
    case 'real':
      return Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return text;
  }
}

function wholeNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}
