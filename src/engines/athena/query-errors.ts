import type { AthenaError, InvalidRequestException, QueryExecutionStatus } from '@aws-sdk/client-athena';
import { EngineError, type TidemarkError, TransientEngineError } from '../../core/errors';
import { mapDenial } from './denials';
import { bucketElsewhere, bucketMissing, mapAwsError, tableMissing } from './errors';
import { mapSourceFile } from './file-errors';
import { placeOf, type QueryWhere, type Where } from './where';

/**
 * Why a query ended FAILED or CANCELLED, as the product's own errors. Athena's reasons may hold values of the customer's
 * rows, so none is passed on: only what is named here is taken out of them. Transient is what Athena calls retryable,
 * and the few reasons known to pass.
 */
export function mapQueryFailure(status: QueryExecutionStatus, where: QueryWhere): TidemarkError {
  const reason = status.StateChangeReason ?? status.AthenaError?.ErrorMessage ?? '';
  return (
    mapValues(reason, where) ??
    mapLimits(reason, status, where) ??
    mapDenial(reason, where) ??
    mapBucket(reason, where) ??
    mapSourceFile(reason, where) ??
    mapNames(reason, where) ??
    mapPassing(reason, status.AthenaError, where) ??
    mapSql(reason, where) ??
    stopped(reason, status.AthenaError, where)
  );
}

/** What StartQueryExecution throws: a statement it can judge at once, else as every call. */
export function mapStartError(error: unknown, where: Where): TidemarkError {
  const { name, message, AthenaErrorCode } = (error ?? {}) as Partial<InvalidRequestException>;
  if (name !== 'InvalidRequestException' || typeof message !== 'string') return mapAwsError(error, where);
  if (/length less than or equal to 262144|exceed\w* .*262144/i.test(message)) return tooLong(undefined, where);
  const named = mapDenial(message, where) ?? mapNames(message, where) ?? mapSql(message, where);
  if (named) return named;
  return AthenaErrorCode === 'MALFORMED_QUERY' ? queryInvalid(message, where) : mapAwsError(error, where);
}

/** @param bytes undefined where Athena counted them. */
export function tooLong(bytes: number | undefined, where: Where): EngineError {
  return new EngineError({
    code: 'statement_too_long',
    found: `the statement has ${bytes ?? 'more'} bytes${bytes ? '' : ' than allowed'}; Athena takes 262144 at most`,
    remedy:
      'take columns or conditions out of the mapping, or name fewer audiences and values; this limit cannot be raised',
    ...placeOf(where),
  });
}

export function interrupted(): EngineError {
  return new EngineError({
    code: 'interrupted',
    found: 'the query was stopped',
    remedy: 'run again; nothing of it was published',
  });
}

function mapLimits(reason: string, status: QueryExecutionStatus, where: QueryWhere): TidemarkError | undefined {
  if (/Bytes scanned limit/i.test(reason)) {
    return new EngineError({
      code: 'scan_limit',
      found: `the query read more bytes than workgroup ${where.workgroup} lets one query read, and was cut off`,
      remedy: `read less (map \`partition\` of the sources), or raise BytesScannedCutoffPerQuery of workgroup ${where.workgroup}; what was read is billed`,
      ...placeOf(where),
    });
  }
  if (status.State === 'CANCELLED') return interrupted();
  if (/EXCEEDED_TIME_LIMIT|Query (has )?time(d )?-?out|maximum (execution|run) time/i.test(reason)) {
    return new EngineError({
      code: 'query_timeout',
      found: 'the query ran longer than Athena lets one run (30 minutes unless raised)',
      remedy:
        'read less (map `partition` of the sources), or raise the quota "DML query timeout" of Athena in Service Quotas, to 240 minutes at most',
      ...placeOf(where),
    });
  }
  if (/exhausted resources|EXCEEDED_\w*MEMORY_LIMIT|exceeded .*memory limit/i.test(reason)) {
    const facts = {
      code: 'resources_exhausted',
      found: 'the query needs more memory than Athena gave it',
      remedy:
        'run again at a quieter hour; where it stays, read less (map `partition` of the sources) or give the workgroup a capacity reservation',
      ...placeOf(where),
    };
    return status.AthenaError?.Retryable ? new TransientEngineError(facts) : new EngineError(facts);
  }
  if (
    /HIVE_PATH_ALREADY_EXISTS|(location|path|directory|destination).{0,200} (is )?not empty|already exists at/i.test(
      reason,
    )
  ) {
    return new EngineError({
      code: 'destination_not_empty',
      found: 'the prefix of a new attempt already holds files',
      remedy: 'start the run again: every attempt writes to a prefix of its own',
      ...placeOf(where),
    });
  }
  return undefined;
}

function mapBucket(reason: string, where: QueryWhere): TidemarkError | undefined {
  const bucket = /s3[an]?:\/\/([^/\s'",;]+)/.exec(reason)?.[1] ?? 'of a table of the query';
  if (/PermanentRedirect|bucket is in this region|must be addressed using the specified endpoint/i.test(reason)) {
    return bucketElsewhere(bucket, /in this region: ([a-z0-9-]+)/i.exec(reason)?.[1], where);
  }
  return /NoSuchBucket|bucket does not exist/i.test(reason) ? bucketMissing(bucket, where) : undefined;
}

function mapNames(reason: string, where: Where): TidemarkError | undefined {
  if (
    !/(TABLE|SCHEMA|CATALOG)_NOT_FOUND|EntityNotFoundException|(Table|Schema|Database) \S+ (does not exist|not found)/i.test(
      reason,
    )
  ) {
    return undefined;
  }
  const name = /(?:Table|Schema|Database) '?((?:[\w$-]+\.){0,2}[\w$-]+)'? (?:does not exist|not found)/i.exec(
    reason,
  )?.[1];
  return tableMissing(name?.replace(/^awsdatacatalog\./i, ''), where);
}

/** The name that Athena's reasons begin with: GENERIC_INTERNAL_ERROR and the like. */
const errorName = (reason: string): string | undefined => /^\s*([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/.exec(reason)?.[1];

function mapPassing(reason: string, error: AthenaError | undefined, where: QueryWhere): TidemarkError | undefined {
  const isUsersFault = error?.ErrorCategory === 2;
  const isThrottled = /SlowDown|Status Code: 503|reduce your request rate|Throttl|Rate exceeded|TooManyRequests/i.test(
    reason,
  );
  const isConflict = /ICEBERG_COMMIT_ERROR/.test(reason);
  // Partitions come and go beside a query: the shop's own of a source, nights that are swept.
  const isDropped = /HIVE_PARTITION_DROPPED_DURING_QUERY/.test(reason);
  const isWithin = /INTERNAL_ERROR|internal (\w+ )?error|had an internal|NO_NODES_AVAILABLE|ABANDONED_QUERY/i.test(
    reason,
  );
  if (!error?.Retryable && !isThrottled && !isConflict && !isDropped && (!isWithin || isUsersFault)) return undefined;
  const why = isThrottled
    ? 'S3 or Glue slowed it down'
    : isConflict
      ? 'somebody else wrote the same table'
      : errorName(reason);
  return new TransientEngineError({
    code: 'query_broke_off',
    found: `Athena broke the query off for a passing reason (${why ?? `error type ${error?.ErrorType ?? 'unknown'}`}, query ${where.query})`,
    remedy: 'run again: the night goes on where it stopped',
    ...placeOf(where),
  });
}

function mapValues(reason: string, where: Where): TidemarkError | undefined {
  if (
    !/^\s*(INVALID_CAST_ARGUMENT|INVALID_FUNCTION_ARGUMENT|NUMERIC_VALUE_OUT_OF_RANGE|DIVISION_BY_ZERO|SERIALIZATION_ERROR)\b|Cannot cast |Value cannot be cast/.test(
      reason,
    )
  ) {
    return undefined;
  }
  // Types alone: what else stands after "to" may be a part of the value.
  const type =
    / to ((?:tiny|small|big)?int(?:eger)?|real|double|date|boolean|time(?:stamp)?|decimal\(\d+, ?\d+\))(?![\w'])/i.exec(
      reason,
    )?.[1];
  return new EngineError({
    code: 'value_not_convertible',
    found: `a value could not be converted${type ? ` to ${type.toUpperCase()}` : ''} (${errorName(reason) ?? 'a cast failed'})`,
    remedy:
      'the query must test values before it casts them (try_cast); the value is not shown because it may be personal',
    ...placeOf(where),
  });
}

/** Reasons with a line were found before any row was read. */
function mapSql(reason: string, where: Where): TidemarkError | undefined {
  const isOfText =
    /\bline \d+:\d+:/.test(reason) ||
    /^\s*(SYNTAX_ERROR|NOT_SUPPORTED|QUERY_(HAS_TOO_MANY_STAGES|TEXT_TOO_LARGE|EXCEEDED_COMPILER_LIMIT)|Queries of this type are not supported)/.test(
      reason,
    );
  return isOfText ? queryInvalid(reason, where) : undefined;
}

function queryInvalid(reason: string, where: Where): EngineError {
  return new EngineError({
    code: 'query_invalid',
    found: withoutValues(reason),
    remedy: /COLUMN_NOT_FOUND/.test(reason)
      ? 'mend the SQL of this model or the mapping that it was made from; Athena says the same of a column that Lake Formation hides'
      : 'mend the SQL of this model or the mapping that it was made from',
    ...placeOf(where),
  });
}

/** Some reasons repeat the whole statement. */
const MOST_CHARACTERS = 500;

/**
 * The first line, with names in double quotes and everything else in quotes left out: from the first quote to the last,
 * because a value may hold quotes itself.
 */
function withoutValues(reason: string): string {
  const line = (reason.trim().split('\n')[0] ?? '').replaceAll(
    /\b(Column|Function|Table|View|Type|Schema) '([\w$.]+)'/gi,
    '$1 "$2"',
  );
  const first = line.indexOf("'");
  const last = line.lastIndexOf("'");
  const kept = first === -1 ? line : `${line.slice(0, first)}'...'${last > first ? line.slice(last + 1) : ''}`;
  return kept.length > MOST_CHARACTERS ? `${kept.slice(0, MOST_CHARACTERS)} ...` : kept;
}

function stopped(reason: string, error: AthenaError | undefined, where: QueryWhere): EngineError {
  const name = errorName(reason) ?? (error?.ErrorType === undefined ? undefined : `error type ${error.ErrorType}`);
  return new EngineError({
    code: 'engine_failed',
    found: `Athena stopped the query${name ? ` (${name})` : ''}`,
    remedy: `look at query ${where.query} of workgroup ${where.workgroup} in Athena, where its message is (it is withheld here, it may hold values)`,
    ...placeOf(where),
  });
}
