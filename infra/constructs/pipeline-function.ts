import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Effect, type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type IVersion, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { BUNDLING } from '../bundling';
import { FUNCTIONS, type FunctionName } from '../functions';
import { type Resources, statementsFor } from '../permissions';

const ROOT = join(__dirname, '..', '..');

export interface PipelineFunctionProps {
  name: FunctionName;
  environment: Record<string, string>;
  /** Encrypts the environment. */
  encryptionKey: IKey;
  logGroup: ILogGroup;
  resources: Resources;
  /** IAM path of its role, such as /tidemark/corner-store/. */
  rolePath: string;
  /**
   * Takes events that it failed on when it is called asynchronously.
   * @default none: whoever calls it waits for its answer
   */
  deadLetterQueue?: IQueue;
}

/**
 * A function of functions/, bundled by the local esbuild (bundling.ts), under a role with exactly the rights that its entry in
 * FUNCTIONS names. What calls it calls `version`: published, and kept when a later one is deployed, so that a night under
 * way goes on with the code it began with.
 */
export class PipelineFunction extends Construct {
  readonly name: FunctionName;
  readonly version: IVersion;
  /** Of every version there ever was: a night under way calls the one it began with. */
  readonly anyVersionArn: string;
  readonly role: IRole;
  /** Calls of any version that ended in an error. */
  readonly errors: (options: MetricOptions) => Metric;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const { name, deadLetterQueue } = props;
    const { description, memory, timeout } = FUNCTIONS[name];
    const role = this.makeRole(props);
    const made = new NodejsFunction(this, 'Function', {
      description,
      entry: join(ROOT, 'functions', `${name}.ts`),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout: Duration.minutes(timeout),
      environment: props.environment,
      environmentEncryption: props.encryptionKey,
      logGroup: props.logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      // Its rights are all written out below; nothing may add to them in passing.
      role: role.withoutPolicyUpdates(),
      currentVersionOptions: {
        removalPolicy: RemovalPolicy.RETAIN,
        ...(deadLetterQueue ? { onFailure: new SqsDestination(deadLetterQueue), retryAttempts: 2 } : {}),
      },
      bundling: {
        ...BUNDLING,
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        minify: true,
        bundleAwsSDK: true,
      },
    });
    this.name = name;
    this.role = role;
    // CDK's class and its interface differ over what may be undefined.
    this.version = made.currentVersion as IVersion;
    this.anyVersionArn = `${made.functionArn}:*`;
    this.errors = (options) => made.metricErrors(options);
  }

  private makeRole({ name, logGroup, resources, rolePath, deadLetterQueue }: PipelineFunctionProps): Role {
    return new Role(this, 'Role', {
      path: rolePath,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do`,
      inlinePolicies: {
        rights: new PolicyDocument({
          statements: [
            ...runtimeStatements(logGroup, resources.keyArn, deadLetterQueue),
            ...statementsFor(FUNCTIONS[name].rights, resources),
          ],
        }),
      },
    });
  }
}

/** Of every function: its log, its traces, its environment. */
function runtimeStatements(
  logGroup: ILogGroup,
  keyArn: string,
  deadLetterQueue: IQueue | undefined,
): PolicyStatement[] {
  const allow = (sid: string, actions: string[], resource: string) =>
    new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources: [resource] });
  return [
    // The ARN of a log group ends in :*, which stands for its streams.
    allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
    // X-Ray has no resources to name.
    allow('WriteTraces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
    allow('ReadEnvironment', ['kms:Decrypt'], keyArn),
    ...(deadLetterQueue ? [allow('KeepFailedEvents', ['sqs:SendMessage'], deadLetterQueue.queueArn)] : []),
  ];
}
