import { DefinitionError, type Place, SourceContractError } from '../errors';
import { suggest } from '../nearest';
import { compileFragment, type Fragment, type FragmentColumn } from '../sql/fragment';
import { identifier } from '../sql/literals';
import { windowCondition } from './partition';
import type { SourceColumn, SourceRelation, SourceWindow } from './relation';
import { type Reading, textAsBoolean, textAsDecimal, textAsInteger } from './types';

/** What a fragment that was used as a column or a condition adds to the rows. */
export interface CompiledFragment {
  sql: string;
  type: Reading['type'];
  /** Conditions under which the row is in error, with the kind of the error. */
  errors: { when: string; kind: string }[];
}

const FRAGMENT_TYPE: Record<SourceColumn['type'], FragmentColumn['type']> = {
  text: 'text',
  integer: 'number',
  decimal: 'number',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  instant: 'instant',
  other: undefined,
  text_array: undefined,
};

const READING_TYPE: Partial<Record<NonNullable<Fragment['type']>, Reading['type']>> = {
  text: 'text',
  number: 'decimal',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  instant: 'instant',
};

/**
 * The columns of one source relation under names of our own (raw_1, number_1, ...), so that no name of the customer's
 * appears beyond the innermost SELECT, and only columns that are used are read.
 */
export class RelationRows {
  private readonly raw = new Map<number, string>();
  private readonly presented = new Map<string, string>();
  private condition: string | undefined;

  constructor(
    private readonly source: string,
    private readonly relation: Pick<SourceRelation, 'relation' | 'columns'>,
  ) {}

  /** A column by its name, exactly or else without regard to case. */
  column(name: string, contractColumn: string): Reading | SourceContractError {
    const index = this.find(name);
    const column = this.relation.columns[index];
    return column ? { sql: this.read(index), type: column.type } : this.missing(name, contractColumn);
  }

  /**
   * Reads only the rows of a window, where it has a beginning.
   *
   * @returns the partition column and its alias.
   * @throws SourceContractError where there is no such column, or it cannot hold days.
   */
  restrict(window: SourceWindow): { column: SourceColumn; raw: string } {
    const index = this.find(window.column);
    const column = this.relation.columns[index];
    if (!column) throw this.missing(window.column, 'partition');
    this.condition = windowCondition(this.source, column, window);
    return { column, raw: this.read(index) };
  }

  /** @throws DefinitionError as compileFragment does */
  fragment(text: string, what: string, place: Place, isCondition = false): CompiledFragment {
    const aliases = new Map<string, number>();
    const columns = this.relation.columns.map((column, index) => this.present(column, index, aliases));
    const fragment = compileFragment(text, { columns, what, place, isCondition });
    if (fragment.type === 'zoned') {
      throw new DefinitionError({
        code: 'sql_syntax',
        found: `${what}: the result of at time zone is a different thing on each engine`,
        remedy: 'leave at time zone out, or cast the result to date',
        place,
      });
    }
    const errors: CompiledFragment['errors'] = [];
    for (const used of fragment.uses) {
      const index = aliases.get(used) as number;
      const raw = this.read(index);
      if (used === raw) continue;
      const kind = used.startsWith('number') ? 'not_a_number' : 'not_a_boolean';
      this.presented.set(used, presentation(used, raw, this.relation.columns[index]));
      if (fragment.usesUnguarded.has(used)) errors.push({ when: `${raw} is not null and ${used} is null`, kind });
    }
    for (const cast of fragment.failedCasts) errors.push({ when: cast.when, kind: `not_a_${cast.type}` });
    return { sql: `(${fragment.sql})`, type: (fragment.type && READING_TYPE[fragment.type]) ?? 'unknown', errors };
  }

  /** Named steps reading the relation; the last one's rows have all the aliases handed out so far. */
  steps(): string[] {
    const read = [...this.raw].map(([index, alias]) => {
      const column = this.relation.columns[index] as SourceColumn;
      const name = identifier(column.name);
      return `${column.type === 'text' ? `nullif(${name}, '')` : name} as ${alias}`;
    });
    // A mapping of constants alone still has one row per row of the source.
    const columns = read.length > 0 ? read : ['1 as no_column'];
    const where = this.condition === undefined ? '' : `\n  where ${this.condition}`;
    const first = `select\n    ${columns.join(',\n    ')}\n  from ${this.relation.relation} as source_relation${where}`;
    if (this.presented.size === 0) return [first];
    const presented = [...this.presented].map(([alias, sql]) => `${sql} as ${alias}`);
    return [first, `select\n    rows_1.*,\n    ${presented.join(',\n    ')}\n  from rows_1`];
  }

  private missing(name: string, contractColumn: string): SourceContractError {
    const names = this.relation.columns.map((each) => each.name);
    return new SourceContractError({
      code: 'source_column_missing',
      found: `there is no column ${JSON.stringify(name)}; there are ${names.slice(0, 30).join(', ')}${names.length > 30 ? ', ...' : ''}`,
      remedy: suggest(name, names),
      place: { table: this.source, column: contractColumn },
    });
  }

  private find(name: string): number {
    const { columns } = this.relation;
    const exact = columns.findIndex((column) => column.name === name);
    if (exact >= 0) return exact;
    const alike = columns.flatMap((column, index) => (column.name.toLowerCase() === name.toLowerCase() ? [index] : []));
    return alike.length === 1 ? (alike[0] as number) : -1;
  }

  private read(index: number): string {
    const alias = `raw_${index + 1}`;
    this.raw.set(index, alias);
    return alias;
  }

  private present(column: SourceColumn, index: number, aliases: Map<string, number>): FragmentColumn {
    const [raw, number, boolean] = ['raw', 'number', 'boolean'].map((prefix) => `${prefix}_${index + 1}`) as [
      string,
      string,
      string,
    ];
    for (const alias of [raw, number, boolean]) aliases.set(alias, index);
    const { name, looks } = column;
    if (column.type !== 'text') return { name, sql: raw, type: FRAGMENT_TYPE[column.type] };
    if (looks === 'boolean') return { name, sql: boolean, text: raw, number, type: 'boolean' };
    if (looks !== undefined) return { name, sql: number, text: raw, number, type: 'number' };
    return { name, sql: raw, text: raw, number, type: 'text' };
  }
}

function presentation(alias: string, raw: string, column: SourceColumn | undefined): string {
  if (alias.startsWith('boolean')) return textAsBoolean(raw);
  return column?.looks === 'integer' ? textAsInteger(raw) : textAsDecimal(raw);
}
