import { DefinitionError, type Place } from '../errors';
import { suggest } from '../nearest';
import type { ColumnMapping, SourceFile } from '../project-file';
import { type SourceColumnContract, type SourceName, sourceColumns } from './contract';
import { isTimeZone } from './times';

/** Gives the place of something in the project file: a key path below the source, such as ['columns', 'amount']. */
export type Locate = (path: readonly string[]) => Place;

const isHashable = (column: string): boolean => column === 'customer_id' || column.endsWith('_customer_id');

/** The mapping of one column in its long form. */
export function longForm(mapping: ColumnMapping): Exclude<ColumnMapping, string> {
  return typeof mapping === 'string' ? { column: mapping } : mapping;
}

/** Which texts `values:` may map to. */
export function choicesOf(contract: SourceColumnContract): readonly string[] | undefined {
  if (contract.type === 'boolean') return ['true', 'false'];
  return contract.type === 'enum' ? (contract.values ?? []) : undefined;
}

/**
 * What is wrong with a mapping before any data are looked at: unknown and missing contract columns, a zone that does not
 * exist, values that mean nothing, a hash without a salt. All of it at once; nothing is thrown.
 * @param hashSalt the text of TIDEMARK_HASH_SALT; leave `hashSalt` null to skip the check where no run is meant
 */
export function mappingErrors(
  name: SourceName,
  mapping: SourceFile,
  hashSalt: string | undefined | null,
  locate: Locate,
): DefinitionError[] {
  const contracts = sourceColumns(name);
  const errors: DefinitionError[] = [];
  const report = (code: string, path: readonly string[], found: string, remedy: string): void => {
    errors.push(new DefinitionError({ code, found, remedy, place: locate(path) }));
  };
  for (const [column, given] of Object.entries(mapping.columns)) {
    const contract = Object.hasOwn(contracts, column) ? contracts[column] : undefined;
    const path = ['columns', column];
    if (!contract) {
      report('source_column_unknown', path, `${name} has no column ${column}`, suggest(column, Object.keys(contracts)));
      continue;
    }
    const problem = columnProblem(column, contract, longForm(given), hashSalt);
    if (problem) report(problem.code, path, problem.found, problem.remedy);
  }
  for (const [column, contract] of Object.entries(contracts)) {
    if (contract.required && !Object.hasOwn(mapping.columns, column)) {
      report(
        'source_column_required',
        ['columns'],
        `${name} needs the column ${column}`,
        `map it: ${column}: <the column of your table>`,
      );
    }
  }
  if (name === 'refunds' && !mapping.columns.order_id && !mapping.columns.customer_id) {
    report('source_column_required', ['columns'], 'refunds need order_id or customer_id', 'map one of them');
  }
  const zone = mapping.times_in;
  if (zone !== undefined && zone !== 'shop' && !isTimeZone(zone)) {
    report(
      'time_zone_unknown',
      ['times_in'],
      `${JSON.stringify(zone)} is no time zone`,
      'write UTC, shop or an IANA zone such as Europe/Vienna',
    );
  }
  return errors;
}

function columnProblem(
  column: string,
  contract: SourceColumnContract,
  given: Exclude<ColumnMapping, string>,
  hashSalt: string | undefined | null,
): { code: string; found: string; remedy: string } | undefined {
  if ('sql' in given) return undefined;
  if (given.hash && !isHashable(column)) {
    return {
      code: 'hash_not_allowed',
      found: `${column} cannot be hashed`,
      remedy: 'only customer ids can; leave hash out',
    };
  }
  if (given.hash && hashSalt !== null && !hashSalt) {
    return {
      code: 'hash_salt_missing',
      found: `${column} is to be hashed, but there is no salt`,
      remedy: 'set the environment variable TIDEMARK_HASH_SALT to a long secret text and keep it forever',
    };
  }
  if (!given.values) return undefined;
  const choices = choicesOf(contract);
  if (!choices) {
    return { code: 'values_not_allowed', found: `${column} takes any value`, remedy: 'leave values out' };
  }
  const wrong = Object.values(given.values).find((value) => !choices.includes(value));
  if (wrong === undefined) return undefined;
  return {
    code: 'value_unknown',
    found: `${column} knows no ${JSON.stringify(wrong)}`,
    remedy: suggest(wrong, choices),
  };
}
