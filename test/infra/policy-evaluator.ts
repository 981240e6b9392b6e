/**
 * Whether policies allow a call, as IAM decides within one account: denied unless something allows it, and a Deny wins.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * Knows what policies of this repository use. Anything else throws: a policy that is not understood proves nothing.
 */
export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Call {
  /** `s3:GetObject` */
  action: string;
  /** ARNs; each of them must be allowed. One may end in *, for whatever begins so. */
  resources: readonly string[];
  /** Condition keys of the request. */
  context?: Readonly<Record<string, string | readonly string[]>>;
}

const KNOWN_KEYS = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal']);

export function isAllowed(statements: readonly PolicyStatement[], call: Call): boolean {
  return call.resources.length > 0 && call.resources.every((resource) => decide(statements, call, resource));
}

function decide(statements: readonly PolicyStatement[], call: Call, resource: string): boolean {
  const matching = statements.filter((statement) => applies(statement, call, resource));
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
}

function applies(statement: PolicyStatement, { action, context = {} }: Call, resource: string): boolean {
  const unknown = Object.keys(statement).find((key) => !KNOWN_KEYS.has(key));
  if (unknown) throw new Error(`the evaluator does not know ${unknown}`);
  return (
    list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => matches(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted), requestValue(context, key))),
    )
  );
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Names of condition keys are the same in any capitals. */
function requestValue(context: NonNullable<Call['context']>, key: string): readonly string[] | undefined {
  const found = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : list(context[found] as string | readonly string[]);
}

const OPERATORS: Readonly<Record<string, (wanted: string, value: string) => boolean>> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: matches,
  ArnEquals: matches,
  ArnLike: matches,
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
};

/** A condition on a key that the request does not have fails, but for ...IfExists. Of a key with several values one will do. */
function holds(operator: string, wanted: readonly string[], values: readonly string[] | undefined): boolean {
  const [, name = '', ifExists] = /^(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const compare = OPERATORS[name];
  if (!compare) throw new Error(`the evaluator does not know the operator ${operator}`);
  if (values === undefined) return ifExists !== undefined;
  return values.some((value) => wanted.some((each) => compare(each, value)));
}

/** * is any text, ? one character. A resource that ends in * itself is covered only by a pattern for all of it. */
function matches(pattern: string, value: string): boolean {
  if (pattern.includes('${')) throw new Error(`the evaluator does not know the variable in ${pattern}`);
  const source = [...pattern].map((character) =>
    character === '*' ? '[\\s\\S]*' : character === '?' ? '[\\s\\S]' : character.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`).test(value);
}
