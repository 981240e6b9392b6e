import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TidemarkStorage } from '../constructs/tidemark-storage';
import type { Deployment } from '../settings';

export interface StorageStackProps extends StackProps {
  deployment: Deployment;
}

/** What must never be lost. Deployed first; deleted only after its protection was taken away, and even then its data stay. */
export class StorageStack extends Stack {
  readonly storage: TidemarkStorage;

  constructor(scope: Construct, id: string, { deployment, ...props }: StorageStackProps) {
    // Tables have many columns, and CloudFormation takes a megabyte.
    super(scope, id, { ...props, terminationProtection: true, suppressTemplateIndentation: true });
    const { settings, definitions } = deployment;
    this.storage = new TidemarkStorage(this, 'Storage', {
      models: definitions.models,
      databaseName: settings.database ?? `tidemark_${settings.name.replaceAll('-', '_')}`,
      workgroupName: `tidemark-${settings.name}`,
      bytesPerQuery: Math.round(settings.limits.gigabytes_a_query * 1e9),
    });
  }
}
