import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { FaultAction, Faults } from './faults';
import type { Arns, Recording } from './recording';
import { type HttpServer, listen } from './wire';

/** What one request to S3 asks for, in the words of IAM policies. */
export interface S3Request {
  action: string;
  bucket: string;
  key: string;
  /** Of a listing. */
  prefix?: string;
}

/** Of path-style requests. */
export function readS3Request(method: string, url: string): S3Request {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(pathname)) as unknown as string[];
  const action = `s3:${key ? objectAction(method, searchParams) : bucketAction(method, searchParams)}`;
  const prefix = searchParams.get('prefix');
  return { action, bucket, key, ...(prefix !== null && action === 's3:ListBucket' && { prefix }) };
}

function objectAction(method: string, query: URLSearchParams): string {
  if (method === 'GET') return query.has('uploadId') ? 'ListMultipartUploadParts' : 'GetObject';
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
  return query.has('partNumber') ? 'UploadPart' : 'PutObject';
}

function bucketAction(method: string, query: URLSearchParams): string {
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  if (method === 'HEAD') return 'HeadBucket';
  if (method === 'PUT') return 'CreateBucket';
  if (method === 'DELETE') return 'DeleteBucket';
  if (query.has('location')) return 'GetBucketLocation';
  return query.has('uploads') ? 'ListBucketMultipartUploads' : 'ListBucket';
}

/**
 * Passes every request on to the real S3 API, body and answer as streams of the same bytes: checksums, chunks and
 * conditions are that API's to judge. Records each and lets faults happen.
 */
export function s3Proxy(
  upstream: string,
  parts: { recording: Recording; faults: Faults; arns: Arns },
): Promise<HttpServer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const { recording, faults, arns } = parts;
  const turns = new Turns();
  const server = listen(async (request, response) => {
    const { action, bucket, key, prefix } = readS3Request(request.method as string, request.url as string);
    const context = prefix === undefined ? undefined : { 's3:prefix': prefix };
    if (action === 's3:DeleteObjects')
      whenRead(request, (body) => {
        recording.sdk(
          action,
          keysToDelete(body).map((each) => arns.object(bucket, each)),
        );
      });
    else recording.sdk(action, [key ? arns.object(bucket, key) : arns.bucket(bucket)], context);
    const fault = faults.take(action, key ? `${bucket}/${key}` : bucket);
    if (fault?.kind === 'loseRequest') return void request.socket.destroy();
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const refusal = refusalOf(fault);
    if (refusal) return refuse(request, response, refusal, `/${bucket}/${key}`);
    const pass = async () => {
      // Gone while it waited for its turn: nothing was written.
      if (request.destroyed) return;
      await passOn(upstream, agent, request, response, fault?.kind === 'loseResponse');
    };
    await (key ? turns.run(`${bucket}/${key}`, pass) : pass());
  });
  return server.then(({ url, stop }) => ({
    url,
    stop: async () => {
      await stop();
      agent.destroy();
    },
  }));
}

/** Looks at a body beside whoever passes it on, or drops it, later. */
function whenRead(request: IncomingMessage, look: (body: string) => void): void {
  const chunks: Buffer[] = [];
  // Listening alone would let it flow before anybody else is there.
  request.pause();
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => look(Buffer.concat(chunks).toString('utf8')));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** S3 asks for the right to delete each of them. */
function keysToDelete(body: string): string[] {
  const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key as string);
  return keys.map((key) => key.replaceAll(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity));
}

/**
 * One request at a time for each key: S3 judges a condition and writes in one step, where S3Mock 5 takes two, so that of
 * twenty racing creators several win.
 */
class Turns {
  readonly #last = new Map<string, Promise<void>>();

  run(key: string, work: () => Promise<void>): Promise<void> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const ended = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key) === ended) this.#last.delete(key);
      });
    this.#last.set(key, ended);
    return mine;
  }
}

type Refusal = Extract<FaultAction, { kind: 'refuse' }>;

function refusalOf(fault: FaultAction | undefined): Refusal | undefined {
  if (fault?.kind === 'refuse') return fault;
  if (fault?.kind !== 'throttle') return undefined;
  return { kind: 'refuse', type: 'SlowDown', status: 503, message: 'Please reduce your request rate.' };
}

/** As S3 refuses: XML with Code and Message; nothing but the status where the answer has no body. */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  resource: string,
): Promise<void> {
  const { type, message = type, status = 400, headers = {}, members = {} } = refusal;
  request.resume();
  const more = Object.entries(members).map(([name, value]) => `<${name}>${value}</${name}>`);
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${type}</Code><Message>${message}</Message>` +
    `${more.join('')}<Resource>${resource}</Resource><RequestId>DOUBLE</RequestId></Error>`;
  response.writeHead(status, { 'Content-Type': 'application/xml', 'x-amz-request-id': 'DOUBLE', ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function passOn(
  upstream: string,
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  loseResponse: boolean,
): Promise<void> {
  const { host, expect, connection, ...headers } = request.headers as OutgoingHttpHeaders;
  return new Promise((resolve, reject) => {
    const passed = httpRequest(`${upstream}${request.url}`, { method: request.method, headers, agent }, (answer) => {
      if (loseResponse) {
        answer.resume();
        answer.once('close', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(response);
    });
    // Whatever became of the caller: whoever waits for the same key must get its turn.
    passed.once('close', resolve);
    passed.once('error', reject);
    // A caller that dies half-way must not leave half an object behind as a whole one.
    request.once('close', () => {
      if (!request.complete) passed.destroy();
    });
    request.pipe(passed);
  });
}
