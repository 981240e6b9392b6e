import { StatementFailure } from './errors';
import { SYSTEM } from './failures';

/**
 * Athena gives the older DDL to Hive's parser, on tables of Hive. It knows no block comments and no names in double
 * quotes, and says so only when the statement runs; where the comment stands decides how.
 */

const STATEMENT =
  /^(?:(show)\s+(create)\s+table|(msck)\s+(repair)\s+table|(alter)\s+table|(describe|desc)|(drop)\s+table|(show)\s+partitions)\b/i;

/** Statements in which a block comment fails; the others only refuse quoted names. */
const MINDS_COMMENTS = /^(show\s+create\s+table|msck|alter|desc)/i;

/**
 * @param isView views are described by the newer parser.
 * @throws StatementFailure in the words of Hive's parser.
 */
export function refuseForHive(sql: string, isView: boolean): void {
  const bare = sql.replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' ').trim();
  const words = STATEMENT.exec(bare)?.slice(1).filter(Boolean);
  if (!words || (isView && /^desc/i.test(bare))) return;
  if (MINDS_COMMENTS.test(bare)) refuseBlockComment(sql);
  const quoted = /"[^"]*"/.exec(bare.replace(/'(?:[^']|'')*'/g, (text) => ' '.repeat(text.length)));
  if (quoted)
    throw parseException(sql, sql.indexOf(quoted[0]), `cannot recognize input near '${quoted[0]}' in table name`);
}

function refuseBlockComment(sql: string): void {
  const at = sql.replace(/'(?:[^']|'')*'|--[^\n]*/g, (text) => text.replace(/[^\n]/g, ' ')).indexOf('/*');
  if (at < 0) return;
  const before = sql.slice(0, at).trim().split(/\s+/).filter(Boolean);
  const [word = '', last = ''] = [before[0], before.at(-1)];
  const near = /\/\*\s*(\w+|\S)/.exec(sql.slice(at))?.[1] ?? '*';
  if (before.length === 0 || last.startsWith('--'))
    throw parseException(sql, at, `cannot recognize input near '/' '*' '${near}'`);
  if (/^(alter|describe|desc)$/i.test(last)) {
    const kind = /^alter$/i.test(last) ? 'alter' : 'describe';
    throw parseException(sql, 0, `cannot recognize input near '${last}' '/' '*' in ${kind} statement`);
  }
  if (/^show$/i.test(last))
    throw parseException(sql, at, `cannot recognize input near '${last}' '/' '*' in ddl statement`);
  if (/^create$/i.test(last))
    throw parseException(sql, at, `mismatched input '/' expecting TABLE near '${last}' in show statement`);
  if (/^msck$/i.test(word) && !/^table$/i.test(last))
    throw parseException(sql, at, `missing EOF at '/' near '${last}'`);
  throw parseException(sql, at, `cannot recognize input near '/' '*' '${near}' in table name`);
}

/** Lines count from 1, columns from 0; a run of blanks counts as one. */
function parseException(sql: string, at: number, what: string): StatementFailure {
  const before = sql
    .slice(0, at)
    .trimStart()
    .replace(/\s{2,}/g, ' ')
    .split('\n');
  const reason = `FAILED: ParseException line ${before.length}:${(before.at(-1) ?? '').length} ${what}`;
  return new StatementFailure(reason, { category: SYSTEM, type: 1003, retryable: false });
}
