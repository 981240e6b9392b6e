import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineFunction } from './pipeline-function';

export interface NightMachineProps {
  /** Unique in account and region. */
  name: string;
  definitionBody: DefinitionBody;
  tasks: readonly PipelineFunction[];
  encryptionKey: IKey;
  rolePath: string;
  /** A night that is not done by then is ended. */
  timeout: Duration;
}

/** The state machine of a night: a standard one, logged without its data, under a role that may call its tasks and nothing else. */
export class NightMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: NightMachineProps) {
    super(scope, id);
    const log = new LogGroup(this, 'Log', {
      // Under this prefix AWS does not count log groups against the size of its own resource policy.
      logGroupName: `/aws/vendedlogs/states/${props.name}`,
      retention: RetentionDays.SIX_MONTHS,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: props.name,
      definitionBody: props.definitionBody,
      role: this.makeRole(props).withoutPolicyUpdates(),
      timeout: props.timeout,
      tracingEnabled: true,
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false },
    });
  }

  private makeRole({ name, rolePath, tasks }: NightMachineProps): Role {
    const { account, region, partition } = Stack.of(this);
    const allow = (sid: string, actions: string[], resources: string[]) =>
      new PolicyStatement({ sid, actions, resources });
    return new Role(this, 'Role', {
      path: rolePath,
      description: 'What the state machine of a night may do',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnEquals: { 'aws:SourceArn': `arn:${partition}:states:${region}:${account}:stateMachine:${name}` },
        },
      }),
      inlinePolicies: {
        rights: new PolicyDocument({
          statements: [
            // Every version: a night under way calls the one it began with, also after the next deployment.
            allow(
              'CallTasks',
              ['lambda:InvokeFunction'],
              tasks.map(({ anyVersionArn }) => anyVersionArn),
            ),
            // Delivery of logs and traces have no resources to name.
            allow(
              'DeliverLogs',
              [
                'logs:CreateLogDelivery',
                'logs:GetLogDelivery',
                'logs:UpdateLogDelivery',
                'logs:DeleteLogDelivery',
                'logs:ListLogDeliveries',
                'logs:PutResourcePolicy',
                'logs:DescribeResourcePolicies',
                'logs:DescribeLogGroups',
              ],
              ['*'],
            ),
            allow(
              'WriteTraces',
              ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
              ['*'],
            ),
          ],
        }),
      },
    });
  }
}
