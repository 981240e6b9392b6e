import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Definitions } from '../../src/core/definitions';
import type { SourceGrant } from '../sources';
import type { TidemarkStorage } from './tidemark-storage';

/** What TidemarkNightly takes. */
export interface TidemarkNightlyProps {
  /**
   * The project: `await loadDefinitions('my-shop')`. Its time zone, its source tables and the models decide what is
   * deployed; segments are not, they are published with `tidemark push`.
   */
  definitions: Definitions;

  /** What the nights may read: one entry for each Glue database that the project names. Nothing else can be read. */
  sources: readonly SourceGrant[];

  /**
   * Begins the names of state machine, alarms and dashboard: at most 48 letters, digits and hyphens, unique in
   * account and region.
   * @default - from the construct's path
   */
  name?: string;

  /**
   * Files, key, tables and workgroup. Put it into a stack of its own where the nights may be deleted and made anew.
   * @default - a TidemarkStorage within this construct
   */
  storage?: TidemarkStorage;

  /**
   * When a night starts, HH:MM in the project's time zone. Refused where a clock change skips it.
   * @default '03:30'
   */
  startAt?: string;

  /**
   * Who is told of alarms. Each address gets a mail that must be confirmed once. The topic is `alarmTopic`.
   * @default - nobody
   */
  alarmEmails?: readonly string[];

  /**
   * A night longer than this is told, in hours.
   * @default 4
   */
  slowNightHours?: number;

  /**
   * A night that is not done by then is ended, in hours, at most 23.
   * @default 20
   */
  longestNightHours?: number;

  /**
   * How many models may be under way at once; Athena lets an account run only so many queries.
   * @default 5
   */
  width?: number;

  /**
   * More bytes scanned by Athena in a day than this are told.
   * @default 1e12, a terabyte
   */
  bytesPerDay?: number;

  /**
   * Holds TIDEMARK_HASH_SALT, where a source hashes customer ids. Read when deploying; another text makes everybody a new
   * customer.
   * @default - no salt
   */
  hashSaltSecret?: ISecret;

  /**
   * Whether Lake Formation governs the sources: its grants to the functions that read them are then part of the stack.
   * @default false
   */
  lakeFormation?: boolean;
}
