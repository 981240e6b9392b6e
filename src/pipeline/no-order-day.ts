import { SourceContractError } from '../core/errors';
import type { SourceName } from '../core/sources/contract';
import type { Row } from '../ports/query-engine';

const FORMS = 'YYYY-MM-DD, YYYYMMDD, or YYYY-MM-DD HH:MM[:SS] with or without an offset';
const DAY_FIRST = `{ sql: "substr(d, 7, 4) || '-' || substr(d, 4, 2) || '-' || substr(d, 1, 2)" }`;

const rowsText = (rows: number): string => (rows === 1 ? '1 row' : `${rows.toLocaleString('en-GB')} rows`);

/**
 * Why no order has a day up to today.
 *
 * @param counted all_rows, and of them future_rows (a day after today), missing_rows (no time) and no_offset_rows (a
 *   time of day nothing says the zone of); what remains has a time that cannot be read.
 */
export function noOrderDay(source: SourceName, hasWhere: boolean, counted: Row): SourceContractError {
  const [all = 0, future = 0, missing = 0, noOffset = 0] = [
    'all_rows',
    'future_rows',
    'missing_rows',
    'no_offset_rows',
  ].map((name) => Number(counted[name] ?? 0));
  const place = { table: source, column: 'ordered_at' };
  if (all === 0) {
    return new SourceContractError({
      code: 'no_orders',
      place: { table: source },
      found: hasWhere ? `\`where\` of ${source} keeps no row` : `there is no row in ${source}`,
      remedy: hasWhere ? `check \`where\` of ${source} in tidemark.yml against the data` : 'check the data',
    });
  }
  if (noOffset > 0) {
    return new SourceContractError({
      code: 'no_offset',
      place,
      found: `${rowsText(noOffset)} of ${source} with times that carry no offset, and nothing says what they mean`,
      remedy: `set times_in of ${source} to UTC, shop or an IANA zone`,
    });
  }
  const unreadable = all - future - missing;
  const parts = [
    ...(unreadable > 0 ? [`${rowsText(unreadable)} with a time that cannot be read`] : []),
    ...(missing > 0 ? [`${rowsText(missing)} without a time`] : []),
    ...(future > 0 ? [`${rowsText(future)} after today`] : []),
  ].join(', ');
  if (unreadable > 0) {
    return new SourceContractError({
      code: 'unreadable_values',
      place,
      found: `no order has a day up to today: ${parts}`,
      remedy: `read are ${FORMS}; where the day stands first, map an expression over your column, here d: ordered_at: ${DAY_FIRST}`,
    });
  }
  return new SourceContractError({
    code: 'no_orders',
    place,
    found: `no order has a day up to today: ${parts}`,
    remedy: 'check the mapping of ordered_at, or give --run-date',
  });
}
