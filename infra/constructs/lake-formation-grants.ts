import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnPrincipalPermissions } from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import type { SourceTables } from '../sources';

export interface LakeFormationGrantsProps {
  /** Who reads the sources. */
  roles: readonly IRole[];
  sources: readonly SourceTables[];
}

/**
 * SELECT and DESCRIBE on the source tables, in Lake Formation's own books. Whoever deploys must be an administrator of the
 * data lake, or hold these rights with the right to pass them on.
 */
export class LakeFormationGrants extends Construct {
  constructor(scope: Construct, id: string, { roles, sources }: LakeFormationGrantsProps) {
    super(scope, id);
    for (const [index, role] of roles.entries()) for (const source of sources) this.grant(role, index, source);
  }

  private grant(role: IRole, index: number, { database, tables, owner }: SourceTables): void {
    const { account } = Stack.of(this);
    const principal = { dataLakePrincipalIdentifier: role.roleArn };
    const give = (name: string, permissions: string[], resource: CfnPrincipalPermissions.ResourceProperty): void => {
      new CfnPrincipalPermissions(this, `${name}${index}`, {
        catalog: account,
        principal,
        permissions,
        permissionsWithGrantOption: [],
        resource,
      });
    };
    // Of a link itself there is nothing but its description to grant; what it points at is granted where it is.
    give(`${database}-`, ['DESCRIBE'], { database: { catalogId: account, name: database } });
    const databaseName = owner?.database ?? database;
    for (const name of tables) {
      give(`${database}-${name}-`, ['SELECT', 'DESCRIBE'], {
        table: { catalogId: owner?.account ?? account, databaseName, name },
      });
    }
  }
}
