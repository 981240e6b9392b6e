import { DefinitionError } from '../../../src/core/errors';
import { athenaSettings } from '../../../src/engines/athena/athena-settings';

test('options come before the environment, which comes before what is usual', () => {
  expect(athenaSettings({ out: 's3://my-bucket' }, {})).toEqual({
    bucket: 'my-bucket',
    prefix: '',
    workgroup: 'primary',
    database: 'tidemark',
  });
  const environment = {
    TIDEMARK_OUT: 's3://other-bucket/shop/nights/',
    TIDEMARK_WORKGROUP: 'nightly',
    TIDEMARK_DATABASE: 'segments',
  };
  expect(athenaSettings({}, environment)).toEqual({
    bucket: 'other-bucket',
    prefix: 'shop/nights/',
    workgroup: 'nightly',
    database: 'segments',
  });
  expect(athenaSettings({ out: 's3://my-bucket/a', workgroup: 'w', database: 'd' }, environment)).toEqual({
    bucket: 'my-bucket',
    prefix: 'a/',
    workgroup: 'w',
    database: 'd',
  });
});

test('an empty variable is an unset one', () => {
  const environment = { TIDEMARK_OUT: 's3://my-bucket', TIDEMARK_WORKGROUP: '', TIDEMARK_DATABASE: '' };
  expect(athenaSettings({}, environment)).toMatchObject({ workgroup: 'primary', database: 'tidemark' });
});

function refusal(options: Parameters<typeof athenaSettings>[0], environment: NodeJS.ProcessEnv = {}): DefinitionError {
  try {
    athenaSettings(options, environment);
  } catch (error) {
    if (error instanceof DefinitionError) return error;
  }
  throw new Error('it was not refused');
}

test('without a place the message names both ways of giving one', () => {
  const error = refusal({});
  expect(error.code).toBe('option_missing');
  expect(error.remedy).toContain('--out s3://bucket/prefix');
  expect(error.remedy).toContain('TIDEMARK_OUT');
});

test.each([
  ['./out', 'is no place on S3'],
  ['S3://bucket/prefix', 'is no place on S3'],
  ['https://bucket.s3.amazonaws.com/prefix', 'is no place on S3'],
  ['', 'is no place on S3'],
  ['s3://', 'names no bucket'],
  ['s3://No_Bucket/prefix', 'names no bucket'],
  ['s3://a..b/prefix', 'names no bucket'],
  ['s3://bucket/../other', 'read differently'],
  ['s3://bucket/./here', 'read differently'],
  ['s3://bucket/a//b', 'read differently'],
  ['s3://bucket//a', 'read differently'],
  ['s3://bucket/a b', 'read differently'],
  ["s3://bucket/it's", 'read differently'],
  ['s3://bucket/a\nb', 'read differently'],
])('--out %j is refused', (out, found) => {
  const error = refusal({ out });
  expect(error.code).toBe('option_invalid');
  expect(error.found).toContain(found);
  expect(error.found).toContain('--out');
});

test('what is wrong in the environment is named as the variable', () => {
  expect(refusal({}, { TIDEMARK_OUT: 'out' }).found).toContain('TIDEMARK_OUT');
  expect(refusal({ out: 's3://bucket' }, { TIDEMARK_DATABASE: 'My-Shop' }).found).toContain('TIDEMARK_DATABASE');
});

test.each(['Tidemark', 'my-shop', '1st', '"x"', 'a.b', '', 'x'.repeat(129)])('--database %j is refused', (database) => {
  expect(refusal({ out: 's3://bucket', database }).found).toContain('--database');
});

test.each(['two words', 'a/b', '', 'x'.repeat(129)])('--workgroup %j is refused', (workgroup) => {
  expect(refusal({ out: 's3://bucket', workgroup }).found).toContain('--workgroup');
});
