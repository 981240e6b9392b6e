import type { Check, Sidecar } from '../models/sidecar';
import { WINDOWED_SOURCES } from './contract';

/** What sourceSelect calls a row whose partition lies too far before its day. */
const TOO_EARLY = 'partition:too_early';

/**
 * Looks like an e-mail address, or like a phone number with a leading + or separators; bare digits never. The cheap
 * `like` keeps the pattern away from the millions of ids that hold none of these characters.
 */
const PERSONAL_ID = [
  'case',
  "when t.customer_id like '%@%' then regexp_like(t.customer_id, '^[^@ ]+@[^@ ]+[.][^@ ]+$')",
  "when t.customer_id like '+%' or t.customer_id like '% %' or t.customer_id like '%-%' or t.customer_id like '%.%' or t.customer_id like '%/%'",
  "then regexp_like(t.customer_id, '^[+][0-9][0-9 ()./-]{5,}$|^[(]?[0-9]{2,}[)]?([ ./-]+[0-9]{2,}){2,}$')",
  'else false end',
].join(' ');

/** Up to two different values, in their order. */
function firstAndLast(column: string): string {
  return `min(${column}) || case when max(${column}) <> min(${column}) then ', ' || max(${column}) else '' end`;
}

function unreadableValues(sidecar: Sidecar): Check {
  const ids = sidecar.columns.map((column) => column.name).filter((name) => name.endsWith('_id'));
  // An id of a customer may be an e-mail address in the very data that are refused: one that looks so is no example.
  const shown = ids
    .filter((name) => !name.includes('customer_id') || name === 'customer_id')
    .sort((a, b) => Number(a === 'customer_id') - Number(b === 'customer_id'))
    .map((name) => {
      const text = `'${name} ' || t.${name}`;
      return name === 'customer_id' ? `case when not ${PERSONAL_ID} then ${text} end` : text;
    });
  const key = shown.length > 1 ? `coalesce(${shown.join(', ')})` : shown[0];
  const kinds = firstAndLast(`case when t.type_error <> '${TOO_EARLY}' then t.type_error end`);
  const keys = key
    ? ` || coalesce(', for example ' || array_join(max(case when t.type_error <> '${TOO_EARLY}' then ${key} end, 3), ', '), '')`
    : '';
  return {
    name: 'unreadable_values',
    level: 'refuse',
    violations: `count(*) filter (where t.type_error <> '${TOO_EARLY}')`,
    examples: `${kinds}${keys}`,
    message: '{count} rows have a value that cannot be read: {examples}',
    remedy: 'mend the values at the source, or map the column with an expression: { sql: ... }',
  };
}

/** A row that keeps the other rules, but lies where a later night would not look for it. */
function earlyPartitions(): Check {
  return {
    name: 'partition_too_early',
    level: 'refuse',
    violations: `count(*) filter (where t.type_error = '${TOO_EARLY}')`,
    message:
      '{count} rows lie in a partition more than slack_days before their own day, where a night that reads only the late partitions would miss them',
    remedy: 'raise partition.slack_days of this source in tidemark.yml, or take `partition` out',
  };
}

function unmappedValues(): Check {
  return {
    name: 'unmapped_values',
    level: 'warn',
    violations: 'count(*) filter (where t.unmapped_column is not null)',
    examples: firstAndLast('t.unmapped_column'),
    message: '{count} rows have a value without a mapping in {examples}',
    remedy: 'add the missing values under `values` of that column in tidemark.yml',
  };
}

/** For customer_id itself, and for other columns that hold ids of customers, such as canonical_customer_id. */
function personalIds(column: string): Check {
  const count = `count_if(${PERSONAL_ID.replaceAll('t.customer_id', `t.${column}`)})`;
  const isOwn = column === 'customer_id';
  return {
    name: isOwn ? 'personal_ids' : `personal_${column.replace(/_id$/, '_ids')}`,
    level: 'refuse',
    violations: `case when ${count} * 100 > count(t.${column}) then ${count} else 0 end`,
    message: `{count} ${isOwn ? 'customer ids' : `values of ${column}`} (over 1 %) look like e-mail addresses or phone numbers`,
    remedy: `set hash: true on ${column} and TIDEMARK_HASH_SALT in the environment, or map a pseudonym`,
  };
}

/** Adds to a staging model's sidecar what holds for every source (contract section 3). */
export function withStagingChecks(name: string, sidecar: Sidecar): Sidecar {
  const has = (name: string): boolean => sidecar.columns.some((column) => column.name === name);
  const added: Check[] = [];
  const isWindowed = WINDOWED_SOURCES.some((source) => name === `stg_${source}`);
  if (has('type_error')) added.push(unreadableValues(sidecar), ...(isWindowed ? [earlyPartitions()] : []));
  if (has('unmapped_column')) added.push(unmappedValues());
  const ids = sidecar.columns.map((column) => column.name).filter((name) => /(^|_)customer_id$/.test(name));
  if (has('type_error')) added.push(...ids.map(personalIds));
  return { ...sidecar, checks: [...added, ...sidecar.checks] };
}
