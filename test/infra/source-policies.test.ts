import { sourcePolicies } from '../../infra/source-policies';
import { grantedTables } from '../../infra/sources';
import type { Project } from '../../src/core/project';
import { isAllowed, type PolicyStatement } from './policy-evaluator';

const READER = {
  partition: 'aws',
  region: 'eu-central-1',
  account: '123456789012',
  rolePath: '/tidemark/corner-store/',
};
const SOURCE = {
  database: 'crm',
  tables: ['customers'],
  locations: [
    { bucket: 'their-bucket', prefix: 'export/' },
    { bucket: 'their-bucket', prefix: 'more/' },
    { bucket: 'their-other', prefix: '' },
  ],
  keys: ['arn:aws:kms:eu-central-1:210987654321:key/1-2'],
  owner: { account: '210987654321', database: 'customer_data' },
};
const NIGHT = { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/tidemark/corner-store/nightly-plan-run-X' };

const policies = sourcePolicies(SOURCE, READER);
const statementsOf = (name: string): PolicyStatement[] => JSON.parse(policies[name] as string) as PolicyStatement[];

test('a bucket, the keys and the catalog of an owner have a text each', () => {
  expect(Object.keys(policies).sort()).toEqual([
    'crm/bucket-their-bucket.json',
    'crm/bucket-their-other.json',
    'crm/catalog.json',
    'crm/keys.json',
  ]);
  for (const text of Object.values(policies)) {
    for (const statement of JSON.parse(text) as { Principal: unknown; Sid: string }[]) {
      expect(statement.Principal).toEqual({ AWS: 'arn:aws:iam::123456789012:root' });
      expect(statement.Sid).toMatch(/^[A-Za-z0-9]+$/);
    }
  }
});

test('where nothing lies in another account there is nothing for its catalog', () => {
  const { owner, ...local } = SOURCE;
  expect(Object.keys(sourcePolicies({ ...local, owner: undefined, keys: [] }, READER))).toEqual([
    'crm/bucket-their-bucket.json',
    'crm/bucket-their-other.json',
  ]);
});

const object = (key: string) => [`arn:aws:s3:::their-bucket/${key}`];
const tables = (name: string) =>
  ['catalog', 'database/customer_data', `table/customer_data/${name}`].map(
    (rest) => `arn:aws:glue:eu-central-1:210987654321:${rest}`,
  );

test.each([
  ['bucket-their-bucket', 's3:GetObject', object('export/a.parquet'), {}, true],
  ['bucket-their-bucket', 's3:GetObject', object('more/a.parquet'), {}, true],
  ['bucket-their-bucket', 's3:GetObject', object('payroll/a.parquet'), {}, false],
  ['bucket-their-bucket', 's3:PutObject', object('export/a.parquet'), {}, false],
  ['bucket-their-bucket', 's3:ListBucket', ['arn:aws:s3:::their-bucket'], { 's3:prefix': 'export/customers/' }, true],
  ['bucket-their-bucket', 's3:ListBucket', ['arn:aws:s3:::their-bucket'], { 's3:prefix': 'payroll/' }, false],
  ['bucket-their-bucket', 's3:GetBucketLocation', ['arn:aws:s3:::their-bucket'], {}, true],
  ['bucket-their-other', 's3:ListBucket', ['arn:aws:s3:::their-other'], { 's3:prefix': 'x/' }, true],
  ['keys', 'kms:Decrypt', ['any'], {}, true],
  ['keys', 'kms:GenerateDataKey', ['any'], {}, false],
  ['catalog', 'glue:GetTable', tables('customers'), {}, true],
  ['catalog', 'glue:GetPartitions', tables('customers'), {}, true],
  ['catalog', 'glue:GetTable', tables('payroll'), {}, false],
  ['catalog', 'glue:UpdateTable', tables('customers'), {}, false],
])('%s: %s on %j %j: %s', (name, action, resources, context, expected) => {
  const statements = statementsOf(`crm/${name}.json`);
  expect(isAllowed(statements, { action, resources, context: { ...NIGHT, ...context } })).toBe(expected);
  // Nobody else of that account, whatever the call.
  const other = { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/tidemark/another/role' };
  expect(isAllowed(statements, { action, resources, context: { ...other, ...context } })).toBe(false);
});

describe('what a project may read of its grants', () => {
  const project = (sources: Record<string, object>) => ({ sources }) as unknown as Project;
  const orders = { name: 'orders', location: { from: ['Shop.Orders'] } };
  const events = {
    name: 'events',
    query: { inputs: { clicks: { from: ['web.clicks'] }, views: { from: ['web.views'] } } },
  };
  const grant = (database: string, more = {}) => ({ database, locations: [`s3://${database}-files/in/`], ...more });

  test('the tables that it names, also as inputs of a query, and those behind views', () => {
    const found = grantedTables(project({ orders, events }), [grant('shop', { tables: ['order_rows'] }), grant('web')]);
    expect(found.map(({ database, tables: names }) => [database, names])).toEqual([
      ['shop', ['order_rows', 'orders']],
      ['web', ['clicks', 'views']],
    ]);
    expect(found[0]?.locations).toEqual([{ bucket: 'shop-files', prefix: 'in/' }]);
  });

  test.each([
    [[], /reads the Glue database shop: name it/],
    [[{ database: 'shop', locations: ['s3://files'] }], /s3:\/\/files is no place on S3/],
    [[{ database: 'shop', locations: ['s3://files/*/x/'] }], /is no place on S3/],
    [[{ database: 'shop', locations: ['files/'] }], /is no place on S3/],
  ])('%j is refused', (grants, message) => {
    expect(() => grantedTables(project({ orders }), grants)).toThrow(message);
  });
});
