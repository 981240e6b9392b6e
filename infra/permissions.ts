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
    ...(rights.queries ? queries(rights, resources) : []),
    ...(rights.workgroup ? [workgroupSettings(resources)] : []),
    ...ownCatalog(rights, resources),
    ...(rights.sources ? resources.sources.flatMap((source, index) => sourceStatements(source, index, resources)) : []),
    ...(rights.sources || runsQueries(rights) ? [lakeFormation()] : []),
    ...(rights.executions ? executions(resources) : []),
  ];
}

const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ sid, actions, resources, ...(conditions ? { conditions } : {}) });

/** Where Athena writes in the caller's name, large files in parts. */
const WRITTEN_BY_ATHENA = ['tables/*', 'doctor/*'];

const runsQueries = ({ queries = [] }: Rights): boolean => queries.includes('run');

function ownFiles(rights: Rights, at: Resources): PolicyStatement[] {
  const { reads, writes = [], deletes = [] } = rights;
  const keys = (patterns: readonly string[]): string[] => patterns.map((pattern) => `${at.bucketArn}/${pattern}`);
  const results = runsQueries(rights) ? ['query-results/*'] : [];
  const read = [...reads, ...results];
  const written = [...writes, ...results];
  const inParts = [...writes.filter((pattern) => WRITTEN_BY_ATHENA.includes(pattern)), ...results];
  if (read.length === 0) return [];
  // Without the right to list, S3 refuses an object that is not there, and nobody could tell that from one that is.
  const list = ['s3:ListBucket', ...(runsQueries(rights) ? ['s3:GetBucketLocation'] : [])];
  const given = (sid: string, actions: string[], patterns: readonly string[]): PolicyStatement[] =>
    patterns.length > 0 ? [allow(sid, actions, keys(patterns))] : [];
  return [
    allow('ListOwnFiles', list, [at.bucketArn]),
    ...given('ReadOwnFiles', ['s3:GetObject'], read),
    ...given('WriteOwnFiles', ['s3:PutObject'], written),
    ...given('WriteOwnFilesInParts', ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], inParts),
    ...given('DeleteOwnFiles', ['s3:DeleteObject'], deletes),
    allow('UseOwnKey', ['kms:Decrypt', ...(written.length > 0 ? ['kms:GenerateDataKey'] : [])], [at.keyArn]),
  ];
}

function queries(rights: Rights, { partition, region, account, workgroupName }: Resources): PolicyStatement[] {
  const athena = `arn:${partition}:athena:${region}:${account}`;
  const workgroup = [`${athena}:workgroup/${workgroupName}`];
  return [
    allow('LookAtQueries', ['athena:GetQueryExecution'], workgroup),
    ...(rights.queries?.includes('stop') ? [allow('StopQueries', ['athena:StopQueryExecution'], workgroup)] : []),
    ...(runsQueries(rights)
      ? [
          allow('RunQueries', ['athena:StartQueryExecution', 'athena:GetQueryResults'], workgroup),
          allow('ReadDataCatalog', ['athena:GetDataCatalog'], [`${athena}:datacatalog/AwsDataCatalog`]),
        ]
      : []),
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
    ...(runsQueries(rights) ? [allow('ReadOwnTables', ['glue:GetDatabase', ...READ_TABLES], table('*'))] : []),
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
