import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { dateWithout } from '../clock-changes';
import type { PipelineFunction } from './pipeline-function';

export interface NightScheduleProps {
  /** HH:MM, local time. */
  at: string;
  /** IANA zone. */
  timeZone: string;
  /** Called once a day with `{ scheduled_time }`, an instant: it derives the run date from it. */
  startNight: PipelineFunction;
  deadLetterQueue: IQueue;
  rolePath: string;
}

/** Starts a night a day. A start that comes twice is harmless: both name the same execution. */
export class NightSchedule extends Construct {
  /** @throws Error for a time of day that does not exist on every day of the zone. */
  constructor(scope: Construct, id: string, props: NightScheduleProps) {
    super(scope, id);
    const { at, timeZone, startNight, deadLetterQueue } = props;
    const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at);
    if (!time) throw new Error(`schedule.at ${JSON.stringify(at)} is no time of day: write HH:MM`);
    const skipped = dateWithout(at, timeZone);
    if (skipped) throw new Error(`${at} does not exist in ${timeZone} on ${skipped}: that night would not run`);
    const [, hour = '', minute = ''] = time;
    new Schedule(this, 'Schedule', {
      description: 'Starts the night',
      schedule: ScheduleExpression.cron({
        minute: String(Number(minute)),
        hour: String(Number(hour)),
        timeZone: TimeZone.of(timeZone),
      }),
      target: new LambdaInvoke(startNight.version, {
        input: ScheduleTargetInput.fromObject({ scheduled_time: ContextAttribute.scheduledTime }),
        role: this.makeRole(props).withoutPolicyUpdates(),
        // The default is 185 times over a day: the next night would come before it gave up.
        retryAttempts: 3,
        maxEventAge: Duration.hours(1),
        deadLetterQueue,
      }),
    });
  }

  private makeRole({ startNight, deadLetterQueue, rolePath }: NightScheduleProps): Role {
    const { account } = Stack.of(this);
    return new Role(this, 'Role', {
      path: rolePath,
      description: 'What the schedule of the nights may do',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      inlinePolicies: {
        rights: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [startNight.version.functionArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] }),
          ],
        }),
      },
    });
  }
}
