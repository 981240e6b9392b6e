/** A customer's own table or files, as the engine sees them. */
export interface SourceRelation {
  /** SQL text that can stand in a FROM clause. */
  relation: string;
  columns: SourceColumn[];
  /** From file or table metadata, never from a scan; equal when nothing changed. */
  fingerprint: string;
  bytes: number;
  /** Number of files read, or 1 for a table. */
  files: number;
}

/**
 * The part of a partitioned source that a run reads: days, both ends included, compared with the partition column
 * (a date, a text YYYY-MM-DD..., or an integer yyyymmdd). An open end reads on.
 */
export interface SourceWindow {
  /** The partition column, by its name in the source. */
  column: string;
  from?: string;
  to?: string;
}

export interface SourceColumn {
  name: string;
  /** 'text' when the file format has no types (CSV, JSON lines). `looks` then says what the values look like. */
  type:
    | 'text'
    | 'integer'
    | 'decimal'
    | 'double'
    | 'boolean'
    | 'date'
    | 'timestamp'
    | 'instant'
    | 'other'
    | 'text_array';
  looks?: 'integer' | 'decimal' | 'double' | 'boolean';
}
