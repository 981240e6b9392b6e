import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Deployment } from '../../infra/settings';
import { loadSettings } from '../../infra/settings';
import { addStacks, type Stacks } from '../../infra/stacks/add-stacks';

export const ROOT = join(__dirname, '..', '..');
export const EXAMPLE = join(ROOT, 'examples', 'deploy', 'deploy.yml');

/**
 * What CloudFormation itself would say of a template is checked by `npm run synth` (test/infra/synth.lab.ts): loading those
 * rules takes most of a synthesis.
 */
process.env.CDK_VALIDATION = 'false';

/** The flags of cdk.json, but no bundling: bundles have tests of their own. */
export function newApp(): App {
  const { context } = require('../../cdk.json') as { context: Record<string, unknown> };
  const outdir = mkdtempSync(join(tmpdir(), 'tidemark-infra-'));
  return new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
}

export interface Synthesised extends Stacks {
  app: App;
  storageTemplate: Template;
  pipelineTemplate: Template;
}

/** Both stacks of a deployment; throws where cdk-nag has a finding without a reason. */
export function synthesise(deployment: Deployment): Synthesised {
  const app = newApp();
  const stacks = addStacks(app, deployment);
  app.synth();
  return {
    ...stacks,
    app,
    storageTemplate: Template.fromStack(stacks.storage),
    pipelineTemplate: Template.fromStack(stacks.pipeline),
  };
}

export const exampleDeployment = (): Promise<Deployment> => loadSettings(EXAMPLE);

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** Resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}
