import type { Project } from '../src/core/project';
import { sourceTables } from './source-tables';

/** What of a Glue database the nights may read. */
export interface SourceGrant {
  /** As tidemark.yml names it in `from: database.table`. */
  database: string;
  /** `s3://bucket/prefix/`, under which the files of its tables lie. */
  locations: readonly string[];
  /**
   * ARNs of KMS keys that encrypt these files.
   * @default none
   */
  keys?: readonly string[];
  /**
   * Tables that tidemark.yml does not name: those behind a view that it names.
   * @default none
   */
  tables?: readonly string[];
  /**
   * The account whose catalog holds the database, and its name there: a resource link is made under `database`.
   * @default the database is one of this account
   */
  owner?: { account: string; database?: string | undefined } | undefined;
}

/** A grant with the tables of the project in it. */
export interface SourceTables {
  database: string;
  tables: string[];
  locations: { bucket: string; prefix: string }[];
  keys: readonly string[];
  owner: SourceGrant['owner'];
}

/**
 * What the nights read of each database.
 *
 * @throws Error where the project reads a database without a grant; DefinitionError where it reads files.
 */
export function grantedTables(project: Project, grants: readonly SourceGrant[]): SourceTables[] {
  const read = sourceTables(project);
  const missing = [...read.keys()].filter((database) => !grants.some((grant) => grant.database === database));
  if (missing.length > 0) {
    throw new Error(`tidemark.yml reads the Glue database ${missing.join(', ')}: name it in \`sources\``);
  }
  return grants.map(({ database, locations, keys = [], tables = [], owner }) => ({
    database,
    tables: [...new Set([...(read.get(database) ?? []), ...tables])].sort(),
    locations: locations.map(placeOf),
    keys,
    owner,
  }));
}

function placeOf(location: string): { bucket: string; prefix: string } {
  const parts = /^s3:\/\/([^/*?]+)\/((?:[^*?]+\/)?)$/.exec(location);
  if (!parts) throw new Error(`${location} is no place on S3: write s3://bucket/prefix/`);
  return { bucket: parts[1] as string, prefix: parts[2] as string };
}
