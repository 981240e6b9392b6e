import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DefinitionErrors, TidemarkError } from '../src/core/errors';
import { loadSettings } from './settings';
import { writeSourcePolicies } from './source-policies';
import { addStacks } from './stacks/add-stacks';

const ROOT = join(__dirname, '..');
const EXAMPLE = join(ROOT, 'examples', 'deploy', 'deploy.yml');

/** The only `new App`: `cdk` calls it with the folder it wants the templates in. Settings: `-c settings=FILE`, else deploy.yml. */
async function main(): Promise<void> {
  const app = new App();
  const deployment = await loadSettings(settingsFile(app.node.tryGetContext('settings')));
  const { pipeline } = addStacks(app, deployment);
  const { directory } = app.synth();
  const { partition, region, account } = pipeline;
  const { sources, rolePath } = pipeline.nightly;
  writeSourcePolicies(directory, sources, { partition: pipeline.resolve(partition), region, account, rolePath });
}

function settingsFile(given: unknown): string {
  if (typeof given === 'string') return given;
  const own = join(ROOT, 'deploy.yml');
  if (existsSync(own)) return own;
  console.error('There is no deploy.yml: these are the templates of examples/deploy, which nobody can deploy.');
  return EXAMPLE;
}

/** Each mistake with its own remedy: the same command tells whether they are mended. */
function told(error: TidemarkError): string {
  return error instanceof DefinitionErrors ? error.errors.map(({ message }) => message).join('\n') : error.message;
}

main().catch((error: unknown) => {
  // A mistake in the settings is told without a trace of calls.
  console.error(error instanceof TidemarkError ? told(error) : error);
  process.exitCode = error instanceof TidemarkError ? error.exitCode : 1;
});
