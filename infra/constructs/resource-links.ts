import { CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { SourceTables } from '../sources';

export interface ResourceLinksProps {
  sources: readonly SourceTables[];
}

/** Databases of other accounts, under names of this account's Glue catalog. A link holds no data: it may come and go. */
export class ResourceLinks extends Construct {
  constructor(scope: Construct, id: string, { sources }: ResourceLinksProps) {
    super(scope, id);
    const { account } = Stack.of(this);
    for (const { database, owner } of sources) {
      if (!owner) continue;
      new CfnResource(this, database, {
        type: 'AWS::Glue::Database',
        properties: {
          CatalogId: account,
          DatabaseInput: {
            Name: database,
            TargetDatabase: { CatalogId: owner.account, DatabaseName: owner.database ?? database },
          },
        },
      });
    }
  }
}
