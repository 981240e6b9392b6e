import { AccountRootPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FUNCTIONS, type FunctionFacts, type Rights } from '../functions';
import { type Resources, statementsFor } from '../permissions';
import type { PipelineFunction } from './pipeline-function';

export interface OperatorRoleProps {
  rolePath: string;
  resources: Resources;
  startNight: PipelineFunction;
  deadLetterQueue: IQueue;
  logGroup: ILogGroup;
}

/**
 * For people at the command line (`tidemark doctor`, `push`, `run --engine athena`, and all that the runbook asks for): what
 * all functions together may do, publish definitions, try all of it out, start and redrive nights, read log and dead letters.
 * Whoever the account allows to assume it, may.
 */
export class OperatorRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: OperatorRoleProps) {
    super(scope, id);
    const { rolePath, resources } = props;
    const statements = [...statementsFor(allRights(), resources), ...lookingAfter(props)];
    this.role = new Role(this, 'Role', {
      path: rolePath,
      description: 'Tidemark at the command line',
      assumedBy: new AccountRootPrincipal(),
      inlinePolicies: { rights: new PolicyDocument({ statements }) },
    });
  }
}

/** What docs/runbook.md asks somebody to do by hand. */
function lookingAfter({ resources, startNight, deadLetterQueue, logGroup }: OperatorRoleProps): PolicyStatement[] {
  const { partition, region, account, stateMachineName } = resources;
  const allow = (sid: string, actions: string[], resource: string) =>
    new PolicyStatement({ sid, actions, resources: [resource] });
  return [
    allow('StartNightsByHand', ['lambda:InvokeFunction'], startNight.version.functionArn),
    allow(
      'LookAfterNights',
      ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:RedriveExecution', 'states:StopExecution'],
      `arn:${partition}:states:${region}:${account}:execution:${stateMachineName}:*`,
    ),
    // The ARN of a log group ends in :*, which stands for its streams.
    allow('ReadLog', ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:DescribeLogStreams'], logGroup.logGroupArn),
    allow('ReadDeadLetters', ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], deadLetterQueue.queueArn),
  ];
}

function allRights(): Rights {
  const all = Object.values(FUNCTIONS as Record<string, FunctionFacts>).map(({ rights }) => rights);
  const keys = (of: (rights: Rights) => readonly string[] | undefined): string[] => [
    ...new Set(all.flatMap((rights) => of(rights) ?? [])),
  ];
  return {
    reads: [...keys(({ reads }) => reads), 'doctor/*'],
    writes: [...keys(({ writes }) => writes), 'definitions/*', 'doctor/*'],
    deletes: [...keys(({ deletes }) => deletes), 'doctor/*'],
    queries: ['run', 'stop'],
    workgroup: true,
    sources: true,
    partitions: ['make', 'delete'],
    view: true,
    executions: true,
  };
}
