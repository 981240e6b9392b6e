import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS } from '../../infra/functions';
import { type Call, isAllowed } from './policy-evaluator';
import { OWN, type Role, rolesOf } from './roles';
import { exampleDeployment, synthesise } from './support';

/** What the tests of policies ask of the synthesised roles of examples/deploy. */

/** Calls as test/lab/athena/night-calls.lab.ts recorded them on a real engine; the names are those of its own shop. */
export interface NightCall extends Call {
  function: string;
  by: 'sdk' | 'implied';
}
export const RECORDED = JSON.parse(readFileSync(join(__dirname, 'night-calls.json'), 'utf8')) as NightCall[];

export const KEY_OF_LAKE = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
/** The recorded names in the words of examples/deploy. */
const NAMES: Readonly<Record<string, string>> = {
  'workgroup/night': 'workgroup/tidemark-corner-store',
  'stateMachine:night': 'stateMachine:corner-store',
  own_database: 'tidemark_corner_store',
  'arn:aws:kms:eu-central-1:123456789012:key/source': KEY_OF_LAKE,
  'lake-bucket': 'corner-store-lake',
};
const translated = (text: string): string =>
  Object.entries(NAMES).reduce((found, [name, stands]) => found.replaceAll(name, stands), text);

export interface Deployed {
  roles: Role[];
  /** Of a function, or `operator`. */
  roleOf(name: string): Role;
  may(name: string, call: Call): boolean;
}

export async function deployedRoles(): Promise<Deployed> {
  const { pipelineTemplate, storageTemplate } = synthesise(await exampleDeployment());
  const roles = rolesOf(pipelineTemplate, storageTemplate);
  const roleOf = (name: string): Role => {
    const wanted = name === 'operator' ? 'Tidemark at the command line' : `What ${name} may do`;
    const found = roles.find(({ description }) => description === wanted);
    if (!found) throw new Error(`there is no role of ${name}`);
    return found;
  };
  return { roles, roleOf, may: (name, call) => isAllowed(roleOf(name).statements, call) };
}

/** What S3 asks of KMS in the caller's name, because the bucket is encrypted. */
function withKeys(call: NightCall): NightCall[] {
  const [resource = ''] = call.resources;
  const key = resource.includes(':::own-bucket/') ? OWN.key : resource.includes('lake/') ? KEY_OF_LAKE : undefined;
  if (key === undefined) return [call];
  const kms = (action: string): NightCall => ({ ...call, action, resources: [key], context: {} });
  return [call, kms('kms:Decrypt'), ...(call.action === 's3:PutObject' ? [kms('kms:GenerateDataKey')] : [])];
}

export const object = (key: string, bucket: string = OWN.bucket): string => `arn:aws:s3:::${bucket}/${key}`;
export const own = (service: string, rest: string): string => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
export const glue = (database: string, table: string): string[] => [
  own('glue', 'catalog'),
  own('glue', `database/${database}`),
  own('glue', `table/${database}/${table}`),
];

/** Every function. */
export const EVERYBODY = Object.keys(FUNCTIONS);
/** What was recorded, in the words of examples/deploy, with what S3 asks of KMS because of it. */
export const recordedCalls = (): NightCall[] =>
  RECORDED.flatMap(withKeys).map((call) => ({
    ...call,
    resources: call.resources.map(translated),
    context: Object.fromEntries(
      Object.entries(call.context ?? {}).map(([key, value]) => [key, translated(String(value))]),
    ),
  }));
