import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  PeriodOverride,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { NightMetrics } from './night-metrics';

export interface NightDashboardProps {
  /** Unique in the account. */
  name: string;
  metrics: NightMetrics;
  alarms: readonly IAlarm[];
  /** Hours; drawn as a line. */
  longestNight: number;
  bytesPerDay: number;
}

/** A picture of the last five weeks: is it well, is it fresh, how long and how much, and whom it moved. */
export class NightDashboard extends Construct {
  constructor(scope: Construct, id: string, props: NightDashboardProps) {
    super(scope, id);
    const { metrics, alarms } = props;
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.name,
      defaultInterval: Duration.days(35),
      periodOverride: PeriodOverride.INHERIT,
    });
    dashboard.addWidgets(
      new TextWidget({ markdown: `# ${props.name}\nWhat each alarm means: docs/runbook.md`, width: 6, height: 3 }),
      new SingleValueWidget({
        title: 'Newest night',
        metrics: [
          labelled(metrics.people, 'people'),
          labelled(metrics.entered, 'entered'),
          labelled(metrics.left, 'left'),
        ],
        width: 10,
        height: 3,
      }),
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 8, height: 3 }),
    );
    dashboard.addWidgets(
      graph('Nights published', [labelled(metrics.published, 'published')]),
      graph('Age of what readers see (seconds)', [labelled(metrics.age, 'at publishing')], 26 * 3600),
      graph('Duration (milliseconds)', [labelled(metrics.duration, 'longest')], props.longestNight * 3_600_000),
    );
    dashboard.addWidgets(
      graph(
        'Bytes scanned',
        [
          labelled(metrics.bytesOfWorkgroup, 'in the workgroup'),
          labelled(metrics.bytesOfNights, 'by published nights'),
        ],
        props.bytesPerDay,
      ),
      graph('People', [labelled(metrics.people, 'people')]),
      graph('Audiences', [labelled(metrics.entered, 'entered'), labelled(metrics.left, 'left')]),
    );
  }
}

type Labelled = { with(options: { label: string }): IMetric };

const labelled = (metric: IMetric, label: string): IMetric => {
  // A sum of metrics carries a label as a metric does, but its interface does not say so.
  return 'with' in metric ? (metric as unknown as Labelled).with({ label }) : metric;
};

function graph(title: string, left: IMetric[], limit?: number): GraphWidget {
  return new GraphWidget({
    title,
    left,
    width: 8,
    height: 6,
    leftYAxis: { min: 0, showUnits: false },
    ...(limit === undefined ? {} : { leftAnnotations: [{ value: limit, label: 'alarm', color: Color.RED }] }),
  });
}
