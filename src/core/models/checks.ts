import type { Column, Sidecar } from './sidecar';

/** Athena takes 127 arguments a function. */
const MOST_ARGUMENTS = 100;

/**
 * A text of one row as the content hash reads it: columns other than double, quoted, NULL empty (contract section 4).
 * concat_ws, because a chain of || copies the growing text once a column (measured: twice the time of the whole hash).
 */
function rowText(columns: readonly Column[]): string {
  const values = columns
    .filter((column) => column.type !== 'double')
    .map((column) => {
      const value =
        column.type === 'varchar' ? `replace(t.${column.name}, '"', '""')` : `cast(t.${column.name} as varchar)`;
      return `coalesce('"' || ${value} || '"', '')`;
    });
  const groups = values.flatMap((_, index) =>
    index % MOST_ARGUMENTS === 0 ? [values.slice(index, index + MOST_ARGUMENTS)] : [],
  );
  return groups.map((group) => `concat_ws(',', ${group.join(', ')})`).join(" || ',' || ");
}

/** SQL of the `<sum>` half of a content hash: first 15 hex digits of sha256 over each row's text, summed as decimal(38,0). */
export function contentHashExpression(columns: readonly Column[]): string {
  const digits = `from_base(substr(lower(to_hex(sha256(to_utf8(${rowText(columns)})))), 1, 15), 16)`;
  return `cast(coalesce(sum(cast(${digits} as decimal(38,0))), 0) as varchar)`;
}

/** Counts the keys that stand on more than one row. */
function duplicateKeys(relation: string, key: readonly string[]): string {
  const columns = key.map((column) => `k.${column}`).join(', ');
  return `(select count(*) from (select ${columns} from ${relation} as k group by ${columns} having count(*) > 1) as doubled)`;
}

export const UNIQUE_KEY_CHECK = 'unique_key';
export const NULL_KEY_CHECK = 'null_key';

/**
 * The one query that looks at an ended attempt: row count, every check and its examples, facts, the values it provides,
 * and the content hash where the table is public. One row, columns `row_count`, `check_*`, `example_*`, `fact_*`, `value_*`, `content_hash`.
 */
export function checkQuery(sidecar: Sidecar, relation: string): string {
  const parts = ['cast(count(*) as bigint) as row_count'];
  if (sidecar.unique_key.length > 0) {
    parts.push(`${duplicateKeys(relation, sidecar.unique_key)} as check_${UNIQUE_KEY_CHECK}`);
    const isNull = sidecar.unique_key.map((column) => `t.${column} is null`).join(' or ');
    parts.push(`count(*) filter (where ${isNull}) as check_${NULL_KEY_CHECK}`);
  }
  for (const check of sidecar.checks) {
    parts.push(`coalesce(cast(${check.violations} as bigint), 0) as check_${check.name}`);
    if (check.examples) parts.push(`${check.examples} as example_${check.name}`);
  }
  for (const [name, aggregate] of Object.entries(sidecar.facts)) parts.push(`${aggregate} as fact_${name}`);
  for (const [parameter, column] of Object.entries(sidecar.provides))
    parts.push(`cast(max(t.${column}) as varchar) as value_${parameter}`);
  if (sidecar.public) parts.push(`${contentHashExpression(sidecar.columns)} as content_hash`);
  return `select\n  ${parts.join(',\n  ')}\nfrom ${relation} as t`;
}
