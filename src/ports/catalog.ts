import type { Column } from '../core/models/sidecar';
import type { SourceLocation } from '../core/project-file';
import type { SourceColumn, SourceRelation } from '../core/sources/relation';

export type { SourceColumn, SourceRelation } from '../core/sources/relation';

/** One attempt's files of one table. */
export interface TablePart {
  /** Key prefix ending in '/'. */
  prefix: string;
}

/** Knows how the engine names tables: what a ref, or a customer's source, is in a FROM clause. */
export interface Catalog {
  /** A relation reading exactly these parts of a table; with no parts an empty relation of the columns. */
  relation(table: string, columns: readonly Column[], parts: readonly TablePart[]): string;
  /** Makes an ended attempt readable (a Glue partition; nothing to do where files are read by name). */
  register(table: string, runId: string, attempt: number, part: TablePart): Promise<void>;
  /** @throws SourceContractError when the files or the table do not exist or are empty. */
  source(name: string, location: SourceLocation): Promise<SourceRelation>;
  /** Columns of a relation that is a query over sources, without running it. */
  columnsOf(name: string, relation: string): Promise<SourceColumn[]>;
}
