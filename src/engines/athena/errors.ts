import { EngineError, TidemarkError, TransientEngineError } from '../../core/errors';
import { mapDenial } from './denials';
import { type AwsFault, faultOf } from './fault';
import { placeOf, type Where } from './where';

/**
 * What the AWS SDK throws, as the product's own errors. Messages of AWS may hold names of people and texts of queries:
 * only what is named here is taken out of them, and none is passed on as `cause`.
 */
export function mapAwsError(error: unknown, where: Where): TidemarkError {
  if (error instanceof TidemarkError) return error;
  const fault = faultOf(error);
  return (
    mapSettings(fault) ??
    mapConnection(fault, where) ??
    mapThrottling(fault, where) ??
    mapPlace(fault, where) ??
    mapRefusal(fault, where) ??
    mapStatement(fault, where) ??
    mapService(fault, where)
  );
}

function mapSettings({ name, message }: AwsFault): TidemarkError | undefined {
  if (/Region is missing|Missing region/i.test(message)) {
    return new EngineError({
      code: 'region_missing',
      found: 'no AWS region is set',
      remedy: 'set AWS_REGION, or `region` of the profile in ~/.aws/config',
    });
  }
  const isOfCredentials = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/.test(name);
  if (
    /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestExpired)$/.test(name) ||
    (isOfCredentials && /expired|refresh/i.test(message))
  ) {
    return new EngineError({
      code: 'credentials_expired',
      found: 'the AWS credentials have expired',
      remedy:
        'get new ones (`aws sso login`, or assume the role again), then run again: the night goes on where it stopped',
    });
  }
  if (isOfCredentials || /Could not load credentials|credentials? (?:is|are) missing/i.test(message)) {
    return new EngineError({
      code: 'credentials_missing',
      found: 'no AWS credentials were found',
      remedy:
        'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached; `aws sts get-caller-identity` shows who you are',
    });
  }
  if (
    /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|RequestTimeTooSkewed|MissingAuthenticationToken(Exception)?)$/.test(
      name,
    )
  ) {
    return new EngineError({
      code: 'credentials_invalid',
      found: `AWS does not accept the credentials (${name})`,
      remedy: 'check the access key, its secret and the session token, and the clock of this machine',
    });
  }
  return undefined;
}

const LOST = /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/;

function mapConnection({ name, message, errno, status }: AwsFault, where: Where): TidemarkError | undefined {
  if (errno === 'ENOTFOUND') {
    return new EngineError({
      code: 'endpoint_unknown',
      found: 'the address of the AWS service is not known here',
      remedy: 'check AWS_REGION and AWS_ENDPOINT_URL for a slip of the pen, and the network of this machine',
      ...placeOf(where),
    });
  }
  if (
    LOST.test(errno ?? '') ||
    /^(TimeoutError|RequestTimeout|RequestTimeoutException|OperationTimeoutException)$/.test(name) ||
    (status === undefined && /socket hang up|timed? ?out|aborted|premature close/i.test(message))
  ) {
    return new TransientEngineError({
      code: 'connection_lost',
      found: 'the connection to AWS broke off',
      remedy: 'check the network and run again: the night goes on where it stopped',
      ...placeOf(where),
    });
  }
  return undefined;
}

function mapThrottling({ name, message, status, fields }: AwsFault, where: Where): TidemarkError | undefined {
  if (
    /number of queries you can run|concurrent quer/i.test(message) ||
    fields.Reason === 'CONCURRENT_QUERY_LIMIT_EXCEEDED'
  ) {
    return new TransientEngineError({
      code: 'quota_exceeded',
      found: 'the account has as many Athena queries under way as it may have in this region',
      remedy:
        'run again at a quieter hour, or raise the quota "Active DML queries" of Athena in Service Quotas; queries of every workgroup count',
      ...placeOf(where),
    });
  }
  const isThrottled =
    /^(Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|RequestThrottled|ProvisionedThroughputExceeded|LimitExceeded)/.test(
      name,
    ) || /reduce your request rate|Rate exceeded/i.test(message);
  if (!isThrottled && status !== 429) return undefined;
  return new TransientEngineError({
    code: 'throttled',
    found: 'AWS slows down the calls of this account',
    remedy: 'run again: the night goes on where it stopped; where it happens often, run fewer things at this hour',
    ...placeOf(where),
  });
}

function mapPlace({ name, message, status, headers, fields }: AwsFault, where: Where): TidemarkError | undefined {
  const bucket = /output bucket ([^\s"']+)/.exec(message)?.[1]?.replace(/[.,]$/, '') ?? where.bucket ?? 'of the query';
  if (
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|301|307)$/.test(name) ||
    status === 301 ||
    /S3 location provided to save your query results is invalid|in the same region|different region/i.test(message)
  ) {
    const told = typeof fields.Region === 'string' ? fields.Region : /expecting '([a-z0-9-]+)'/.exec(message)?.[1];
    return bucketElsewhere(bucket, headers['x-amz-bucket-region'] ?? told, where);
  }
  if (name === 'NoSuchBucket' || /bucket does not exist/i.test(message)) return bucketMissing(bucket, where);
  if (!/verify\/create output bucket/i.test(message)) return undefined;
  return new EngineError({
    code: 'bucket_unverified',
    found: `Athena cannot look at bucket ${bucket}, where query results go`,
    remedy: 'see that it exists, and allow s3:GetBucketLocation and s3:ListBucket on it to who runs Tidemark',
    ...placeOf(where),
  });
}

/** @param region where the bucket is, as far as S3 says it. */
export function bucketElsewhere(bucket: string, region: string | undefined, where: Where): EngineError {
  const set = region ? `set AWS_REGION=${region}, where the Glue tables must be too` : 'set AWS_REGION to its region';
  return new EngineError({
    code: 'bucket_in_another_region',
    found: `bucket ${bucket} is ${region ? `in region ${region}` : 'in another region'}, not where Athena was asked`,
    remedy: `${set}, or name a bucket of the region used now: Athena works in one region`,
    ...placeOf(where),
  });
}

export function bucketMissing(bucket: string, where: Where): EngineError {
  return new EngineError({
    code: 'bucket_missing',
    found: `there is no bucket ${bucket}`,
    remedy:
      bucket === where.bucket && where.reads === undefined
        ? 'make it, or name another one with --out or TIDEMARK_OUT'
        : 'correct the location of the table in Glue, or make the bucket',
    ...placeOf(where),
  });
}

function mapRefusal({ name, message, status }: AwsFault, where: Where): TidemarkError | undefined {
  const isRefusal = status === 403 || /^AccessDenied|^Forbidden$|^NotAuthorized|^UnauthorizedException$/.test(name);
  if (!isRefusal) return mapDenial(message, where);
  return mapDenial(`AccessDenied ${message}`, { ...where, action: where.action ?? 'a call' });
}

function mapStatement({ name, message, fields }: AwsFault, where: Where): TidemarkError | undefined {
  const workgroup = where.workgroup ?? 'of the settings';
  if (/work ?group is not found|work ?group .*(not found|does not exist)/i.test(message)) {
    return new EngineError({
      code: 'workgroup_missing',
      found: `there is no workgroup ${workgroup} in this region`,
      remedy: 'make it in Athena, name another one with --workgroup or TIDEMARK_WORKGROUP, or check AWS_REGION',
    });
  }
  if (/work ?group .*(disabled|not enabled)/i.test(message)) {
    return new EngineError({
      code: 'workgroup_disabled',
      found: `workgroup ${workgroup} is disabled`,
      remedy: 'enable it in Athena, or name another one with --workgroup or TIDEMARK_WORKGROUP',
    });
  }
  if (/IDEMPOTENT_PARAMETER_MISMATCH|idempoten/i.test(`${String(fields.AthenaErrorCode)} ${message}`)) {
    return new EngineError({
      code: 'token_reused',
      found: 'a token was used for two statements',
      remedy: 'report it: a token must hash the statement',
      ...placeOf(where),
    });
  }
  if (/QueryExecution .*(not found|does not exist)/i.test(message)) {
    return new EngineError({
      code: 'query_unknown',
      found: 'Athena does not know this query, or no longer',
      remedy: 'start the run again; check AWS_REGION and the account, where the query was started elsewhere',
      ...placeOf(where),
    });
  }
  if (/^EntityNotFoundException$/.test(name)) return tableMissing(where.table, where);
  return undefined;
}

export function tableMissing(table: string | undefined, where: Where): EngineError {
  return new EngineError({
    code: 'table_missing',
    found: 'the Glue catalog has no such table or database',
    remedy:
      'a source: check `from` in tidemark.yml and AWS_REGION; a table of Tidemark: deploy, or run `tidemark catalog`, which makes it again',
    ...placeOf({ ...where, table: table ?? where.table }),
  });
}

function mapService({ name, status }: AwsFault, where: Where): TidemarkError {
  const facts = placeOf(where);
  const called = `${name || 'an error'}${status === undefined ? '' : `, HTTP ${status}`}`;
  if ((status ?? 0) >= 500 || /^Internal(Server|Service|Error)|^ServiceUnavailable/.test(name)) {
    return new TransientEngineError({
      code: 'service_failed',
      found: `AWS failed within (${called})`,
      remedy: 'run again: the night goes on where it stopped',
      ...facts,
    });
  }
  return new EngineError({
    code: 'aws_refused',
    found: `AWS refuses a call (${called})`,
    remedy:
      'check the workgroup, the bucket and the region; if it stays, report it with this name (the message is withheld, it may hold values)',
    ...facts,
  });
}
