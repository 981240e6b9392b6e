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
