import type { TrinoError } from './engine';
import { StatementFailure } from './errors';
import { movedPlace } from './sql-text';
import type { Place } from './statements';

/** Athena's error categories. */
export const SYSTEM = 1;
export const USER = 2;

/** Athena's error types, https://docs.aws.amazon.com/athena/latest/ug/error-reference.html, by the engine's codes where measured. */
const TYPES: Readonly<Record<string, number>> = {
  TABLE_NOT_FOUND: 1301,
  CATALOG_NOT_FOUND: 1006,
  NOT_SUPPORTED: 1200,
  SYNTAX_ERROR: 1003,
};
/** Of no finer type. */
export const USER_ERROR = 1000;
const DATA_ERROR = 1001;
const ENGINE_ERROR = 200;
const EXHAUSTED = 1;

/** What the engine says, with the name that Athena's catalog has, and places as the caller's own text counts them. */
export function failureOf(error: TrinoError, catalog: string, start?: Place): StatementFailure {
  const placed = start ? movedPlace(error.message, start) : error.message;
  const named = placed.replaceAll(`'${catalog}.`, "'awsdatacatalog.");
  const denied =
    error.code === 'COLUMN_NOT_FOUND' ? ' or requester is not authorized to access requested resources' : '';
  return new StatementFailure(`${error.code}: ${named}${denied}`, { ...kindOf(error), retryable: false });
}

function kindOf({ type, code }: TrinoError): { category: number; type: number } {
  if (type === 'USER_ERROR') return { category: USER, type: TYPES[code] ?? USER_ERROR };
  if (type === 'INSUFFICIENT_RESOURCES') return { category: SYSTEM, type: EXHAUSTED };
  // What the engine calls external is, for Athena, mostly the caller's files.
  return type === 'EXTERNAL' ? { category: USER, type: DATA_ERROR } : { category: SYSTEM, type: ENGINE_ERROR };
}

/** As CTAS and UNLOAD find it. */
export function notEmpty(location: string): StatementFailure {
  return new StatementFailure(
    `HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: ${location}. You may need to manually clean ` +
      `the data at location '${location}' before retrying. Athena will not delete data in your account.`,
    { category: USER, type: USER_ERROR, retryable: false },
  );
}

export function scannedTooMuch(): StatementFailure {
  const reason = 'Bytes scanned limit was exceeded';
  return new StatementFailure(reason, { category: USER, type: USER_ERROR, retryable: false, state: 'CANCELLED' });
}

export function cancelled(): StatementFailure {
  const reason = 'Query cancelled by user';
  return new StatementFailure(reason, { category: USER, type: USER_ERROR, retryable: false, state: 'CANCELLED' });
}

/** A statement that Athena has and the double has not. */
export function notInDouble(statement: string): StatementFailure {
  return new StatementFailure(`NOT_SUPPORTED: the double has no ${statement}`, {
    category: USER,
    type: 1200,
    retryable: false,
  });
}

/** What Athena says when the caller may not read a table; told by whom: Glue's policies, Lake Formation, S3, or the key of its files. */
export function denied(
  by: 'glue' | 's3' | 'kms' | 'lakeformation',
  tableArn: string,
  location: string,
): StatementFailure {
  const start = 'Insufficient permissions to execute the query.';
  const user = `arn:aws:sts::${tableArn.split(':')[4]}:assumed-role/caller/session`;
  const reasons = {
    glue:
      `${start} User: ${user} is not authorized to perform: glue:GetTable on resource: ${tableArn} because no ` +
      'identity-based policy allows the glue:GetTable action',
    lakeformation: `${start} Principal does not have any privilege on specified resource`,
    s3: `Permission denied on S3 path: ${location}`,
    kms:
      `com.amazonaws.services.s3.model.AmazonS3Exception: User: ${user} is not authorized to perform: kms:Decrypt on ` +
      `resource: ${tableArn.replace(/:glue:(.*):table.*/, ':kms:$1:key/of-the-table')} because no identity-based policy ` +
      'allows the kms:Decrypt action (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)',
  };
  return new StatementFailure(reasons[by], { category: USER, type: USER_ERROR, retryable: false });
}
