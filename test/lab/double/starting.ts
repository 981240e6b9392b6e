import { type Engine, TrinoError } from './engine';
import { invalid, malformed } from './errors';
import { Execution, type Executions } from './executions';
import { type S3Place, type S3Store, s3Place } from './s3-store';
import { movedPlace } from './sql-text';
import { readStatement, type Statement } from './statements';
import { checkLocation } from './tables';
import type { Workgroup, Workgroups } from './workgroups';
import { movedUp } from './writing';

/** What StartQueryExecution is given. */
export interface StartInput {
  QueryString?: string;
  ClientRequestToken?: string;
  QueryExecutionContext?: { Database?: string; Catalog?: string };
  ResultConfiguration?: { OutputLocation?: string };
  ExecutionParameters?: string[];
  WorkGroup?: string;
}

const MOST_BYTES = 262_144;

/**
 * Judges StartQueryExecution in Athena's order: the token's length, the workgroup, the place of results, the syntax, and only then
 * whether the token is known: a statement that is refused before leaves its token unused.
 */
export class Starting {
  readonly #buckets = new Map<string, boolean>();
  readonly #tokens = new Map<string, { compared: string; execution: Execution }>();

  constructor(
    private readonly engine: Engine,
    private readonly store: S3Store,
    private readonly workgroups: Workgroups,
    private readonly executions: Executions,
  ) {}

  /** @returns the execution, and whether it is new. @throws WireError InvalidRequestException */
  async start(input: StartInput): Promise<{ execution: Execution; isNew: boolean }> {
    const text = checkText(input.QueryString);
    const token = checkToken(input.ClientRequestToken);
    const workgroup = this.workgroups.get(input.WorkGroup);
    if (workgroup.state === 'DISABLED') throw invalid(`WorkGroup ${workgroup.name} is disabled.`);
    const output = outputOf(input, workgroup);
    await this.#checkBucket(output);
    const statement = readStatement(text);
    await this.#checkSyntax(statement);
    if (statement.kind === 'ctas') checkLocation(statement, workgroup.enforced ?? false);
    if (input.ExecutionParameters?.length) throw invalid('ExecutionParameters are not part of the double');
    const { Database, Catalog } = input.QueryExecutionContext ?? {};
    // Not compared: ExecutionParameters and WorkGroup.
    const compared = JSON.stringify([text, Catalog, Database, input.ResultConfiguration?.OutputLocation]);
    const known = this.#tokens.get(token);
    if (known && known.compared !== compared)
      throw invalid('Idempotent parameters do not match', 'IDEMPOTENT_PARAMETER_MISMATCH');
    if (known) return { execution: known.execution, isNew: false };
    const context = { ...(Catalog && { catalog: Catalog }), ...(Database && { database: Database.toLowerCase() }) };
    const execution = new Execution(statement, context, workgroup, output);
    this.#tokens.set(token, { compared, execution });
    this.executions.add(execution);
    return { execution, isNew: true };
  }

  async #checkBucket(output: string): Promise<void> {
    const { bucket } = s3Place(output) as S3Place;
    this.#buckets.set(bucket, this.#buckets.get(bucket) || (await this.store.hasBucket(bucket)));
    if (!this.#buckets.get(bucket)) throw invalid(`Unable to verify/create output bucket ${bucket}`);
  }

  /** The engine's parser judges what it will be given; PREPARE parses and does nothing else. */
  async #checkSyntax(statement: Statement): Promise<void> {
    if (statement.kind === 'utility' || statement.kind === 'drop') return;
    const inner = 'select' in statement ? statement : { select: statement.sql, start: { line: 1, column: 1 } };
    try {
      await this.engine.run(`prepare checked from\n${inner.select}`);
    } catch (error) {
      if (!(error instanceof TrinoError) || error.code !== 'SYNTAX_ERROR') throw error;
      throw malformed(movedPlace(error.message, movedUp(inner.start)));
    }
  }
}

function checkText(text: string | undefined): string {
  if (text === undefined) throw violated("Value null at 'queryString'", 'Member must not be null');
  if (text.length === 0) throw violated("Value at 'queryString'", 'Member must have length greater than or equal to 1');
  if (Buffer.byteLength(text) > MOST_BYTES)
    throw violated("Value at 'queryString'", `Member must have length less than or equal to ${MOST_BYTES}`);
  return text;
}

function checkToken(token: string | undefined): string {
  if (token === undefined) throw invalid('clientRequestToken is null or empty');
  const length = [...token].length;
  if (length < 32)
    throw violated("Value at 'clientRequestToken'", 'Member must have length greater than or equal to 32');
  if (length > 128)
    throw violated("Value at 'clientRequestToken'", 'Member must have length less than or equal to 128');
  // The lower bound counts characters, the upper one bytes as well.
  if (Buffer.byteLength(token) > 128) throw invalid('clientRequestToken exceeds maximum allowed length 128');
  return token;
}

function violated(value: string, rule: string): Error {
  return invalid(`1 validation error detected: ${value} failed to satisfy constraint: ${rule}`);
}

/** Prefix of result objects, ending in a slash. */
function outputOf(input: StartInput, { enforced, outputLocation }: Workgroup): string {
  const own = input.ResultConfiguration?.OutputLocation;
  if (own !== undefined && !s3Place(own)) throw invalid('outputLocation is not a valid S3 path.');
  const output = enforced ? outputLocation : (own ?? outputLocation);
  if (!output)
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration ' +
        'setting or as an API input.',
    );
  return output.replace(/\/?$/, '/');
}
