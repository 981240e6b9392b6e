import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { TidemarkNightly } from '../constructs/tidemark-nightly';
import type { TidemarkStorage } from '../constructs/tidemark-storage';
import type { Deployment } from '../settings';

export interface PipelineStackProps extends StackProps {
  deployment: Deployment;
  storage: TidemarkStorage;
}

/** What may be deleted and made anew: functions, state machine, schedule, alarms. */
export class PipelineStack extends Stack {
  readonly nightly: TidemarkNightly;

  constructor(scope: Construct, id: string, { deployment, storage, ...props }: PipelineStackProps) {
    super(scope, id, { ...props, suppressTemplateIndentation: true });
    const { settings, definitions } = deployment;
    const { name, sources, schedule, alarms, limits, hash_salt_secret: salt } = settings;
    this.nightly = new TidemarkNightly(this, 'Nightly', {
      name,
      definitions,
      storage,
      sources,
      startAt: schedule.at,
      alarmEmails: [alarms.email],
      slowNightHours: alarms.night_hours,
      bytesPerDay: alarms.gigabytes_a_day * 1e9,
      longestNightHours: limits.night_hours,
      lakeFormation: settings.lake_formation,
      ...(salt === undefined ? {} : { hashSaltSecret: Secret.fromSecretCompleteArn(this, 'HashSalt', salt) }),
    });
    this.tell(storage);
  }

  /** What somebody types next. */
  private tell(storage: TidemarkStorage): void {
    const outputs = {
      Out: `s3://${storage.bucket.bucketName}`,
      Workgroup: storage.workgroupName,
      Database: storage.databaseName,
      StateMachine: this.nightly.stateMachine.stateMachineArn,
      StartNight: this.nightly.functions['start-night'].version.functionArn,
      Log: this.nightly.logGroup.logGroupName,
      DeadLetters: this.nightly.deadLetterQueue.queueUrl,
      OperatorRole: this.nightly.operator.role.roleArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
