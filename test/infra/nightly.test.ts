import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledged } from '../../infra/acknowledgements';
import { FUNCTIONS, type FunctionName } from '../../infra/functions';
import type { Deployment } from '../../infra/settings';
import { addStacks } from '../../infra/stacks/add-stacks';
import { MACHINE_FUNCTIONS, type StateMachineDefinition, stateMachineDefinition } from '../../infra/state-machine';
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

  test('every file of functions/ is deployed, and nothing else, and none is longer than 40 lines', () => {
    const files = readdirSync(join(ROOT, 'functions')).filter((file) => !file.startsWith('_'));
    expect(Object.keys(FUNCTIONS).sort()).toEqual(files.map((file) => file.replace('.ts', '')).sort());
    for (const file of files) {
      const lines = readFileSync(join(ROOT, 'functions', file), 'utf8')
        .trimEnd()
        .split('\n').length;
      expect([file, lines <= 40]).toEqual([file, true]);
    }
  });

  test('what is deployed is the very machine that the lab executes, made from the list of steps', () => {
    const [machine] = resourcesOf(made.pipelineTemplate, 'AWS::StepFunctions::StateMachine');
    const definition = machine?.[1].Properties.DefinitionString as { 'Fn::Join': [string, unknown[]] } | undefined;
    const text = (definition?.['Fn::Join'][1] ?? [])
      .map((part) => (typeof part === 'string' ? part : (part as { Ref: string }).Ref))
      .join('');
    const deployed = JSON.parse(text) as StateMachineDefinition;
    const functions = MACHINE_FUNCTIONS.map((name) => {
      const arn = deployed.States[name]?.Resource as string;
      expect(arn).toContain(name.replaceAll('-', ''));
      return [name, { arn, timeoutSeconds: FUNCTIONS[name as FunctionName].timeout * 60 }] as const;
    });
    expect(deployed).toEqual(stateMachineDefinition({ functions: Object.fromEntries(functions) }));
  });

  test('the command line of CDK is pinned to a line that reads what its library writes, and told nothing of the product', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
    // Version 3.0.0, which npm calls the latest, refuses the assemblies of aws-cdk-lib 2.
    expect(read('package.json').devDependencies['aws-cdk']).toMatch(/^\^2\.1148\./);
    const flags = Object.keys(read('cdk.json').context);
    expect(flags.filter((flag) => !/^@aws-cdk(-containers)?\//.test(flag))).toEqual([]);
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
