import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Rights } from './functions';
import type { SourceTables } from './sources';

/** ARNs of what the statements are about. */
export interface Resources {
  partition: string;
  region: string;
  account: string;
  bucketArn: string;
  keyArn: string;
  databaseName: string;
  workgroupName: string;
  sources: readonly SourceTables[];
  stateMachineName: string;
}

const READ_TABLES = ['glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'];

/** The statements that give rights, written out: what is not here is denied. */
export function statementsFor(rights: Rights, resources: Resources): PolicyStatement[] {
  return [
    ...ownFiles(rights, resources),
    ...(rights.queries ? queries(rights.queries, resources) : []),
    ...(rights.workgroup ? [workgroupSettings(resources)] : []),
    ...(rights.queries === 'run' || rights.partitions || rights.view ? ownCatalog(rights, resources) : []),
    ...(rights.sources ? resources.sources.flatMap((source, index) => sourceStatements(source, index, resources)) : []),
    ...(rights.sources ? [lakeFormation()] : []),
    ...(rights.executions ? executions(resources) : []),
  ];
}

const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ sid, actions, resources, ...(conditions ? { conditions } : {}) });

function ownFiles({ reads, writes = [], deletes = [], queries: asked }: Rights, at: Resources): PolicyStatement[] {
  const keys = (patterns: readonly string[]): string[] => patterns.map((pattern) => `${at.bucketArn}/${pattern}`);
  const results = asked === 'run' ? ['query-results/*'] : [];
  const read = [...reads, ...results];
  const written = [...writes, ...results];
  if (read.length === 0) return [];
  return [
    allow('ListOwnFiles', ['s3:ListBucket', 's3:GetBucketLocation'], [at.bucketArn]),
    allow('ReadOwnFiles', ['s3:GetObject'], keys(read)),
    ...(written.length > 0
      ? [
          allow(
            'WriteOwnFiles',
            ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
            keys(written),
          ),
        ]
      : []),
    ...(deletes.length > 0 ? [allow('DeleteOwnFiles', ['s3:DeleteObject'], keys(deletes))] : []),
    allow('UseOwnKey', ['kms:Decrypt', ...(written.length > 0 ? ['kms:GenerateDataKey'] : [])], [at.keyArn]),
  ];
}

function queries(kind: 'run' | 'stop', { partition, region, account, workgroupName }: Resources): PolicyStatement[] {
  const athena = `arn:${partition}:athena:${region}:${account}`;
  const workgroup = [`${athena}:workgroup/${workgroupName}`];
  const stop = allow('StopQueries', ['athena:StopQueryExecution', 'athena:GetQueryExecution'], workgroup);
  if (kind === 'stop') return [stop];
  return [
    stop,
    allow('RunQueries', ['athena:StartQueryExecution', 'athena:GetQueryResults'], workgroup),
    allow('ReadDataCatalog', ['athena:GetDataCatalog'], [`${athena}:datacatalog/AwsDataCatalog`]),
  ];
}

const workgroupSettings = ({ partition, region, account, workgroupName }: Resources): PolicyStatement =>
  allow(
    'ReadWorkgroup',
    ['athena:GetWorkGroup'],
    [`arn:${partition}:athena:${region}:${account}:workgroup/${workgroupName}`],
  );

/** Glue checks a call against catalog, database and table, all three. */
function ownCatalog(rights: Rights, at: Resources): PolicyStatement[] {
  const { databaseName: database } = at;
  const table = (name: string): string[] => glueArns(at, at.account, database, [name]);
  return [
    allow('ReadOwnTables', ['glue:GetDatabase', ...READ_TABLES], table('*')),
    ...(rights.partitions?.includes('make')
      ? [allow('MakePartitions', ['glue:BatchCreatePartition'], table('*'))]
      : []),
    ...(rights.partitions?.includes('delete')
      ? [allow('DeletePartitions', ['glue:BatchDeletePartition'], table('*'))]
      : []),
    ...(rights.view
      ? [allow('ReplaceCurrentRun', ['glue:CreateTable', 'glue:UpdateTable'], table('current_run'))]
      : []),
  ];
}

function glueArns(
  { partition, region }: Resources,
  account: string,
  database: string,
  tables: readonly string[],
): string[] {
  const glue = `arn:${partition}:glue:${region}:${account}`;
  return [
    `${glue}:catalog`,
    `${glue}:database/${database}`,
    ...tables.map((name) => `${glue}:table/${database}/${name}`),
  ];
}

function sourceStatements(source: SourceTables, number: number, at: Resources): PolicyStatement[] {
  // Names of databases hold characters that a Sid may not.
  const sid = (what: string): string => `${what}Source${number}`;
  const { owner } = source;
  const catalog = [
    ...glueArns(at, at.account, source.database, source.tables),
    ...(owner ? glueArns(at, owner.account, owner.database ?? source.database, source.tables) : []),
  ];
  return [
    allow(sid('ReadTablesOf'), ['glue:GetDatabase', ...READ_TABLES], catalog),
    ...source.locations.flatMap(({ bucket, prefix }, index) => [
      allow(
        `${sid('ListFilesOf')}At${index}`,
        ['s3:ListBucket'],
        [`arn:${at.partition}:s3:::${bucket}`],
        prefix === '' ? undefined : { StringLike: { 's3:prefix': [prefix, `${prefix}*`, prefix.slice(0, -1)] } },
      ),
      allow(`${sid('FindFilesOf')}At${index}`, ['s3:GetBucketLocation'], [`arn:${at.partition}:s3:::${bucket}`]),
      allow(`${sid('ReadFilesOf')}At${index}`, ['s3:GetObject'], [`arn:${at.partition}:s3:::${bucket}/${prefix}*`]),
    ]),
    ...(source.keys.length > 0 ? [allow(sid('DecryptFilesOf'), ['kms:Decrypt'], [...source.keys])] : []),
  ];
}

/** Athena asks Lake Formation about every table it reads; that call has no resource to name. */
const lakeFormation = (): PolicyStatement => allow('AskLakeFormation', ['lakeformation:GetDataAccess'], ['*']);

function executions({ partition, region, account, stateMachineName }: Resources): PolicyStatement[] {
  const machine = `arn:${partition}:states:${region}:${account}:stateMachine:${stateMachineName}`;
  return [allow('StartNights', ['states:StartExecution', 'states:ListExecutions'], [machine])];
}
