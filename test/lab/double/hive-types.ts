/** Hive's names for types against Trino's, both ways, nested ones included. */

const TO_TRINO: Readonly<Record<string, string>> = {
  string: 'varchar',
  int: 'integer',
  float: 'real',
  binary: 'varbinary',
  timestamp: 'timestamp(3)',
};

const TO_HIVE: Readonly<Record<string, string>> = {
  varchar: 'string',
  integer: 'int',
  real: 'float',
  varbinary: 'binary',
};

/** `struct<a:int,b:array<string>>` as `row("a" integer, "b" array(varchar))`. */
export function trinoType(hive: string): string {
  const type = hive.trim().toLowerCase();
  const nested = /^(array|map|struct)<(.*)>$/s.exec(type);
  if (!nested) return TO_TRINO[type] ?? type;
  const parts = splitAtTop(nested[2] as string);
  if (nested[1] !== 'struct') return `${nested[1]}(${parts.map(trinoType).join(', ')})`;
  return `row(${parts
    .map((part) => {
      const colon = part.indexOf(':');
      return `"${part.slice(0, colon).trim()}" ${trinoType(part.slice(colon + 1))}`;
    })
    .join(', ')})`;
}

/** `decimal(18, 4)` as `decimal(18,4)`, `row("a" integer)` as `struct<a:int>`. */
export function hiveType(trino: string): string {
  const type = trino.trim();
  if (/^timestamp(\(\d+\))?$/.test(type)) return 'timestamp';
  const nested = /^(array|map|row)\((.*)\)$/s.exec(type);
  if (!nested) return TO_HIVE[type] ?? type.replaceAll(' ', '');
  const parts = splitAtTop(nested[2] as string);
  if (nested[1] !== 'row') return `${nested[1]}<${parts.map(hiveType).join(',')}>`;
  return `struct<${parts
    .map((part) => {
      const [, name, rest] = /^"?([^" ]+)"?\s+(.*)$/s.exec(part.trim()) as unknown as [string, string, string];
      return `${name}:${hiveType(rest)}`;
    })
    .join(',')}>`;
}

function splitAtTop(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of [...list].entries()) {
    if ('<('.includes(character)) depth++;
    if ('>)'.includes(character)) depth--;
    if (character === ',' && depth === 0) {
      parts.push(list.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, list.slice(start)];
}
