import { RemovalPolicy } from 'aws-cdk-lib';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../src/core/snapshots/night-metrics';
import { FUNCTIONS, type FunctionName } from '../functions';
import type { Resources } from '../permissions';
import { PipelineFunction } from './pipeline-function';
import type { TidemarkStorage } from './tidemark-storage';

export type NightFunctions = Readonly<Record<FunctionName, PipelineFunction>>;

export interface PipelineFunctionsProps {
  /** Of the deployment: the dimension of its metrics, the service of its logs. */
  name: string;
  storage: TidemarkStorage;
  rolePath: string;
  deadLetterQueue: IQueue;
  resources: Resources;
  hashSaltSecret?: ISecret;
}

/** Those that nobody waits for: what they fail on goes to the dead letters. */
const CALLED_BY_EVENTS: readonly FunctionName[] = ['start-night', 'stop-run'];

/** Every function of FUNCTIONS, with one log for all: a night is read in one place. */
export class PipelineFunctions extends Construct {
  readonly functions: NightFunctions;
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: PipelineFunctionsProps) {
    super(scope, id);
    const { storage, rolePath, resources, deadLetterQueue } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.SIX_MONTHS,
      encryptionKey: storage.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.logGroup = logGroup as ILogGroup;
    const make = (name: FunctionName): PipelineFunction =>
      new PipelineFunction(this, name, {
        name,
        environment: environmentOf(name, props),
        encryptionKey: storage.encryptionKey,
        logGroup,
        resources,
        rolePath,
        ...(CALLED_BY_EVENTS.includes(name) ? { deadLetterQueue } : {}),
      });
    const names = Object.keys(FUNCTIONS) as FunctionName[];
    this.functions = Object.fromEntries(names.map((name) => [name, make(name)])) as NightFunctions;
  }
}

function environmentOf(name: FunctionName, props: PipelineFunctionsProps): Record<string, string> {
  const { storage, resources, hashSaltSecret } = props;
  const { partition, region, account, stateMachineName } = resources;
  return {
    TIDEMARK_OUT: `s3://${storage.bucket.bucketName}`,
    TIDEMARK_WORKGROUP: storage.workgroupName,
    TIDEMARK_DATABASE: storage.databaseName,
    POWERTOOLS_SERVICE_NAME: props.name,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    // Of the name, not of the machine: the machine names functions, and each would wait for the other.
    ...(name === 'start-night'
      ? { STATE_MACHINE_ARN: `arn:${partition}:states:${region}:${account}:stateMachine:${stateMachineName}` }
      : {}),
    // Resolved when deploying; the template holds the reference alone.
    ...(hashSaltSecret && 'sources' in FUNCTIONS[name].rights
      ? { TIDEMARK_HASH_SALT: hashSaltSecret.secretValue.unsafeUnwrap() }
      : {}),
  };
}
