import { mapEngineError } from '../../../src/engines/duckdb/errors';

const CSV = (rest: string) =>
  `Invalid Input Error: CSV Error on Line: 3\nOriginal Line: 2,Secret\n${rest}\n\n  file = /data/a.csv\n  delimiter = ,`;

test.each<[string, string, string, string]>([
  ['IO Error: Could not write file "/out/a": No space left on device', 'EngineError', 'disk_full', '/out/a'],
  ['IO Error: Cannot open file "/out/a": Permission denied', 'EngineError', 'permission_denied', '/out/a'],
  ['IO Error: Cannot open file "/out/a": Read-only file system', 'EngineError', 'permission_denied', '/out/a'],
  ["ENOENT: no such file or directory, mkdir '/out/a'", 'EngineError', 'permission_denied', 'not be written'],
  ['Out of Memory Error: could not allocate block of size 256.0 KiB', 'EngineError', 'out_of_memory', 'memory'],
  ['INTERRUPT Error: Interrupted!', 'EngineError', 'interrupted', 'stopped'],
  [
    'IO Error: No files found that match the pattern "/data/a.parquet"',
    'SourceContractError',
    'source_missing',
    '/data/a.parquet',
  ],
  [
    `Invalid Input Error: No magic bytes found at end of file '/data/it's.parquet'`,
    'SourceContractError',
    'source_corrupt',
    "/data/it's.parquet",
  ],
  [CSV('Expected Number of Columns: 3 Found: 2'), 'SourceContractError', 'source_ragged', '/data/a.csv:3'],
  [
    CSV('Invalid unicode (byte sequence mismatch) detected. This file is not utf-8 encoded.'),
    'SourceContractError',
    'source_encoding',
    '/data/a.csv:3',
  ],
  [`Conversion Error: Could not convert string 'Secret' to INT32`, 'EngineError', 'value_not_convertible', 'INT32'],
  [
    'Conversion Error: invalid date field format: "Secret", expected format is (YYYY-MM-DD) when casting from source column s',
    'EngineError',
    'value_not_convertible',
    'column s',
  ],
  [
    'Binder Error: Referenced column "foo" not found in FROM clause!\n\nLINE 1: select \'Secret\'',
    'EngineError',
    'query_invalid',
    '"foo"',
  ],
  [
    `Binder Error: No function matches the given name and argument types 'year(VARCHAR)'. Not 'Secret'`,
    'EngineError',
    'query_invalid',
    'year(VARCHAR)',
  ],
  ['Constraint Error: Secret', 'EngineError', 'engine_failed', 'Constraint'],
])('%s', (message, name, code, mentions) => {
  const error = Object.assign(new Error(message), message.startsWith('ENOENT') ? { code: 'ENOENT' } : {});
  const mapped = mapEngineError(error);
  expect(mapped).toMatchObject({ name, code });
  expect(mapped.message).toContain(mentions);
  expect(mapped.cause).toBeUndefined();
  expect(`${mapped.message} ${mapped.stack}`).not.toContain('Secret');
  expect(mapEngineError(mapped)).toBe(mapped);
});
