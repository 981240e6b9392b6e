import { Duration, Names, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FUNCTIONS, type FunctionName } from '../functions';
import { grantReadSnapshots, grantStartNights } from '../grants';
import type { Resources } from '../permissions';
import { grantedTables, type SourceTables } from '../sources';
import { MACHINE_FUNCTIONS, NIGHT_SECONDS, stateMachineDefinition } from '../state-machine';
import { AlarmTopic } from './alarm-topic';
import { LakeFormationGrants } from './lake-formation-grants';
import { NightAlarms } from './night-alarms';
import { NightDashboard } from './night-dashboard';
import { NightMachine } from './night-machine';
import { NightMetrics } from './night-metrics';
import { NightRecovery } from './night-recovery';
import { NightSchedule } from './night-schedule';
import { OperatorRole } from './operator-role';
import { type NightFunctions, PipelineFunctions } from './pipeline-functions';
import { ResourceLinks } from './resource-links';
import type { TidemarkNightlyProps } from './tidemark-nightly-props';
import { TidemarkStorage } from './tidemark-storage';

/**
 * Customer segments every night: the functions, the state machine that calls them, its schedule, alarms and dashboard.
 * Reads what `sources` names and writes below its own bucket and Glue database alone.
 *
 * Two of them may stand in one stack. Deleting it leaves what its storage holds.
 */
export class TidemarkNightly extends Construct {
  readonly storage: TidemarkStorage;
  readonly stateMachine: StateMachine;
  readonly functions: NightFunctions;
  /** All alarms go here. */
  readonly alarmTopic: ITopic;
  readonly alarms: readonly Alarm[];
  /** Starts and clean-ups that were given up. */
  readonly deadLetterQueue: IQueue;
  /** All functions write to it. */
  readonly logGroup: ILogGroup;
  /** Has the rights of all functions together, and those that the runbook needs, for people of this account who may assume it. */
  readonly operator: OperatorRole;
  /** What the nights read. */
  readonly sources: readonly SourceTables[];
  /** Below which all roles lie: what the policies of source owners name. */
  readonly rolePath: string;
  private readonly name: string;

  /** @throws Error for a name that AWS refuses, a start that does not exist on every day, a database that is not granted. */
  constructor(scope: Construct, id: string, props: TidemarkNightlyProps) {
    super(scope, id);
    this.name = props.name ?? Names.uniqueResourceName(this, { maxLength: 48, separator: '-' });
    if (!/^[A-Za-z0-9-]{1,48}$/.test(this.name))
      throw new Error(`name ${JSON.stringify(this.name)}: write at most 48 letters, digits and hyphens`);
    this.rolePath = `/tidemark/${this.name}/`;
    this.sources = grantedTables(props.definitions.project, props.sources);
    this.storage = props.storage ?? new TidemarkStorage(this, 'Storage', { models: props.definitions.models });
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const resources = this.resources();
    const links = new ResourceLinks(this, 'Links', { sources: this.sources });
    const { functions, logGroup } = new PipelineFunctions(this, 'Functions', {
      ...props,
      name: this.name,
      storage: this.storage,
      rolePath: this.rolePath,
      deadLetterQueue: this.deadLetterQueue,
      resources,
    });
    this.functions = functions;
    this.logGroup = logGroup;
    this.stateMachine = this.machine(props);
    this.operator = new OperatorRole(this, 'Operator', {
      rolePath: this.rolePath,
      resources,
      startNight: functions['start-night'],
      deadLetterQueue: this.deadLetterQueue,
      logGroup,
    });
    if (props.lakeFormation ?? false) this.grantInLakeFormation(links);
    this.startAndEnd(props);
    const topic = new AlarmTopic(this, 'Alarms', {
      encryptionKey: this.storage.encryptionKey,
      emails: props.alarmEmails ?? [],
      deadLetterQueue: this.deadLetterQueue,
    });
    this.alarmTopic = topic.topic;
    this.alarms = this.watch(props);
  }

  /** Lets somebody read what is published, as files and through Athena; nothing that a run leaves on its way. */
  grantReadSnapshots(grantee: IGrantable): Grant {
    return grantReadSnapshots(this.storage, grantee);
  }

  /** Lets somebody start nights by hand, look at them, redrive and stop them. */
  grantStartNights(grantee: IGrantable): Grant {
    return grantStartNights(this.stateMachine, this.functions['start-night'], grantee);
  }

  private resources(): Resources {
    const { partition, region, account } = Stack.of(this);
    const { bucket, encryptionKey, databaseName, workgroupName } = this.storage;
    return {
      partition,
      region,
      account,
      bucketArn: bucket.bucketArn,
      keyArn: encryptionKey.keyArn,
      databaseName,
      workgroupName,
      sources: this.sources,
      stateMachineName: this.name,
    };
  }

  private machine({ longestNightHours, width }: TidemarkNightlyProps): StateMachine {
    const names = [...new Set(MACHINE_FUNCTIONS)] as FunctionName[];
    const functions = names.map((name) => {
      const { version } = this.functions[name];
      return [name, { arn: version.functionArn, timeoutSeconds: FUNCTIONS[name].timeout * 60 }] as const;
    });
    const hours = longestNightHours ?? NIGHT_SECONDS / 3600;
    const definition = stateMachineDefinition({
      functions: Object.fromEntries(functions),
      timeoutSeconds: hours * 3600,
      ...(width !== undefined && { width }),
    });
    return new NightMachine(this, 'Machine', {
      name: this.name,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      tasks: names.map((name) => this.functions[name]),
      encryptionKey: this.storage.encryptionKey,
      rolePath: this.rolePath,
      timeout: Duration.hours(hours),
    }).stateMachine;
  }

  private startAndEnd({ startAt, definitions }: TidemarkNightlyProps): void {
    const { deadLetterQueue, rolePath, stateMachine, functions } = this;
    new NightSchedule(this, 'Schedule', {
      at: startAt ?? '03:30',
      timeZone: definitions.project.file.time_zone,
      startNight: functions['start-night'],
      deadLetterQueue,
      rolePath,
    });
    new NightRecovery(this, 'Recovery', { stateMachine, stopRun: functions['stop-run'], deadLetterQueue });
  }

  private grantInLakeFormation(links: ResourceLinks): void {
    const readers = Object.values(this.functions).filter(({ name }) => 'sources' in FUNCTIONS[name].rights);
    const grants = new LakeFormationGrants(this, 'LakeFormation', {
      roles: [...readers.map(({ role }) => role), this.operator.role],
      sources: this.sources,
    });
    grants.node.addDependency(links);
  }

  private watch(props: TidemarkNightlyProps): readonly Alarm[] {
    const { slowNightHours, bytesPerDay } = props;
    const limits = { longestNight: slowNightHours ?? 4, bytesPerDay: bytesPerDay ?? 1e12 };
    const metrics = new NightMetrics({
      serviceName: this.name,
      workgroupName: this.storage.workgroupName,
      stateMachine: this.stateMachine,
      sweepRuns: this.functions['sweep-runs'],
    });
    const { deadLetterQueue, alarmTopic } = this;
    const { alarms } = new NightAlarms(this, 'Watch', {
      ...limits,
      prefix: this.name,
      metrics,
      deadLetterQueue,
      topic: alarmTopic,
    });
    new NightDashboard(this, 'Dashboard', { ...limits, name: this.name, metrics, alarms });
    return alarms;
  }
}
