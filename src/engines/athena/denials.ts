import { EngineError } from '../../core/errors';
import { placeOf, type Where } from './where';
import { isOwnFile } from './write';

const RIGHTS_OF_A_TABLE =
  'glue:GetTable and glue:GetPartitions on it, s3:GetObject and s3:ListBucket on its location, kms:Decrypt where a key encrypts it';

const CHANGES_A_TABLE = /^glue:(Batch)?(Create|Update|Delete)/;

/**
 * Who was refused what, by the words that AWS uses everywhere. The name of the caller is left out: the session of a
 * role often holds a person's e-mail address.
 *
 * @returns undefined where the text tells of no refusal.
 */
export function mapDenial(text: string, where: Where): EngineError | undefined {
  const [, action, resource] =
    /not authorized to perform: ([\w-]+:\w+)(?: (?:action )?on resource:? "?([^\s"]+))?/.exec(text) ?? [];
  if (action) return deniedAction(action, resource?.replace(/[.,;]+$/, ''), text, where);
  if (/Lake ?Formation permission|does not have any privilege on specified resource/i.test(text)) {
    return deniedByLakeFormation(text, where);
  }
  const isRefusal = /access ?denied|permission[ _]denied|Forbidden|Insufficient permissions to execute/i.test(text);
  return isRefusal ? deniedSomewhere(/s3:\/\/[^\s'",;)]+/.exec(text)?.[0], where) : undefined;
}

function deniedAction(action: string, resource: string | undefined, text: string, where: Where): EngineError {
  const [, database, name] = /:table\/([^/\s]+)\/([^/\s]+)$/.exec(resource ?? '') ?? [];
  const refused = `${action}${resource ? ` on ${resource}` : ''}`;
  const remedy = /explicit deny/i.test(text)
    ? `a policy denies ${refused} explicitly: take that out of the policy, or run as somebody else`
    : `allow ${refused} in the policy of the user or role that runs Tidemark${POLICIES[action.split(':')[0] as string] ?? ''}`;
  if (name) return deniedTable(`${database}.${name}`, `AWS refuses ${action}`, remedy);
  const found = `AWS refuses ${refused}`;
  const location = resource?.replace(/^arn:[\w-]+:s3:::/, 's3://');
  if (!isOfSource(action, location?.startsWith('s3://') ? location : undefined, where))
    return new EngineError({ code: 'access_denied', found, remedy, ...placeOf(where) });
  return deniedTable(onlyRead(where), where.reads ? `${found}, for ${oneOf(where)}` : found, remedy);
}

/** Where else the owner of a resource may have to say yes. */
const POLICIES: Readonly<Record<string, string>> = {
  s3: ' and, where the bucket is of another account or shuts others out, in the policy of the bucket',
  kms: ' and in the policy of the key; in a deployment, name the key under `keys` of its source',
};

const READS = /^(glue:|s3:(Get|List|Head)|kms:Decrypt|lakeformation:)/;

/** Reading a table takes rights at Glue, S3 and KMS; the same on files of the product is about its own place. */
function isOfSource(action: string, location: string | undefined, where: Where): boolean {
  const { table, bucket, key, root } = where;
  if (key !== undefined || !READS.test(action)) return false;
  if (root !== undefined) return location === undefined || !isOwnFile(location, root);
  if (table === undefined) return false;
  // Before a statement begins, Athena looks at the bucket of its results.
  return !where.action?.startsWith('athena:') || location?.split('/')[2] !== bucket;
}

function deniedByLakeFormation(text: string, where: Where): EngineError {
  const [, database, inDatabase] = /Database name: ([^,\s)]+),\s*Table Name: ([^,\s)]+)/i.exec(text) ?? [];
  const named = /(?:permission\(s\)(?:: Required [\w ]+?)? on|privilege on) (?!specified)([\w."-]+)/i.exec(text)?.[1];
  const table = inDatabase ? `${database}.${inDatabase}` : named;
  return deniedTable(
    table ?? onlyRead(where),
    `Lake Formation refuses ${table ? 'it' : oneOf(where)}`,
    'grant SELECT and DESCRIBE on it in Lake Formation to the user or role that runs Tidemark, and allow lakeformation:GetDataAccess',
  );
}

/** Where AWS does not say which table it means. */
const onlyRead = ({ table, reads }: Where): string | undefined => (reads?.length === 1 ? reads[0] : table);

function oneOf({ reads }: Where): string {
  return reads && reads.length > 0 ? `a table that the query reads: ${reads.join(', ')}` : 'a table of the query';
}

function deniedSomewhere(location: string | undefined, where: Where): EngineError {
  const { action, bucket } = where;
  if (isOfSource(action ?? 's3:GetObject', location, where)) {
    const what = action ? `(${action})` : `to ${oneOf(where)}`;
    const found = `access ${location ? `to ${location}${where.reads ? `, of ${oneOf(where)},` : ''}` : what} is refused`;
    const remedy =
      action !== undefined && CHANGES_A_TABLE.test(action)
        ? `allow ${action} on it, on its database and on the catalog to who runs Tidemark`
        : `allow who runs Tidemark what reading a table takes: ${RIGHTS_OF_A_TABLE}`;
    return deniedTable(onlyRead(where), found, remedy);
  }
  const needed = action ?? 's3:GetObject and s3:PutObject';
  return new EngineError({
    code: 'access_denied',
    found: `AWS refuses ${needed} on ${location ?? (bucket ? `s3://${bucket}` : 'what it is about')}`,
    remedy: `allow ${needed} in the policy of the user or role that runs Tidemark and in the policy of the bucket; s3:ListBucket too, without which S3 refuses what is not there, and kms:Decrypt and kms:GenerateDataKey where a key encrypts it`,
    ...placeOf(where),
  });
}

function deniedTable(table: string | undefined, found: string, remedy: string): EngineError {
  return new EngineError({ code: 'table_access_denied', found, remedy, ...placeOf({ table }) });
}
