import type { Place } from '../../core/errors';

/** What a call or a query was about, to name it in an error. */
export interface Where {
  workgroup?: string | undefined;
  bucket?: string | undefined;
  /** A table as people know it: database.table of a source, or a table of the product. */
  table?: string | undefined;
  /** A key of the product's own store. */
  key?: string | undefined;
  /** The tables that the query reads, as database.table. */
  reads?: readonly string[] | undefined;
  /** Of a statement: `s3://bucket/prefix/`, below which the product's own files are. */
  root?: string | undefined;
  /** The IAM action of the call, such as s3:GetObject, for services that do not name it themselves. */
  action?: string | undefined;
}

export function placeOf({ table, key }: Where): { place?: Place } {
  if (table === undefined && key === undefined) return {};
  return { place: { ...(table === undefined ? {} : { table }), ...(key === undefined ? {} : { key }) } };
}

/** What a query was about. */
export interface QueryWhere extends Where {
  /** Athena's id of the query, by which its owner finds what is withheld here. */
  query: string;
  workgroup: string;
  root: string;
}
