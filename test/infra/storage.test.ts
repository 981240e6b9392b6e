import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import type { TableDefinition } from '../../src/engines/athena/tables';
import { hiveType, runsTable, withEveryTable } from '../../src/engines/athena/tables';
import { decodeView, type ViewDefinition } from '../../src/engines/athena/views';
import { exampleDeployment, ROOT, resourcesOf, type Synthesised, synthesise } from './support';

let made: Synthesised;
beforeAll(async () => {
  made = synthesise(await exampleDeployment());
});

const tableInputs = (): (TableDefinition | ViewDefinition)[] =>
  resourcesOf(made.storageTemplate, 'AWS::Glue::Table').map(
    ([, { Properties }]) => Properties.TableInput as TableDefinition | ViewDefinition,
  );

test('nothing that holds data goes with the stack, and the stack itself is protected', () => {
  const { Resources } = made.storageTemplate.toJSON() as { Resources: Record<string, Record<string, unknown>> };
  // A policy that stayed without its bucket would be of nothing.
  const kept = Object.values(Resources).filter(
    ({ Type }) => Type !== 'AWS::S3::BucketPolicy' && Type !== 'AWS::CDK::Metadata',
  );
  expect(kept.length).toBeGreaterThan(60);
  for (const resource of kept)
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(made.storage.terminationProtection).toBe(true);
});

test('the bucket is private, encrypted by the key, versioned, logged, and loses by age only what nobody needs', () => {
  made.storageTemplate.hasResourceProperties('AWS::S3::Bucket', {
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
      ],
    },
    LoggingConfiguration: Match.objectLike({ LogFilePrefix: 'data/' }),
    LifecycleConfiguration: {
      Rules: [
        { Id: 'query-results', Prefix: 'query-results/', ExpirationInDays: 14, Status: 'Enabled' },
        { Id: 'broken-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' },
        {
          Id: 'earlier-versions',
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          ExpiredObjectDeleteMarker: true,
          Status: 'Enabled',
        },
      ],
    },
  });
  const policies = resourcesOf(made.storageTemplate, 'AWS::S3::BucketPolicy');
  expect(policies).toHaveLength(2);
  for (const [, { Properties }] of policies) {
    expect(Properties.PolicyDocument).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    });
  }
});

test('services use the key for this account alone', () => {
  const policies = resourcesOf(made.storageTemplate, 'AWS::KMS::Key').map(
    ([, { Properties }]) => Properties.KeyPolicy as { Statement: Record<string, unknown>[] },
  );
  const services = policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Principal }) => (Principal as { Service?: string }).Service !== undefined);
  expect(services.map(({ Principal }) => (Principal as { Service: string }).Service)).toEqual([
    'logs.eu-central-1.amazonaws.com',
    'delivery.logs.amazonaws.com',
    'cloudwatch.amazonaws.com',
  ]);
  for (const { Condition } of services) expect(JSON.stringify(Condition)).toContain('123456789012');
});

test('the key turns over, and the workgroup is pinned, enforced, cut off and encrypted', () => {
  made.storageTemplate.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  made.storageTemplate.hasResourceProperties('AWS::Athena::WorkGroup', {
    Name: 'tidemark-corner-store',
    WorkGroupConfiguration: {
      EnforceWorkGroupConfiguration: true,
      PublishCloudWatchMetricsEnabled: true,
      BytesScannedCutoffPerQuery: 1e12,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' } },
    },
  });
});

test('every table has the columns of its sidecar, in that order, and every materialised model has its tables', async () => {
  const { definitions } = await exampleDeployment();
  const models = [...withEveryTable(definitions.models).values()].filter(
    ({ sidecar }) => sidecar.materialised !== 'inline',
  );
  const tables = tableInputs().filter(({ TableType }) => TableType === 'EXTERNAL_TABLE');
  expect(models.length).toBeGreaterThan(40);
  const found: string[] = [];
  for (const { name, sidecar } of models) {
    // purchase_spells__frozen_date_attempts: a model at another date has a table of its own.
    const own = tables.filter(({ Name }) => new RegExp(`^${name}(__[a-z0-9_]+)?_(attempts|runs)$`).test(Name));
    const columns = sidecar.columns.map(({ name: column, type }) => [column, hiveType(type)]);
    for (const { Name, StorageDescriptor } of own) {
      found.push(Name);
      expect([Name, StorageDescriptor.Columns.map(({ Name: column, Type }) => [column, Type])]).toEqual([
        Name,
        columns,
      ]);
    }
    expect([name, own.length > 0]).toEqual([name, true]);
    if (sidecar.public) expect(own.map(({ Name }) => Name)).toEqual(expect.arrayContaining([runsTable(name)]));
  }
  expect(tables.map(({ Name }) => Name).filter((name) => !found.includes(name))).toEqual([]);
});

test('views show the runs of their own database, and nothing defines the view of the published run', () => {
  const views = tableInputs().filter(({ TableType }) => TableType === 'VIRTUAL_VIEW') as ViewDefinition[];
  expect(views.map(({ Name }) => Name)).toEqual(
    expect.arrayContaining(['people', 'audiences', 'memberships', 'changes']),
  );
  for (const view of views) {
    expect(decodeView(view.ViewOriginalText)?.originalSql).toContain(
      `from "tidemark_corner_store"."${view.Name}_runs" where run_id = (select run_id from "tidemark_corner_store"."current_run")`,
    );
  }
  expect(tableInputs().map(({ Name }) => Name)).not.toContain('current_run');
});

test('every table is in the committed inventory of columns, which only grows (scripts/docs/table-columns.ts)', () => {
  const inventory = parse(readFileSync(join(ROOT, 'infra', 'table-columns.yml'), 'utf8')) as Record<string, string[]>;
  const tables = tableInputs().filter(({ TableType }) => TableType === 'EXTERNAL_TABLE');
  expect(
    Object.fromEntries(
      tables.map(({ Name, StorageDescriptor }) => [
        Name,
        StorageDescriptor.Columns.map(({ Name: column, Type }) => `${column} ${Type}`),
      ]),
    ),
  ).toEqual(inventory);
});
