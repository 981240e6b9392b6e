import { CheckFailedError, SourceContractError } from '../errors';
import type { Warning } from '../snapshots/manifest';
import { NULL_KEY_CHECK, UNIQUE_KEY_CHECK } from './checks';
import type { Model } from './model';
import type { Check, Sidecar } from './sidecar';

export interface CheckOutcome {
  rows: number;
  content_hash: string | null;
  facts: Record<string, string | number | null>;
  values: Record<string, string>;
  warnings: Warning[];
}

type Row = Record<string, string | number | bigint | boolean | null>;

function keyChecks(sidecar: Sidecar): Check[] {
  if (sidecar.unique_key.length === 0) return [];
  const key = sidecar.unique_key.join(', ');
  const remedy = 'this is a defect of Tidemark; please report it';
  return [
    {
      name: UNIQUE_KEY_CHECK,
      violations: '',
      level: 'fail',
      message: `{count} values of ${key} stand on more than one row`,
      remedy,
    },
    { name: NULL_KEY_CHECK, violations: '', level: 'fail', message: `{count} rows have no ${key}`, remedy },
  ];
}

const plain = (value: Row[string] | undefined): string | number | null => {
  if (value === undefined || value === null) return null;
  return typeof value === 'bigint' ? Number(value) : typeof value === 'boolean' ? String(value) : value;
};

const VERBS = 'are|have|hold|lie|look|merge|repeat|stand';
const IRREGULAR: Readonly<Record<string, string>> = { are: 'is', have: 'has' };

/** Messages are written for many; of one row they say "1 row has". */
function inNumber(message: string, count: number): string {
  if (count !== 1) return message;
  return message.replace(
    new RegExp(`(\\{count\\} (?:customer )?)([a-z]+)((?:(?!\\b(?:${VERBS})\\b).)*)(?:\\b(${VERBS})\\b)?`),
    (_, before: string, noun: string, between: string, verb: string | undefined) => {
      const one = noun.endsWith('ies') ? noun.replace(/ies$/, 'y') : noun.replace(/s$/, '');
      const does = verb === undefined ? '' : (IRREGULAR[verb] ?? `${verb}s`);
      return `${before}${one}${between}${does}`;
    },
  );
}

function filled(check: Check, row: Row): string {
  const count = Number(row[`check_${check.name}`]);
  return inNumber(check.message, count)
    .replaceAll('{count}', count.toLocaleString('en-GB'))
    .replaceAll('{examples}', String(row[`example_${check.name}`] ?? ''));
}

/**
 * Reads the one row of a check query.
 *
 * @throws SourceContractError for a broken `refuse` check, CheckFailedError for a broken `fail` check.
 */
export function judgeChecks(model: Model, row: Row): CheckOutcome {
  const warnings: Warning[] = [];
  for (const check of [...model.sidecar.checks, ...keyChecks(model.sidecar)]) {
    if (Number(row[`check_${check.name}`] ?? 0) === 0) continue;
    const message = filled(check, row);
    if (check.level === 'warn')
      warnings.push({ code: check.name, message: `${model.name}: ${message}; ${check.remedy}` });
    else {
      const table = model.layer === 'staging' ? model.name.replace(/^stg_/, '') : model.name;
      const facts = { code: check.name, place: { table }, found: message, remedy: check.remedy };
      throw check.level === 'refuse' ? new SourceContractError(facts) : new CheckFailedError(facts);
    }
  }
  const named = (prefix: string): [string, string | number | null][] =>
    Object.entries(row)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), plain(value)]);
  const rows = Number(row.row_count);
  const values = named('value_').filter((entry): entry is [string, string | number] => entry[1] !== null);
  return {
    rows,
    content_hash: model.sidecar.public ? `${rows}:${row.content_hash}` : null,
    facts: Object.fromEntries(named('fact_')),
    values: Object.fromEntries(values.map(([key, value]) => [key, String(value)])),
    warnings,
  };
}
