import { DefinitionErrors, SourceContractErrors } from '../../src/core/errors';
import {
  SOURCE_NAMES,
  type SourceColumnContract,
  type SourceName,
  sourceColumns,
} from '../../src/core/sources/contract';
import type { SourceColumn } from '../../src/core/sources/relation';
import { sourceSelect } from '../../src/core/sources/select';

/** What a source's column may be in a customer's table. */
export const KINDS: readonly Pick<SourceColumn, 'type' | 'looks'>[] = [
  { type: 'text' },
  { type: 'text', looks: 'integer' },
  { type: 'text', looks: 'decimal' },
  { type: 'text', looks: 'boolean' },
  { type: 'integer' },
  { type: 'decimal' },
  { type: 'double' },
  { type: 'boolean' },
  { type: 'date' },
  { type: 'timestamp' },
  { type: 'instant' },
];

export interface GeneratedSelect {
  title: string;
  source: SourceName;
  kind: Pick<SourceColumn, 'type' | 'looks'>;
  sql: string;
}

const isWanted = (column: string, contract: SourceColumnContract): boolean =>
  column === 'customer_id' || contract.required === true;

/** A SELECT of every source for every kind of column that fits, over a relation with one column of each kind: `c0`, `c1`, ... */
export function sourceSelects(relation = 'lab.given'): GeneratedSelect[] {
  const columns = KINDS.map((kind, index): SourceColumn => ({ name: `c${index}`, ...kind }));
  const build = (source: SourceName, mapped: Record<string, string>, zone: string): string | undefined => {
    try {
      const mapping = { from: 'x', columns: mapped, times_in: zone } as Parameters<typeof sourceSelect>[0]['mapping'];
      return sourceSelect({
        name: source,
        mapping,
        relation: { relation, columns },
        timeZone: 'Europe/Vienna',
        hashSalt: 'salt',
      });
    } catch (error) {
      if (error instanceof SourceContractErrors || error instanceof DefinitionErrors) return undefined;
      throw error;
    }
  };
  return SOURCE_NAMES.flatMap((source) => {
    const all = Object.entries(sourceColumns(source));
    const needed = Object.fromEntries(all.filter(([name, one]) => isWanted(name, one)).map(([name]) => [name, 'c0']));
    return KINDS.flatMap((kind, index) => {
      // One column after the other: what cannot take this kind stays out.
      let mapped: Record<string, string> = needed;
      for (const [name] of all) {
        const more = { ...mapped, [name]: `c${index}` };
        if (build(source, more, 'shop') !== undefined) mapped = more;
      }
      return ['shop', 'UTC', 'America/New_York'].flatMap((zone) => {
        const sql = build(source, mapped, zone);
        const title = `${source} of ${kind.looks ?? kind.type}${kind.looks ? ' texts' : ''}, times in ${zone}`;
        return sql === undefined ? [] : [{ title, source, kind, sql }];
      });
    });
  });
}
