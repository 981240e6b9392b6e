import { type Stage, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Acknowledgements } from '../acknowledgements';
import type { Deployment } from '../settings';
import { PipelineStack } from './pipeline-stack';
import { StorageStack } from './storage-stack';

export interface Stacks {
  storage: StorageStack;
  pipeline: PipelineStack;
}

/** Both stacks of a deployment, checked by cdk-nag: a finding that nobody has given a reason for fails the synthesis. */
export function addStacks(app: Stage, deployment: Deployment): Stacks {
  const { name, account, region } = deployment.settings;
  const env = { account, region };
  const tags = { tidemark: name };
  const storage = new StorageStack(app, `${name}-storage`, {
    deployment,
    env,
    tags,
    description: 'Tidemark: snapshots, tables and workgroup. Keeps its data when deleted.',
  });
  const pipeline = new PipelineStack(app, `${name}-pipeline`, {
    deployment,
    storage: storage.storage,
    env,
    tags,
    description: 'Tidemark: the nightly run',
  });
  Validations.of(app).addPlugins(new Acknowledgements(), new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { storage, pipeline };
}
