import { request } from 'node:http';

/** A value as Trino's REST answers give it: dates, decimals and texts are strings; whole numbers beyond 53 bits are, too. */
export type TrinoValue = string | number | boolean | null | TrinoValue[] | { [key: string]: TrinoValue };

export interface TrinoResult {
  columns: TrinoColumn[];
  rows: TrinoValue[][];
  /** Trino's own name of the query. */
  id: string;
  /** Read from storage, as Trino counts it. */
  bytesRead: number;
  /** Of a statement that writes. */
  updateCount?: number;
}

export interface TrinoColumn {
  name: string;
  /** As SQL writes it, such as `decimal(18, 4)`. */
  type: string;
  /** Taken apart: `row` has named fields in its arguments. */
  signature: TrinoSignature;
}

export interface TrinoSignature {
  rawType: string;
  arguments: { kind: string; value: unknown }[];
}

/** What Trino refused a statement with. */
export class TrinoError extends Error {
  override name = 'TrinoError';
  constructor(
    message: string,
    /** Such as DIVISION_BY_ZERO. */
    readonly code: string,
    readonly sql: string,
    /** USER_ERROR, INTERNAL_ERROR, EXTERNAL or INSUFFICIENT_RESOURCES. */
    readonly type = 'USER_ERROR',
    /** Trino's own name of the query. */
    readonly id = '',
  ) {
    super(message);
  }
}

interface Answer {
  id: string;
  columns?: { name: string; type: string; typeSignature: TrinoSignature }[];
  data?: TrinoValue[][];
  nextUri?: string;
  updateCount?: number | string;
  stats?: { state: string; physicalInputBytes?: number | string };
  error?: { message: string; errorName: string; errorType: string };
}

export interface TrinoOptions {
  /** Session properties, such as `lake.compression_codec`. */
  session?: Readonly<Record<string, string>>;
  /** Of names without one; that of the client where left out. */
  schema?: string;
  /** Ends the query on the server, too. */
  signal?: AbortSignal;
  /** Every number as the text Trino wrote, so that 1.0 stays 1.0. */
  numbersAsText?: boolean;
  /** Called with what is known while the query runs. */
  onProgress?(progress: { id: string; state: string; bytesRead: number }): void;
}

export interface TrinoClient {
  /** Runs one statement to its end. @throws TrinoError */
  query(sql: string, options?: TrinoOptions): Promise<TrinoResult>;
}

/** Trino's statement protocol: post the text, follow `nextUri` until there is none. */
export function trinoClient(url: string, catalog: string, schema: string): TrinoClient {
  return {
    async query(sql, options = {}) {
      const headers = requestHeaders(catalog, options.schema ?? schema, options.session);
      const toJson = options.numbersAsText ? withNumbersAsText : withWholeNumbers;
      const result: TrinoResult = { columns: [], rows: [], id: '', bytesRead: 0 };
      let answer = read(await send('POST', `${url}/v1/statement`, headers, sql), toJson);
      for (;;) {
        takeIn(answer, result, sql);
        options.onProgress?.({ id: result.id, state: answer.stats?.state ?? '', bytesRead: result.bytesRead });
        if (!answer.nextUri) return result;
        if (options.signal?.aborted) {
          await send('DELETE', answer.nextUri, headers);
          throw new TrinoError('Query was canceled', 'USER_CANCELED', sql, 'USER_ERROR', result.id);
        }
        answer = read(await send('GET', answer.nextUri, headers), toJson);
      }
    },
  };
}

function requestHeaders(catalog: string, schema: string, session: TrinoOptions['session']): Record<string, string> {
  const properties = Object.entries(session ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return {
    'X-Trino-User': 'lab',
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    'X-Trino-Time-Zone': 'UTC',
    ...(properties.length > 0 && { 'X-Trino-Session': properties.join(',') }),
  };
}

/** Trino gives the text of a prepared statement back in a header: of a long one it is longer than fetch reads. */
const MOST_HEADER_BYTES = 2 ** 20;

interface Response {
  status: number;
  text: string;
}

function send(method: string, url: string, headers: Record<string, string>, body?: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, maxHeaderSize: MOST_HEADER_BYTES }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function read({ status, text }: Response, toJson: (text: string) => string): Answer {
  if (status < 200 || status > 299) throw new Error(`Trino answered ${status}: ${text.slice(0, 200)}`);
  return JSON.parse(toJson(text)) as Answer;
}

function takeIn(answer: Answer, result: TrinoResult, sql: string): void {
  const { error, columns, data, updateCount, stats } = answer;
  result.id = answer.id;
  if (error) throw new TrinoError(error.message, error.errorName, sql, error.errorType, answer.id);
  if (columns)
    result.columns = columns.map(({ name, type, typeSignature }) => ({ name, type, signature: typeSignature }));
  for (const row of data ?? []) result.rows.push(row);
  if (updateCount !== undefined) result.updateCount = Number(updateCount);
  result.bytesRead = Number(stats?.physicalInputBytes ?? 0);
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Puts numbers of 16 digits or more into quotes, so that JSON.parse does not round them. */
export function withWholeNumbers(json: string): string {
  return json.replace(STRING_OR_NUMBER, (token) => (/^-?\d{16,}$/.test(token) ? `"${token}"` : token));
}

function withNumbersAsText(json: string): string {
  return json.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));
}
