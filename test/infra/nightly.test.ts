import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledged } from '../../infra/acknowledgements';
import { TidemarkNightly } from '../../infra/constructs/tidemark-nightly';
import type { TidemarkNightlyProps } from '../../infra/constructs/tidemark-nightly-props';
import { FUNCTIONS } from '../../infra/functions';
import type { Deployment } from '../../infra/settings';
import { addStacks } from '../../infra/stacks/add-stacks';
import { NIGHT_METRICS } from '../../src/core/snapshots/night-metrics';
import { exampleDeployment, newApp, ROOT, resourcesOf, type Synthesised, synthesise } from './support';

let deployment: Deployment;
let made: Synthesised;
beforeAll(async () => {
  deployment = await exampleDeployment();
  made = synthesise(deployment);
});

const machineText = (): string => {
  const [machine] = resourcesOf(made.pipelineTemplate, 'AWS::StepFunctions::StateMachine');
  return JSON.stringify(machine?.[1].Properties.DefinitionString);
};

describe('the two stacks of a deployment', () => {
  test('cdk-nag has no finding without a reason, and this is every reason there is', () => {
    const ids = new Map<string, number>();
    for (const { id, reason } of acknowledged(made.app)) {
      expect(reason.length).toBeGreaterThan(20);
      const rule = id.replace(/\[Resource::.*(\*|\/[a-z-]+\/\*)\]$/, '[...$1]');
      ids.set(rule, (ids.get(rule) ?? 0) + 1);
    }
    expect(Object.fromEntries([...ids].sort())).toMatchSnapshot();
  });

  test('a wildcard that nobody has given a reason for fails the synthesis', () => {
    const app = newApp();
    const { pipeline } = addStacks(app, deployment);
    pipeline.nightly.operator.role.addToPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::somewhere/*'] }),
    );
    const silent = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(() => app.synth()).toThrow(/wildcard permissions[\s\S]*arn:aws:s3:::somewhere/);
    silent.mockRestore();
  });

  test('every function is Node 24 on arm64, traced, and called by a version that is kept', () => {
    const functions = resourcesOf(made.pipelineTemplate, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(Object.keys(FUNCTIONS).length);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        Environment: {
          Variables: {
            TIDEMARK_WORKGROUP: 'tidemark-corner-store',
            TIDEMARK_DATABASE: 'tidemark_corner_store',
            POWERTOOLS_SERVICE_NAME: 'corner-store',
            POWERTOOLS_METRICS_NAMESPACE: 'Tidemark',
          },
        },
      });
      expect(JSON.stringify(Properties.Environment)).toContain('"s3://"');
    }
    const versions = resourcesOf(made.pipelineTemplate, 'AWS::Lambda::Version');
    expect(versions).toHaveLength(functions.length);
    for (const [, version] of versions) expect(version).toMatchObject({ DeletionPolicy: 'Retain' });
    const definition = machineText();
    for (const [id] of functions.filter(([each]) => !/startnight|stoprun/.test(each))) {
      const version = id.replace(/[0-9A-F]{8}$/, 'CurrentVersion');
      expect([id, definition.includes(`"Ref":"${version}`)]).toEqual([id, true]);
      expect([id, definition.includes(`["${id}","Arn"]`)]).toEqual([id, false]);
    }
  });

  test('the machine is logged whole but without its data, traced, and ended in time', () => {
    made.pipelineTemplate.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'corner-store',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
    expect(machineText()).toMatch(/TimeoutSeconds\\":72000/);
  });

  test("a night starts in the shop's time zone, with few retries, and what cannot start is kept", () => {
    made.pipelineTemplate.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Vienna',
      State: 'ENABLED',
      Target: {
        Input: '{"scheduled_time":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: Match.anyValue(),
      },
    });
  });

  test('what failed, timed out or was aborted is cleared up by a rule, whose failures are kept', () => {
    made.pipelineTemplate.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
    const invoked = resourcesOf(made.pipelineTemplate, 'AWS::Lambda::EventInvokeConfig');
    expect(invoked).toHaveLength(2);
    for (const [, { Properties }] of invoked) expect(Properties).toMatchObject({ MaximumRetryAttempts: 2 });
  });

  test('a database of another account is a link to it', () => {
    made.pipelineTemplate.hasResourceProperties('AWS::Glue::Database', {
      DatabaseInput: { Name: 'crm', TargetDatabase: { CatalogId: '210987654321', DatabaseName: 'customer_data' } },
    });
  });

  test('no value of the templates is somebody: the alarm address stands in the subscription alone', () => {
    const text = JSON.stringify(made.pipelineTemplate.toJSON());
    expect(text.split('data@corner-store.example')).toHaveLength(2);
  });
});

describe('alarms', () => {
  const alarmsOf = (template: Template) =>
    resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties as Record<string, unknown>);

  test('each has its section in the runbook, and no section is of an alarm that is gone', () => {
    const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');
    const sections = [...runbook.matchAll(/^## `([a-z-]+)`$/gm)].map(([, name]) => name);
    const names = alarmsOf(made.pipelineTemplate).map(({ AlarmName }) =>
      String(AlarmName).replace('corner-store-', ''),
    );
    expect([...sections].sort()).toEqual([...names].sort());
    for (const name of names) {
      const section = runbook.split(`## \`${name}\``)[1]?.split('\n## ')[0] ?? '';
      expect([name, /\*\*Means\.\*\*/.test(section), /\*\*Do\.\*\*/.test(section)]).toEqual([name, true, true]);
    }
  });

  test('all of them tell the topic, when they begin and when they end', () => {
    const alarms = alarmsOf(made.pipelineTemplate);
    expect(alarms).toHaveLength(9);
    for (const alarm of alarms) {
      expect(alarm.AlarmActions).toHaveLength(1);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
    }
  });

  test('silence is bad where a night should have been published, and good everywhere else', () => {
    for (const alarm of alarmsOf(made.pipelineTemplate)) {
      const isMissing = String(alarm.AlarmName).endsWith('night-missing');
      expect([alarm.AlarmName, alarm.TreatMissingData]).toEqual([
        alarm.AlarmName,
        isMissing ? 'breaching' : 'notBreaching',
      ]);
    }
    made.pipelineTemplate.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'corner-store-night-missing',
      Namespace: 'Tidemark',
      MetricName: NIGHT_METRICS.runDateAge,
      Dimensions: [{ Name: 'service', Value: 'corner-store' }],
      Statistic: 'Minimum',
      Period: 3600,
      EvaluationPeriods: 26,
      DatapointsToAlarm: 26,
      Threshold: 26 * 3600,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('the dashboard shows every number that is measured', () => {
    const [dashboard] = resourcesOf(made.pipelineTemplate, 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard?.[1].Properties.DashboardBody);
    const { gateClosed, ...shown } = NIGHT_METRICS;
    for (const name of Object.values(shown)) expect([name, body.includes(name)]).toEqual([name, true]);
    for (const name of ['ExecutionTime', 'ProcessedBytes']) expect([name, body.includes(name)]).toEqual([name, true]);
  });
});

describe('in an app of somebody else', () => {
  const props = (more: Partial<TidemarkNightlyProps> = {}): TidemarkNightlyProps => ({
    definitions: deployment.definitions,
    sources: deployment.settings.sources.map(({ owner, ...source }) => source),
    ...more,
  });
  const stackIn = (app: App): Stack =>
    new Stack(app, 'Theirs', { env: { account: '123456789012', region: 'eu-central-1' } });

  test('two stand in one stack: no name is used twice', () => {
    const stack = stackIn(newApp());
    new TidemarkNightly(stack, 'One', props());
    new TidemarkNightly(stack, 'Other', props());
    const { Resources } = Template.fromStack(stack).toJSON() as {
      Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
    };
    const names = Object.values(Resources).flatMap(({ Type, Properties }) => {
      const input = (Properties?.DatabaseInput ?? {}) as { Name?: string };
      const tableOf = Properties?.DatabaseName as string | undefined;
      const table = (Properties?.TableInput as { Name?: string } | undefined)?.Name;
      const named = [
        ...Object.entries(Properties ?? {}).flatMap(([key, value]) =>
          /^(Name|BucketName|FunctionName|RoleName|TopicName|QueueName|AlarmName|DashboardName|LogGroupName|StateMachineName)$/.test(
            key,
          ) && typeof value === 'string'
            ? [value]
            : [],
        ),
        ...(input.Name ? [input.Name] : []),
        ...(table ? [`${tableOf}.${table}`] : []),
      ];
      return named.map((name) => `${Type} ${name}`);
    });
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('it reads no environment, so that two synths of one app are the same', () => {
    const templateWith = (environment: Record<string, string>): unknown => {
      const before = { ...process.env };
      Object.assign(process.env, environment);
      const stack = stackIn(newApp());
      new TidemarkNightly(stack, 'Nightly', props());
      process.env = before;
      return Template.fromStack(stack).toJSON();
    };
    expect(templateWith({ AWS_REGION: 'us-east-1', TIDEMARK_DATABASE: 'x', CDK_DEFAULT_ACCOUNT: '1' })).toEqual(
      templateWith({}),
    );
  });

  test('defaults: half past three, nobody told, no salt, no Lake Formation', () => {
    const stack = stackIn(newApp());
    new TidemarkNightly(stack, 'Nightly', props());
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(30 3 * * ? *)' });
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    template.resourceCountIs('AWS::LakeFormation::PrincipalPermissions', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('TIDEMARK_HASH_SALT');
  });

  test('everything can be said otherwise', () => {
    const stack = stackIn(newApp());
    const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:salt-AbCdEf';
    new TidemarkNightly(stack, 'Nightly', {
      ...props({ name: 'mine', startAt: '05:05', alarmEmails: ['a@b.example', 'c@d.example'] }),
      slowNightHours: 0.5,
      longestNightHours: 6,
      bytesPerDay: 1,
      lakeFormation: true,
      hashSaltSecret: Secret.fromSecretCompleteArn(stack, 'Salt', secret),
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(5 5 * * ? *)' });
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'mine-night-slow', Threshold: 1_800_000 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'mine-bytes-scanned', Threshold: 1 });
    const salted = resourcesOf(template, 'AWS::Lambda::Function').filter(([, { Properties }]) =>
      JSON.stringify(Properties.Environment).includes(`{{resolve:secretsmanager:${secret}`),
    );
    const readers = Object.values(FUNCTIONS).filter(({ rights }) => 'sources' in rights);
    expect(salted).toHaveLength(readers.length);
    const grants = resourcesOf(template, 'AWS::LakeFormation::PrincipalPermissions').map(([, each]) => each.Properties);
    // Every reader and the operator: two databases and three tables.
    expect(grants).toHaveLength((readers.length + 1) * 5);
    for (const { Permissions } of grants) expect([['DESCRIBE'], ['SELECT', 'DESCRIBE']]).toContainEqual(Permissions);
  });

  test('a start that clocks skip, and a database that was not granted, are refused', () => {
    const stack = stackIn(newApp());
    expect(() => new TidemarkNightly(stack, 'One', props({ startAt: '02:30' }))).toThrow(
      /does not exist in Europe\/Vienna/,
    );
    expect(() => new TidemarkNightly(stack, 'Two', props({ sources: [] }))).toThrow(
      /reads the Glue database shop, crm/,
    );
    expect(() => new TidemarkNightly(stack, 'Three', props({ startAt: 'noon' }))).toThrow(/write HH:MM/);
  });

  test('grants: readers of snapshots see what is published alone; starters call one function', () => {
    const stack = stackIn(newApp());
    const nightly = new TidemarkNightly(stack, 'Nightly', props({ name: 'mine' }));
    const reader = new Role(stack, 'Reader', { assumedBy: new AccountPrincipal('123456789012') });
    const starter = new Role(stack, 'Starter', { assumedBy: new AccountPrincipal('123456789012') });
    nightly.grantReadSnapshots(reader);
    nightly.grantStartNights(starter);
    const policies = resourcesOf(Template.fromStack(stack), 'AWS::IAM::Policy').map(([, { Properties }]) =>
      JSON.stringify(Properties),
    );
    const [ofReader, ofStarter] = ['Reader', 'Starter'].map((name) =>
      policies.find((text) => text.includes(`"${name}`)),
    );
    expect(ofReader).toContain('/tables/people/*');
    expect(ofReader).not.toMatch(/tables\/stg_|runs\/\*|_attempts|PutObject|Delete|Update|Create/);
    expect(ofStarter).toContain('states:RedriveExecution');
    expect(ofStarter).not.toMatch(/s3:|glue:|athena:/);
  });
});
