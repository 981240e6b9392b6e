import { AccountRootPrincipal, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { FUNCTIONS, type FunctionFacts, type Rights } from '../functions';
import { type Resources, statementsFor } from '../permissions';

export interface OperatorRoleProps {
  rolePath: string;
  resources: Resources;
}

/**
 * For people at the command line (`tidemark doctor`, `push`, `run --engine athena`): what all functions together may do,
 * publish definitions, and try all of it out. Whoever the account allows to assume it, may.
 */
export class OperatorRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { rolePath, resources }: OperatorRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      path: rolePath,
      description: 'Tidemark at the command line',
      assumedBy: new AccountRootPrincipal(),
      inlinePolicies: { rights: new PolicyDocument({ statements: statementsFor(allRights(), resources) }) },
    });
  }
}

function allRights(): Rights {
  const all = Object.values(FUNCTIONS as Record<string, FunctionFacts>).map(({ rights }) => rights);
  const keys = (of: (rights: Rights) => readonly string[] | undefined): string[] => [
    ...new Set(all.flatMap((rights) => of(rights) ?? [])),
  ];
  return {
    reads: [...keys(({ reads }) => reads), 'doctor/*'],
    writes: [...keys(({ writes }) => writes), 'definitions/*', 'doctor/*'],
    deletes: [...keys(({ deletes }) => deletes), 'doctor/*'],
    queries: ['run', 'stop'],
    workgroup: true,
    sources: true,
    partitions: ['make', 'delete'],
    view: true,
    executions: true,
  };
}
