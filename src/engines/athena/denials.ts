import { EngineError } from '../../core/errors';
import { placeOf, type Where } from './where';

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
    : `allow ${refused} in the policy of the user or role that runs Tidemark`;
  if (name) return deniedTable(`${database}.${name}`, `AWS refuses ${action}`, remedy);
  const found = `AWS refuses ${refused}`;
  if (isOfSource(action, resource, where)) return deniedTable(where.table, found, remedy);
  return new EngineError({ code: 'access_denied', found, remedy, ...placeOf(where) });
}

/** Reading a table takes rights at Glue, S3 and KMS; in the product's own bucket the same is about its own files. */
function isOfSource(action: string, resource: string | undefined, { table, bucket, key }: Where): boolean {
  if (table === undefined || key !== undefined || !/^(glue|s3|kms|lakeformation):/.test(action)) return false;
  return !/^arn:[\w-]+:s3:/.test(resource ?? '') || !resource?.includes(`:::${bucket}`);
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
  const isOurs = location?.startsWith(`s3://${bucket}/`) === true;
  if (action === undefined ? !isOurs : isOfSource(action, undefined, where)) {
    const what = action ? `(${action})` : `to ${oneOf(where)}`;
    const found = `access ${location ? `to ${location}` : what} is refused`;
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
