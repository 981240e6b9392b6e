/** One call to AWS: made by a client of the double, or by Athena in the caller's name because of a statement. */
export interface RecordedCall {
  by: 'sdk' | 'implied';
  /** athena, glue, s3, kms or lakeformation. */
  service: string;
  /** As IAM policies name it: `s3:GetObject`. */
  action: string;
  /** ARNs of what it is about. */
  resources: string[];
  /** Execution id of the statement that implied it. */
  statement?: string;
  /** Condition keys that policies may ask for: `s3:prefix` of a listing. */
  context?: Record<string, string>;
}

/** Names of resources as IAM policies write them. */
export interface Arns {
  workgroup(name: string): string;
  dataCatalog(name: string): string;
  /** Glue checks a call against the catalog, the database and the table. */
  glue(database?: string, table?: string): string[];
  bucket(name: string): string;
  object(bucket: string, key: string): string;
}

export function arnsOf(region: string, account: string): Arns {
  const own = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;
  return {
    workgroup: (name) => own('athena', `workgroup/${name}`),
    dataCatalog: (name) => own('athena', `datacatalog/${name}`),
    glue: (database, table) => [
      own('glue', 'catalog'),
      ...(database ? [own('glue', `database/${database}`)] : []),
      ...(database && table ? [own('glue', `table/${database}/${table}`)] : []),
    ],
    bucket: (name) => `arn:aws:s3:::${name}`,
    object: (bucket, key) => `arn:aws:s3:::${bucket}/${key}`,
  };
}

/** Keeps what was called, in order. */
export class Recording {
  readonly calls: RecordedCall[] = [];
  readonly #implied = new Set<string>();

  sdk(action: string, resources: string[], context?: Record<string, string>): void {
    const service = action.split(':')[0] as string;
    this.calls.push({ by: 'sdk', service, action, resources, ...(context && { context }) });
  }

  /** Once a statement, action and resources, however often the engine asked. */
  implied(statement: string, action: string, resources: string[], context?: Record<string, string>): void {
    const key = [statement, action, ...resources, ...Object.values(context ?? {})].join(' ');
    if (this.#implied.has(key)) return;
    this.#implied.add(key);
    const service = action.split(':')[0] as string;
    this.calls.push({ by: 'implied', service, action, resources, statement, ...(context && { context }) });
  }

  forget(): void {
    this.calls.length = 0;
    this.#implied.clear();
  }
}
