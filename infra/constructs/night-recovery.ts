import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineFunction } from './pipeline-function';

export interface NightRecoveryProps {
  stateMachine: IStateMachine;
  stopRun: PipelineFunction;
  deadLetterQueue: IQueue;
}

/** Stops the queries of a night that ended badly, and marks it. No state can: nothing runs after a time-out or an abort. */
export class NightRecovery extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, stopRun, deadLetterQueue }: NightRecoveryProps) {
    super(scope, id);
    new Rule(this, 'EndedBadly', {
      description: 'A night of Tidemark failed, timed out or was aborted',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [stateMachine.stateMachineArn] },
      },
      targets: [
        new LambdaFunction(stopRun.version, {
          deadLetterQueue,
          retryAttempts: 3,
          maxEventAge: Duration.hours(1),
        }),
      ],
    });
  }
}
