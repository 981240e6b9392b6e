import type { TrinoError } from './engine';
import { StatementFailure } from './errors';
import { movedPlace } from './sql-text';
import type { Place } from './statements';

/** Athena's error categories. */
export const SYSTEM = 1;
export const USER = 2;

/** The engine's names for itself and for tables of the double's own, as Athena would put them. */
export function failureOf(error: TrinoError, catalog: string, start?: Place): StatementFailure {
  const placed = start ? movedPlace(error.message, start) : error.message;
  const named = placed.replaceAll(`'${catalog}.`, "'awsdatacatalog.");
  const denied =
    error.code === 'COLUMN_NOT_FOUND' ? ' or requester is not authorized to access requested resources' : '';
  const isUsers = error.type === 'USER_ERROR';
  return new StatementFailure(`${error.code}: ${named}${denied}`, {
    category: isUsers ? USER : SYSTEM,
    type: error.code === 'SYNTAX_ERROR' ? 1003 : isUsers ? 1200 : 233,
    retryable: false,
  });
}

/** As CTAS and UNLOAD find it. */
export function notEmpty(location: string): StatementFailure {
  return new StatementFailure(
    `HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: ${location}. You may need to manually clean ` +
      `the data at location '${location}' before retrying. Athena will not delete data in your account.`,
    { category: USER, type: 1200, retryable: false },
  );
}

export function scannedTooMuch(): StatementFailure {
  const reason = 'Bytes scanned limit was exceeded';
  return new StatementFailure(reason, { category: USER, type: 1, retryable: false, state: 'CANCELLED' });
}

export function cancelled(): StatementFailure {
  const reason = 'Query cancelled by user';
  return new StatementFailure(reason, { category: USER, type: 1, retryable: false, state: 'CANCELLED' });
}

/** What Athena says when the caller may not read a table; told by whom: Glue's policies, Lake Formation, or S3. */
export function denied(by: 'glue' | 's3' | 'lakeformation', tableArn: string, location: string): StatementFailure {
  const start = 'Insufficient permissions to execute the query.';
  const user = `arn:aws:sts::${tableArn.split(':')[4]}:assumed-role/caller/session`;
  const reasons = {
    glue:
      `${start} User: ${user} is not authorized to perform: glue:GetTable on resource: ${tableArn} because no ` +
      'identity-based policy allows the glue:GetTable action',
    lakeformation: `${start} Principal does not have any privilege on specified resource`,
    s3: `Permission denied on S3 path: ${location}`,
  };
  return new StatementFailure(reasons[by], { category: USER, type: 1200, retryable: false });
}
