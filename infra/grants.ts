import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { PipelineFunction } from './constructs/pipeline-function';
import type { TidemarkStorage } from './constructs/tidemark-storage';

/**
 * Lets somebody read what is published: the files, and the public views through Athena with a workgroup of their own.
 * Working tables and notes of runs are not among it.
 */
export function grantReadSnapshots(storage: TidemarkStorage, grantee: IGrantable): Grant {
  const { bucket, encryptionKey, databaseName, catalog } = storage;
  const { partition, region, account } = Stack.of(storage);
  const glue = `arn:${partition}:glue:${region}:${account}`;
  const published = catalog.definitions.views.map(({ name }) => name);
  const tables = ['current_run', ...published.flatMap((name) => [name, `${name}_runs`])];
  const give = (actions: string[], resourceArns: string[]): Grant =>
    Grant.addToPrincipal({ grantee, actions, resourceArns });
  return give(
    ['s3:GetObject'],
    ['current.json', 'manifests/*', ...published.map((name) => `tables/${name}/*`)].map((key) =>
      bucket.arnForObjects(key),
    ),
  )
    .combine(give(['s3:ListBucket', 's3:GetBucketLocation'], [bucket.bucketArn]))
    .combine(give(['kms:Decrypt'], [encryptionKey.keyArn]))
    .combine(
      give(
        ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions'],
        [
          `${glue}:catalog`,
          `${glue}:database/${databaseName}`,
          ...tables.map((name) => `${glue}:table/${databaseName}/${name}`),
        ],
      ),
    );
}

/** Lets somebody call the function that starts nights, and look at, redrive and stop executions. */
export function grantStartNights(
  stateMachine: IStateMachine,
  startNight: PipelineFunction,
  grantee: IGrantable,
): Grant {
  const { stateMachineArn } = stateMachine;
  const executions = Stack.of(stateMachine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${Stack.of(stateMachine).splitArn(stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const give = (actions: string[], resourceArns: string[]): Grant =>
    Grant.addToPrincipal({ grantee, actions, resourceArns });
  return give(['lambda:InvokeFunction'], [startNight.version.functionArn])
    .combine(give(['states:ListExecutions'], [stateMachineArn]))
    .combine(
      give(
        ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:RedriveExecution', 'states:StopExecution'],
        [executions],
      ),
    );
}
