import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { METRICS_NAMESPACE, NIGHT_METRICS } from '../../src/core/snapshots/night-metrics';
import type { PipelineFunction } from './pipeline-function';

const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

export interface NightMetricsProps {
  /** The dimension by which the functions tell deployments apart. */
  serviceName: string;
  workgroupName: string;
  stateMachine: IStateMachine;
  sweepRuns: PipelineFunction;
}

/** Which numbers alarms and dashboard look at. */
export class NightMetrics {
  constructor(private readonly props: NightMetricsProps) {}

  get failed(): Metric {
    return this.props.stateMachine.metricFailed({ period: HOUR, statistic: Stats.SUM });
  }

  get timedOut(): Metric {
    return this.props.stateMachine.metricTimedOut({ period: HOUR, statistic: Stats.SUM });
  }

  get aborted(): Metric {
    return this.props.stateMachine.metricAborted({ period: HOUR, statistic: Stats.SUM });
  }

  /** Milliseconds of whole nights, waiting for sources included. */
  get duration(): Metric {
    return this.props.stateMachine.metricTime({ period: HOUR, statistic: Stats.MAXIMUM });
  }

  /** Seconds since the end of the day that readers see, at each publishing. */
  get age(): Metric {
    return this.own('runDateAge', Stats.MINIMUM, HOUR);
  }

  get gateClosed(): Metric {
    return this.own('gateClosed', Stats.SUM, HOUR);
  }

  get published(): Metric {
    return this.own('nightsPublished', Stats.SUM, DAY);
  }

  get people(): Metric {
    return this.own('people', Stats.MAXIMUM, DAY);
  }

  get entered(): Metric {
    return this.own('audienceEntered', Stats.SUM, DAY);
  }

  get left(): Metric {
    return this.own('audienceLeft', Stats.SUM, DAY);
  }

  get bytesOfNights(): Metric {
    return this.own('bytesScanned', Stats.SUM, DAY);
  }

  get sweepErrors(): Metric {
    return this.props.sweepRuns.errors({ period: HOUR, statistic: Stats.SUM });
  }

  /** What Athena counted in the workgroup, whether or not a night came of it: failed and cancelled statements too. */
  get bytesOfWorkgroup(): MathExpression {
    const states = ['SUCCEEDED', 'FAILED', 'CANCELED'];
    const usingMetrics = Object.fromEntries(
      states.map((QueryState) => [
        QueryState.toLowerCase(),
        new Metric({
          namespace: 'AWS/Athena',
          metricName: 'ProcessedBytes',
          dimensionsMap: { WorkGroup: this.props.workgroupName, QueryState, QueryType: 'DML' },
          statistic: Stats.SUM,
          period: DAY,
        }),
      ]),
    );
    // On most days nothing fails: a metric without a value must not take the sum away.
    return new MathExpression({
      expression: 'SUM(FILL(METRICS(), 0))',
      usingMetrics,
      period: DAY,
      label: 'bytes scanned',
    });
  }

  private own(name: keyof typeof NIGHT_METRICS, statistic: string, period: Duration): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: NIGHT_METRICS[name],
      dimensionsMap: { service: this.props.serviceName },
      statistic,
      period,
    });
  }
}
