import type { QueryExecutionStatus } from '@aws-sdk/client-athena';
import { EngineError, type TidemarkError } from '../../../src/core/errors';
import { mapAwsError } from '../../../src/engines/athena/errors';
import { mapQueryFailure, mapStartError } from '../../../src/engines/athena/query-errors';

const WHERE = { workgroup: 'nightly', bucket: 'shop-tidemark', action: 'athena:StartQueryExecution' };

/** An error as the SDK makes it from a service's answer. */
function answer(name: string, message: string, status = 400, fields: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status }, ...fields });
}

function network(code: string): Error {
  return Object.assign(new Error(`${code} 10.0.0.1`), { code });
}

/** Never passed on: a caller's name, a literal of the query, a value of a row. */
const SECRET = 'jane.doe@example.com';
const CALLER = `User: arn:aws:sts::123456789012:assumed-role/shop/${SECRET}`;

function expectError(error: TidemarkError, name: string, code: string, mentions: readonly string[]): void {
  expect(error).toMatchObject({ name, code });
  for (const words of mentions) expect(error.message).toContain(words);
  expect(error.cause).toBeUndefined();
  expect(`${error.message} ${error.stack}`).not.toContain(SECRET);
}

const THROWN: [Error, string, string, string[]][] = [
  [new Error('Region is missing'), 'EngineError', 'region_missing', ['AWS_REGION']],
  [
    answer('CredentialsProviderError', 'Could not load credentials from any providers', undefined),
    'EngineError',
    'credentials_missing',
    ['AWS_PROFILE'],
  ],
  [
    answer('CredentialsProviderError', `The SSO session associated with this profile has expired. ${SECRET}`),
    'EngineError',
    'credentials_expired',
    ['aws sso login'],
  ],
  [
    answer('ExpiredTokenException', 'The security token has expired'),
    'EngineError',
    'credentials_expired',
    ['aws sso login'],
  ],
  [answer('ExpiredToken', 'The provided token has expired.'), 'EngineError', 'credentials_expired', ['expired']],
  [
    answer('UnrecognizedClientException', 'The security token is invalid', 403),
    'EngineError',
    'credentials_invalid',
    ['clock'],
  ],
  [answer('InvalidAccessKeyId', SECRET, 403), 'EngineError', 'credentials_invalid', ['access key']],
  [network('ENOTFOUND'), 'EngineError', 'endpoint_unknown', ['AWS_REGION']],
  [network('ECONNRESET'), 'TransientEngineError', 'connection_lost', ['run again']],
  [
    Object.assign(new Error('fetch failed'), { cause: network('ECONNREFUSED') }),
    'TransientEngineError',
    'connection_lost',
    [],
  ],
  [answer('TimeoutError', 'socket timed out', undefined), 'TransientEngineError', 'connection_lost', []],
  [answer('ThrottlingException', 'Rate exceeded'), 'TransientEngineError', 'throttled', []],
  [answer('SlowDown', 'Please reduce your request rate.', 503), 'TransientEngineError', 'throttled', []],
  [
    answer(
      'TooManyRequestsException',
      'You have exceeded the limit for the number of queries you can run concurrently.',
    ),
    'TransientEngineError',
    'quota_exceeded',
    ['Active DML queries', 'Service Quotas'],
  ],
  [
    answer('InternalServerException', SECRET, 500),
    'TransientEngineError',
    'service_failed',
    ['InternalServerException'],
  ],
  [answer('503', '', 503), 'TransientEngineError', 'service_failed', ['HTTP 503']],
  [
    answer('InvalidRequestException', 'WorkGroup is not found.'),
    'EngineError',
    'workgroup_missing',
    ['nightly', '--workgroup'],
  ],
  [
    answer('InvalidRequestException', 'WorkGroup nightly is disabled.'),
    'EngineError',
    'workgroup_disabled',
    ['nightly', 'enable'],
  ],
  [
    answer('PermanentRedirect', 'must be addressed using the specified endpoint', 301, {
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    }),
    'EngineError',
    'bucket_in_another_region',
    ['shop-tidemark', 'AWS_REGION=eu-west-1'],
  ],
  [
    answer('AuthorizationHeaderMalformed', "the region 'us-east-1' is wrong; expecting 'eu-central-1'"),
    'EngineError',
    'bucket_in_another_region',
    ['eu-central-1'],
  ],
  [
    answer(
      'InvalidRequestException',
      'The S3 location provided to save your query results is invalid. Please check your S3 location is correct and is in the same region and try again.',
    ),
    'EngineError',
    'bucket_in_another_region',
    ['shop-tidemark'],
  ],
  [
    answer('NoSuchBucket', 'The specified bucket does not exist', 404),
    'EngineError',
    'bucket_missing',
    ['shop-tidemark', '--out'],
  ],
  [
    answer('InvalidRequestException', 'Unable to verify/create output bucket shop-tidemark'),
    'EngineError',
    'bucket_unverified',
    ['shop-tidemark', 's3:GetBucketLocation'],
  ],
  [
    answer(
      'AccessDeniedException',
      `${CALLER} is not authorized to perform: athena:StartQueryExecution on resource: arn:aws:athena:eu-west-1:123456789012:workgroup/nightly because no identity-based policy allows the athena:StartQueryExecution action`,
    ),
    'EngineError',
    'access_denied',
    ['athena:StartQueryExecution on arn:aws:athena:eu-west-1:123456789012:workgroup/nightly'],
  ],
  [
    answer('AccessDeniedException', 'You are not authorized to perform: athena:GetWorkGroup on the resource.'),
    'EngineError',
    'access_denied',
    ['athena:GetWorkGroup'],
  ],
  [answer('AccessDeniedException', SECRET), 'EngineError', 'access_denied', ['athena:StartQueryExecution']],
  [
    answer('EntityNotFoundException', 'Database tidemark not found'),
    'EngineError',
    'table_missing',
    ['tidemark catalog'],
  ],
  [
    answer('InvalidRequestException', 'Idempotent parameters do not match', 400, {
      AthenaErrorCode: 'IDEMPOTENT_PARAMETER_MISMATCH',
    }),
    'EngineError',
    'token_reused',
    [],
  ],
  [
    answer('InvalidRequestException', 'QueryExecution 1-2 was not found'),
    'EngineError',
    'query_unknown',
    ['AWS_REGION'],
  ],
  [answer('ValidationException', SECRET), 'EngineError', 'aws_refused', ['ValidationException', 'HTTP 400']],
  [new TypeError(SECRET), 'EngineError', 'aws_refused', ['TypeError']],
];

describe('what the SDK throws', () => {
  test.each(THROWN.map((row) => [`${row[2]} for ${row[0].name}: ${row[0].message}`, ...row] as const))(
    '%s',
    (_, error, name, code, mentions) => expectError(mapAwsError(error, WHERE), name, code, mentions),
  );

  test.each([
    [
      `${CALLER} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::shop-tidemark/t/a.json" with an explicit deny in a service control policy`,
      's3:PutObject on arn:aws:s3:::shop-tidemark/t/a.json',
    ],
    ['Access Denied', 's3:PutObject on s3://shop-tidemark'],
    ['', 'allow s3:PutObject'],
  ])('a write to the own bucket: %s', (message, mentions) => {
    const where = { bucket: 'shop-tidemark', key: 'current.json', action: 's3:PutObject' };
    const error = mapAwsError(answer('AccessDenied', message, 403), where);
    expectError(error, 'EngineError', 'access_denied', [mentions]);
    expect(error.place).toEqual({ key: 'current.json' });
  });

  test.each([
    [
      'glue:GetTable',
      'AccessDeniedException',
      `${CALLER} is not authorized to perform: glue:GetTable on resource: arn:aws:glue:eu-west-1:123456789012:table/shop/orders`,
    ],
    ['glue:GetTable', 'AccessDeniedException', 'Access is denied'],
    ['s3:ListBucket', 'AccessDenied', 'Access Denied'],
    [
      'glue:GetTable',
      'AccessDeniedException',
      'Insufficient Lake Formation permission(s): Required Describe on orders',
    ],
  ])('a source refused at %s by %s %s', (action, name, message) => {
    const error = mapAwsError(answer(name, message, 403), { bucket: 'shop-lake', table: 'shop.orders', action });
    expectError(error, 'EngineError', 'table_access_denied', ['orders']);
    expect(error.place?.table).toMatch(/^(shop\.)?orders$/);
  });

  test('an error of ours stays what it is', () => {
    const error = new EngineError({ code: 'key_invalid', found: 'a', remedy: 'b' });
    expect(mapAwsError(error, {})).toBe(error);
  });
});

describe('a statement refused at once', () => {
  test('as malformed without a place in it', () => {
    const error = answer('InvalidRequestException', `Only one sql statement is allowed. Got: '${SECRET}'`, 400, {
      AthenaErrorCode: 'MALFORMED_QUERY',
    });
    expectError(mapStartError(error, WHERE), 'EngineError', 'query_invalid', ['Only one sql statement']);
  });

  test.each<[string, string, string]>([
    [`line 3:5: mismatched input '${SECRET}'. Expecting: ','`, 'query_invalid', 'line 3:5'],
    [`line 1:8: Column 'banana' cannot be resolved`, 'query_invalid', '"banana"'],
    ['1 validation error: Member must have length less than or equal to 262144', 'statement_too_long', '262144'],
    ['WorkGroup is not found.', 'workgroup_missing', 'nightly'],
  ])('%s', (message, code, mentions) => {
    expectError(mapStartError(answer('InvalidRequestException', message), WHERE), 'EngineError', code, [mentions]);
  });
});

const QUERY = {
  workgroup: 'nightly',
  bucket: 'shop-tidemark',
  root: 's3://shop-tidemark/t/',
  table: 'stg_orders',
  query: 'q-1',
};

function failure(
  reason: string,
  error?: QueryExecutionStatus['AthenaError'],
  State: 'FAILED' | 'CANCELLED' = 'FAILED',
) {
  return mapQueryFailure({ State, StateChangeReason: reason, ...(error ? { AthenaError: error } : {}) }, QUERY);
}

describe('why a query failed', () => {
  test.each<[string, string, string, string[]]>([
    [
      'Bytes scanned limit was exceeded',
      'EngineError',
      'scan_limit',
      ['BytesScannedCutoffPerQuery', 'nightly', 'partition'],
    ],
    ['Query timeout', 'EngineError', 'query_timeout', ['DML query timeout']],
    [
      'EXCEEDED_TIME_LIMIT: Query exceeded the maximum execution time limit of 30.00m',
      'EngineError',
      'query_timeout',
      [],
    ],
    ['Query exhausted resources at this scale factor', 'EngineError', 'resources_exhausted', ['capacity reservation']],
    [
      "HIVE_PATH_ALREADY_EXISTS: Target directory for table 'a.b' already exists: s3://shop-tidemark/t/tables/x/",
      'EngineError',
      'destination_not_empty',
      [],
    ],
    ['UNLOAD destination s3://shop-tidemark/t/tables/x/ is not empty.', 'EngineError', 'destination_not_empty', []],
    [
      `Insufficient permissions to execute the query. ${CALLER} is not authorized to perform: glue:GetTable on resource: arn:aws:glue:eu-west-1:123456789012:table/shop/orders because no identity-based policy allows the glue:GetTable action`,
      'EngineError',
      'table_access_denied',
      ['shop.orders: ', 'allow glue:GetTable on arn:aws:glue'],
    ],
    [
      'Insufficient permissions to execute the query. Insufficient Lake Formation permission(s) on (Database name: shop, Table Name: orders)',
      'EngineError',
      'table_access_denied',
      ['shop.orders: ', 'grant SELECT'],
    ],
    [
      'Insufficient permissions to execute the query. Principal does not have any privilege on specified resource',
      'EngineError',
      'table_access_denied',
      ['Lake Formation'],
    ],
    [
      'Insufficient permissions to execute the query. Amazon S3 access denied on s3://shop-lake/orders/a.parquet',
      'EngineError',
      'table_access_denied',
      ['s3://shop-lake/orders/a.parquet', 's3:GetObject', 'kms:Decrypt'],
    ],
    [
      `${CALLER} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/9f8e with an explicit deny in a resource-based policy`,
      'EngineError',
      'table_access_denied',
      ['kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/9f8e', 'explicitly'],
    ],
    [
      'Permission denied on S3 path: s3://shop-tidemark/shop/orders/a.parquet',
      'EngineError',
      'table_access_denied',
      ['s3://shop-tidemark/shop/orders/a.parquet', 's3:GetObject'],
    ],
    [
      'Permission denied on S3 path: s3://shop-tidemark/t/tables/people/v1/r/1/a.parquet',
      'EngineError',
      'access_denied',
      ['s3://shop-tidemark/t/tables/people/v1/r/1/a.parquet', 's3:GetObject'],
    ],
    [
      `${CALLER} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::shop-tidemark/shop/orders/a.parquet" because no identity-based policy allows the s3:GetObject action`,
      'EngineError',
      'table_access_denied',
      ['allow s3:GetObject on arn:aws:s3:::shop-tidemark/shop/orders/a.parquet', 'policy of the bucket'],
    ],
    [
      `com.amazonaws.services.s3.model.AmazonS3Exception: ${CALLER} is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:123456789012:key/own because no identity-based policy allows the kms:GenerateDataKey action (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)`,
      'EngineError',
      'access_denied',
      ['allow kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/own', 'policy of the key'],
    ],
    [
      'Access denied when writing to location s3://shop-tidemark/t/tables/x/1',
      'EngineError',
      'access_denied',
      ['s3:PutObject'],
    ],
    [
      "HIVE_BAD_DATA: Field amount's type BINARY in parquet file s3://shop-lake/orders/a.parquet is incompatible with type bigint defined in table schema",
      'SourceContractError',
      'source_column_mismatch',
      ['s3://shop-lake/orders/a.parquet', 'column amount as BINARY', 'declares bigint'],
    ],
    [
      'HIVE_BAD_DATA: Error opening Hive split s3://shop-lake/orders/a.parquet: Unsupported Trino column type (decimal(10,2)) for Parquet column ([amount] optional binary amount (STRING))',
      'SourceContractError',
      'source_column_mismatch',
      ['column amount as binary', 'declares decimal(10,2)'],
    ],
    [
      "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. The column 'amount' in table 'shop.orders' is declared as type 'date', but partition 'dt=2024-01-01' declared column 'amount' as type 'string'.",
      'SourceContractError',
      'source_column_mismatch',
      ['shop.orders.amount', 'as string', 'declares date'],
    ],
    [
      "HIVE_BAD_DATA: Field id's type BINARY in parquet file s3://shop-tidemark/t/tables/x/v1/r/1/a is incompatible with type bigint defined in table schema",
      'EngineError',
      'column_type',
      ['tidemark catalog'],
    ],
    [
      "HIVE_BAD_DATA: Field amount's type BINARY in parquet file s3://shop-tidemark/shop/orders/a.parquet is incompatible with type bigint defined in table schema",
      'SourceContractError',
      'source_column_mismatch',
      ['amount'],
    ],
    [
      `HIVE_BAD_DATA: Error parsing field value '${SECRET}' for field 3: For input string`,
      'SourceContractError',
      'source_corrupt',
      [],
    ],
    [
      'HIVE_CURSOR_ERROR: Not valid Parquet file: s3://shop-lake/orders/a.csv',
      'SourceContractError',
      'source_corrupt',
      ['s3://shop-lake/orders/a.csv'],
    ],
    [
      'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://shop-lake/orders/a.parquet (offset=0, length=5): The specified key does not exist. (Service: Amazon S3; Status Code: 404)',
      'SourceContractError',
      'source_missing',
      ['s3://shop-lake/orders/a.parquet'],
    ],
    [
      'HIVE_CURSOR_ERROR: Not valid Parquet file: s3://shop-tidemark/t/tables/x/a',
      'SnapshotIntegrityError',
      'files_damaged',
      [],
    ],
    [
      "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.shop.orders' does not exist",
      'EngineError',
      'table_missing',
      ['shop.orders: '],
    ],
    [
      "SCHEMA_NOT_FOUND: line 1:15: Schema 'tidemark' does not exist",
      'EngineError',
      'table_missing',
      ['tidemark catalog'],
    ],
    [
      "COLUMN_NOT_FOUND: line 1:8: Column 'banana' cannot be resolved or requester is not authorized to access requested resources",
      'EngineError',
      'query_invalid',
      ['"banana"', 'Lake Formation'],
    ],
    [
      `SYNTAX_ERROR: line 2:1: mismatched input '${SECRET}'s'. Expecting: <EOF>`,
      'EngineError',
      'query_invalid',
      ['line 2:1'],
    ],
    [
      'SYNTAX_ERROR: line 2:1: Unexpected parameters (varchar) for function abs',
      'EngineError',
      'query_invalid',
      ['function abs'],
    ],
    [
      `INVALID_CAST_ARGUMENT: Cannot cast VARCHAR '${SECRET} to date' to BIGINT`,
      'EngineError',
      'value_not_convertible',
      ['BIGINT'],
    ],
    [
      `INVALID_CAST_ARGUMENT: Value cannot be cast to date: ${SECRET}`,
      'EngineError',
      'value_not_convertible',
      ['DATE'],
    ],
    [
      `INVALID_CAST_ARGUMENT: Cannot cast 'SlowDown Access Denied' to INT`,
      'EngineError',
      'value_not_convertible',
      ['INT'],
    ],
    [`DIVISION_BY_ZERO: ${SECRET}`, 'EngineError', 'value_not_convertible', ['DIVISION_BY_ZERO']],
    [
      'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://shop-lake/a: The bucket is in this region: eu-west-1. (Service: Amazon S3; Status Code: 301; Error Code: PermanentRedirect)',
      'EngineError',
      'bucket_in_another_region',
      ['shop-lake', 'eu-west-1'],
    ],
    [
      'HIVE_FILESYSTEM_ERROR: Error listing s3://shop-lake/a: The specified bucket does not exist',
      'EngineError',
      'bucket_missing',
      ['shop-lake', 'location of the table'],
    ],
    ['ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update', 'TransientEngineError', 'query_broke_off', []],
    [
      'HIVE_PARTITION_DROPPED_DURING_QUERY: Partition no longer exists: dt=2026-01-01',
      'TransientEngineError',
      'query_broke_off',
      ['HIVE_PARTITION_DROPPED_DURING_QUERY'],
    ],
    [
      'HIVE_CANNOT_OPEN_SPLIT: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)',
      'TransientEngineError',
      'query_broke_off',
      ['slowed'],
    ],
    [
      'HIVE_METASTORE_ERROR: Rate exceeded (Service: AWSGlue; Status Code: 400)',
      'TransientEngineError',
      'query_broke_off',
      [],
    ],
    ['GENERIC_INTERNAL_ERROR: null', 'TransientEngineError', 'query_broke_off', ['GENERIC_INTERNAL_ERROR', 'q-1']],
    ['Internal error', 'TransientEngineError', 'query_broke_off', []],
    [`HIVE_WRITER_DATA_ERROR: ${SECRET}`, 'EngineError', 'engine_failed', ['HIVE_WRITER_DATA_ERROR', 'q-1', 'nightly']],
    [SECRET, 'EngineError', 'engine_failed', ['q-1']],
    ['', 'EngineError', 'engine_failed', []],
  ])('%s', (reason, name, code, mentions) => expectError(failure(reason), name, code, mentions));

  test('where AWS does not say which table it refuses, those that the query reads are named', () => {
    const reason =
      'Insufficient permissions to execute the query. Principal does not have any privilege on specified resource';
    const about = (reads: string[]) =>
      mapQueryFailure({ State: 'FAILED', StateChangeReason: reason }, { ...QUERY, reads });
    expect(about(['shop.orders']).place).toEqual({ table: 'shop.orders' });
    expect(about(['shop.orders', 'shop.refunds'])).toMatchObject({
      place: { table: 'stg_orders' },
      found: expect.stringContaining('shop.orders, shop.refunds'),
    });
  });

  test('of a key, which tells of no file, the tables that the query reads are named', () => {
    const reason = `${CALLER} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/9f8e because no identity-based policy allows the kms:Decrypt action`;
    const about = (reads: string[]) =>
      mapQueryFailure({ State: 'FAILED', StateChangeReason: reason }, { ...QUERY, reads });
    expect(about(['shop.orders'])).toMatchObject({
      place: { table: 'shop.orders' },
      remedy: expect.stringContaining('under `keys` of its source'),
    });
    expect(about(['shop.orders', 'shop.refunds']).found).toContain('shop.orders, shop.refunds');
  });

  test('what Athena calls retryable is transient, whatever the text', () => {
    const error = failure(SECRET, { ErrorCategory: 1, ErrorType: 233, Retryable: true });
    expectError(error, 'TransientEngineError', 'query_broke_off', ['233']);
    expect(failure('Query exhausted resources at this scale factor', { Retryable: true }).name).toBe(
      'TransientEngineError',
    );
  });

  test('an internal error by fault of the user is not', () => {
    expectError(failure('GENERIC_INTERNAL_ERROR: x', { ErrorCategory: 2 }), 'EngineError', 'engine_failed', []);
  });

  test('a cancelled query is stopped, unless the byte limit cut it off', () => {
    expect(failure('Query cancelled by user', undefined, 'CANCELLED').code).toBe('interrupted');
    expect(failure('Bytes scanned limit was exceeded', undefined, 'CANCELLED').code).toBe('scan_limit');
  });

  test('a reason that stands only in AthenaError is read there', () => {
    const status = { State: 'FAILED' as const, AthenaError: { ErrorMessage: 'Bytes scanned limit was exceeded' } };
    expect(mapQueryFailure(status, QUERY).code).toBe('scan_limit');
  });
});
