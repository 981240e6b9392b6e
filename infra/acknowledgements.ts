import { CfnResource, type IPolicyValidationPlugin, Stack, Validations } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { TidemarkNightly } from './constructs/tidemark-nightly';

/** Why a statement ends in or is a wildcard, by the beginning of its Sid. What stands in no statement here is a finding. */
export const WILDCARDS: Readonly<Record<string, string>> = {
  ReadOwnFiles: 'keys below a folder of the own bucket: their names hold ids of runs, which nobody knows beforehand',
  WriteOwnFiles: 'keys below a folder of the own bucket: their names hold ids of runs, which nobody knows beforehand',
  DeleteOwnFiles: 'old runs below these folders of the own bucket are deleted, whatever their ids are',
  ReadOwnTables: 'every table of the own Glue database is read',
  MakePartitions: 'every table of the own Glue database gets partitions',
  DeletePartitions: 'every table of the own Glue database loses partitions of old runs',
  ReadFilesOf: 'files of source tables, below the locations that the settings name',
  LookAfterNights: 'every execution of the own state machine: they are named after the nights to come',
  CallTasks: 'every version of the own functions: a night under way goes on with the versions it began with',
  DeliverLogs: 'the delivery of logs has no resources that a policy could name',
  WriteTraces: 'X-Ray has no resources that a policy could name',
  AskLakeFormation: 'lakeformation:GetDataAccess has no resources that a policy could name',
};

/** Of whole kinds of resources. */
const KINDS: readonly { is(node: IConstruct): boolean; id: string; reason: string }[] = [
  {
    is: (node) => node instanceof CfnRole,
    id: 'Serverless-LambdaStarPermissions',
    reason:
      'the only resource * is of actions that know no other: traces, delivery of logs, lakeformation:GetDataAccess',
  },
  {
    is: (node) => node instanceof CfnFunction,
    id: 'Serverless-LambdaDLQ',
    reason:
      'the state machine waits for the answer of its tasks; functions called by events have a failure destination, which keeps the error too',
  },
  {
    is: (node) => node instanceof CfnQueue,
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'it is itself the dead-letter queue of everything else',
  },
  {
    is: (node) => node instanceof CfnQueue,
    id: 'AwsSolutions-SQS3',
    reason: 'it is itself the dead-letter queue of everything else',
  },
];

export interface Acknowledged {
  resource: CfnResource;
  id: string;
  reason: string;
}

/**
 * Gives cdk-nag's findings in the constructs of Tidemark their reasons, before cdk-nag looks: add it in front of the packs.
 * Only now do policies say which resources they name, because references between stacks are resolved last.
 */
export class Acknowledgements implements IPolicyValidationPlugin {
  readonly name = 'TidemarkAcknowledgements';

  validate({ appConstruct }: { appConstruct: IConstruct }): { success: boolean; violations: [] } {
    for (const { resource, id, reason } of acknowledged(appConstruct)) {
      Validations.of(resource).acknowledge({ id, reason });
    }
    return { success: true, violations: [] };
  }
}

/** Every finding that has a reason. */
export function acknowledged(root: IConstruct): Acknowledged[] {
  const resources = root.node
    .findAll()
    .filter((node): node is TidemarkNightly => node instanceof TidemarkNightly)
    .flatMap((nightly) => nightly.node.findAll().filter((node) => CfnResource.isCfnResource(node)));
  return resources.flatMap((resource) => [
    ...KINDS.filter(({ is }) => is(resource)).map(({ id, reason }) => ({ resource, id, reason })),
    ...(resource instanceof CfnRole ? wildcardsOf(resource) : []),
  ]);
}

interface Statement {
  Sid?: string;
  Effect?: string;
  Resource?: unknown;
}

/** Two statements may name the same wildcard: it is acknowledged where both have their reason. */
function wildcardsOf(role: CfnRole): Acknowledged[] {
  const policies = (Stack.of(role).resolve(role.policies) ?? []) as { policyDocument: { Statement: Statement[] } }[];
  const reasons = new Map<string, (string | undefined)[]>();
  for (const { Sid, Resource } of policies.flatMap(({ policyDocument }) => policyDocument.Statement)) {
    for (const resource of [Resource].flat().map(flat)) {
      if (!resource.includes('*')) continue;
      const reason = Object.entries(WILDCARDS).find(([sid]) => Sid?.startsWith(sid))?.[1];
      reasons.set(resource, [...(reasons.get(resource) ?? []), reason]);
    }
  }
  return [...reasons].flatMap(([resource, found]) =>
    found.some((reason) => reason === undefined)
      ? []
      : { resource: role, id: `AwsSolutions-IAM5[Resource::${resource}]`, reason: [...new Set(found)].join('; ') },
  );
}

/** As cdk-nag writes a value of CloudFormation in one line. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const node = value as Record<string, unknown>;
  if (node['Fn::Join']) {
    const [delimiter, parts] = node['Fn::Join'] as [string, unknown[]];
    return parts.map(flat).join(delimiter);
  }
  if (node['Fn::GetAtt']) return `<${(node['Fn::GetAtt'] as string[]).join('.')}>`;
  if (node.Ref) return `<${node.Ref}>`;
  return JSON.stringify(value);
}
