import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { TidemarkNightly } from '../../infra/constructs/tidemark-nightly';
import type { TidemarkNightlyProps } from '../../infra/constructs/tidemark-nightly-props';
import { FUNCTIONS } from '../../infra/functions';
import type { Deployment } from '../../infra/settings';
import { exampleDeployment, newApp, resourcesOf } from './support';

/** TidemarkNightly in an app of somebody else. */
let deployment: Deployment;
beforeAll(async () => {
  deployment = await exampleDeployment();
});

const props = (more: Partial<TidemarkNightlyProps> = {}): TidemarkNightlyProps => ({
  definitions: deployment.definitions,
  sources: deployment.settings.sources.map(({ owner, ...source }) => source),
  ...more,
});
const stackIn = (app: App): Stack =>
  new Stack(app, 'Theirs', {
    env: { account: '123456789012', region: 'eu-central-1' },
    suppressTemplateIndentation: true,
  });

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
    width: 3,
    bytesPerDay: 1,
    lakeFormation: true,
    hashSaltSecret: Secret.fromSecretCompleteArn(stack, 'Salt', secret),
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(5 5 * * ? *)' });
  template.resourceCountIs('AWS::SNS::Subscription', 2);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'mine-night-slow', Threshold: 1_800_000 });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'mine-bytes-scanned', Threshold: 1 });
  const machines = resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(([, each]) => each.Properties);
  expect(JSON.stringify(machines).replaceAll('\\', '')).toContain('"width":3');
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
  expect(() => new TidemarkNightly(stack, 'Two', props({ sources: [] }))).toThrow(/reads the Glue database shop, crm/);
  expect(() => new TidemarkNightly(stack, 'Three', props({ startAt: 'noon' }))).toThrow(/write HH:MM/);
  expect(() => new TidemarkNightly(stack, 'Four', props({ name: 'a shop' }))).toThrow(/letters, digits and hyphens/);
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
  const [ofReader, ofStarter] = ['Reader', 'Starter'].map((name) => policies.find((text) => text.includes(`"${name}`)));
  expect(ofReader).toContain('/tables/people/*');
  expect(ofReader).not.toMatch(/tables\/stg_|runs\/\*|_attempts|PutObject|Delete|Update|Create/);
  expect(ofStarter).toContain('states:RedriveExecution');
  expect(ofStarter).not.toMatch(/s3:|glue:|athena:/);
});
