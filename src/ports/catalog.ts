import type { ModelSet } from '../core/models/graph';
import type { Column } from '../core/models/sidecar';
import type { SourceLocation } from '../core/project-file';
import type { Manifest, ManifestFile, Pointer } from '../core/snapshots/manifest';
import type { SourceColumn, SourceRelation, SourceWindow } from '../core/sources/relation';

export type { SourceColumn, SourceRelation, SourceWindow } from '../core/sources/relation';

/** One attempt's files of one table. */
export interface TablePart {
  /** Key prefix ending in '/'. */
  prefix: string;
  /** Of a rollup: its `month` is this day or later; the rows before are another part's. */
  from?: string;
  /** Of a rollup: its `month` is before this day. See monthsCondition in core. */
  before?: string;
}

/** What a catalog lacked; the rest was as it must be. */
export interface CatalogChanges {
  /** Databases, tables and views that were missing. */
  made: string[];
  /** Tables given the columns that models have since. */
  extended: { table: string; columns: string[] }[];
  /** Tables and views left as they were. */
  unchanged: number;
  partitions: { made: number; unchanged: number };
}

/** One entry of a catalog that a night needs. */
export interface Inspection {
  name: string;
  /** @throws TidemarkError where it is not as it must be, or is refused. */
  look(): Promise<unknown>;
}

/** Knows how the engine names tables: what a ref, or a customer's source, is in a FROM clause. */
export interface Catalog {
  /** A relation reading exactly these parts of a table; with no parts an empty relation of the columns. */
  relation(table: string, columns: readonly Column[], parts: readonly TablePart[]): string;
  /** Makes an ended attempt readable (a Glue partition; nothing to do where files are read by name). Again is harmless. */
  register(table: string, runId: string, attempt: number, part: TablePart): Promise<void>;
  /**
   * The files of an ended attempt, each with its rows.
   * @param rows all of them together, as the check query counted.
   * @throws SnapshotIntegrityError files_damaged when the files hold another number.
   */
  files(part: TablePart, rows: number): Promise<ManifestFile[]>;
  /** Makes the public tables of a run readable by its run_id; before the pointer names it. Again is harmless. */
  publish(runId: string, tables: readonly { name: string; prefix: string }[]): Promise<void>;
  /**
   * Makes a run unreadable whose files are about to be deleted: these attempts, and the run as these public tables show
   * it. What is not there is no error.
   */
  forget(
    runId: string,
    attempts: readonly { table: string; attempt: number }[],
    published: readonly string[],
  ): Promise<void>;
  /**
   * Makes readers of the public tables see the run that the pointer names, whatever they saw before: right after the
   * pointer moved, and at the start of a run, which mends what a killed one left behind.
   * @param readPointer asked again after the change, so that of two runs at once the pointer's wins.
   */
  follow(readPointer: () => Promise<Pointer | undefined>): Promise<void>;
  /**
   * Makes the catalog hold all that these models may write and what these nights published, where readers need one. Nothing
   * is deleted, and nothing is made to show other files than before. Again is harmless.
   */
  rebuild(models: ModelSet, manifests: readonly Manifest[]): Promise<CatalogChanges>;
  /**
   * How to see whether all that `rebuild` makes for these models is there and may be read, and whether runs may change of it
   * what they change. What a look makes it deletes again; what it replaces stays as it was.
   * @param probe a name that nobody has used: of what is made.
   * @param readPointer what readers of the public tables should see.
   */
  inspections(models: ModelSet, probe: string, readPointer: () => Promise<Pointer | undefined>): Inspection[];
  /**
   * @param window the days a run reads. The fingerprint, bytes and files may then be of the partitions of that range
   *   alone, where the catalog knows them; the relation stays the whole one, filtered by whoever reads it.
   * @throws SourceContractError when the files or the table do not exist or are empty.
   */
  source(name: string, location: SourceLocation, window?: SourceWindow): Promise<SourceRelation>;
  /**
   * The newest day of a window whose partition holds data, from metadata alone; null where none does.
   * @returns undefined where metadata do not tell.
   */
  newestDay(name: string, location: SourceLocation, window: SourceWindow): Promise<string | null | undefined>;
  /** Columns of a relation that is a query over sources, without running it. */
  columnsOf(name: string, relation: string): Promise<SourceColumn[]>;
}
