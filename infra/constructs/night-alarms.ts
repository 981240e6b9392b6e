import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { NightMetrics } from './night-metrics';

export interface NightAlarmsProps {
  /** Before the name of each alarm; unique in account and region. */
  prefix: string;
  metrics: NightMetrics;
  deadLetterQueue: IQueue;
  topic: ITopic;
  /** Hours. */
  longestNight: number;
  bytesPerDay: number;
}

/** Hours without a fresh published night. A day has 25 at the end of summer time, and a night takes a while. */
const FRESH_HOURS = 26;

interface AlarmFacts {
  /** What somebody reads first. docs/runbook.md says the rest. */
  description: string;
  metric: IMetric;
  threshold: number;
  hours?: number;
  isMissingBad?: boolean;
}

/** One alarm for each way in which a night can go wrong, all to one topic. docs/runbook.md has a section for each. */
export class NightAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: NightAlarmsProps) {
    super(scope, id);
    const action = new SnsAction(props.topic);
    this.alarms = Object.entries(alarmFacts(props)).map(([name, facts]) => {
      const { description, metric, threshold, hours = 1, isMissingBad = false } = facts;
      const alarm = new Alarm(this, name, {
        alarmName: `${props.prefix}-${name}`,
        alarmDescription: `${description} What to do: docs/runbook.md, ${name}.`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: hours,
        datapointsToAlarm: hours,
        treatMissingData: isMissingBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }
}

function alarmFacts({
  metrics,
  deadLetterQueue,
  longestNight,
  bytesPerDay,
}: NightAlarmsProps): Record<string, AlarmFacts> {
  return {
    'night-failed': {
      description: 'A night failed; the last published one stays.',
      metric: metrics.failed,
      threshold: 0,
    },
    'night-timed-out': { description: 'A night took too long and was ended.', metric: metrics.timedOut, threshold: 0 },
    'night-aborted': { description: 'Somebody stopped a night.', metric: metrics.aborted, threshold: 0 },
    'night-missing': {
      description: `For ${FRESH_HOURS} hours no night has been published that is this fresh.`,
      metric: metrics.age,
      threshold: FRESH_HOURS * 3600,
      hours: FRESH_HOURS,
      isMissingBad: true,
    },
    'night-slow': {
      description: `A night took more than ${longestNight} hours.`,
      metric: metrics.duration,
      threshold: longestNight * 3_600_000,
    },
    'bytes-scanned': {
      description: `Athena scanned more than ${bytesPerDay} bytes in a day.`,
      metric: metrics.bytesOfWorkgroup,
      threshold: bytesPerDay,
    },
    'gate-closed': {
      description: 'A night was computed and held back: too much had changed.',
      metric: metrics.gateClosed,
      threshold: 0,
    },
    'dead-letters': {
      description: 'A start or a clean-up could not be delivered or failed again and again.',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(),
      threshold: 0,
    },
    'sweep-failed': {
      description: 'A night was published, but old runs could not be deleted.',
      metric: metrics.sweepErrors,
      threshold: 0,
    },
  };
}
