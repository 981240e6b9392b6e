import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

/**
 * What goes wrong with one request: it never arrives; it is carried out and its answer is lost, or never comes; another write of the key
 * is under way; S3 is too busy; the answer breaks off in the middle of its body; or any answer of one's own.
 */
export type Fault =
  | 'drop'
  | 'lose-answer'
  | 'silence'
  | 'conflict'
  | 'busy'
  | 'cut-body'
  | { status: number; body: string };

export interface SeenRequest {
  method: string;
  key: string;
  headers: IncomingMessage['headers'];
}

interface Kept {
  text: string;
  etag: string;
  metadata: Record<string, string>;
}

export interface FaultyS3 {
  client(): S3Client;
  endpoint: string;
  /** Asked for every request. */
  fault: (request: SeenRequest) => Fault | undefined;
  seen: SeenRequest[];
  objects: Map<string, Kept>;
  stop(): Promise<void>;
}

/** Bucket `lake` in this process: conditional writes as S3's documentation has them, pages of two keys, faults at will. */
export async function startFaultyS3(): Promise<FaultyS3> {
  const objects = new Map<string, Kept>();
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const clients: S3Client[] = [];
  const s3: FaultyS3 = {
    endpoint: `http://127.0.0.1:${port}`,
    client: () => {
      const client = new S3Client({
        endpoint: `http://127.0.0.1:${port}`,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        forcePathStyle: true,
        maxAttempts: 3,
        requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true },
      });
      clients.push(client);
      return client;
    },
    fault: () => undefined,
    seen,
    objects,
    stop: () => {
      for (const client of clients) client.destroy();
      return close(server);
    },
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://s3');
    const key = decodeURIComponent(url.pathname.slice('/lake/'.length));
    const asked = { method: request.method ?? '', key, headers: request.headers };
    const body = await bodyOf(request);
    seen.push(asked);
    const fault = s3.fault(asked);
    if (fault === 'drop') return void request.socket.destroy();
    if (fault === 'conflict') return refuse(response, 409, 'ConditionalRequestConflict');
    if (fault === 'busy') return refuse(response, 503, 'SlowDown');
    if (typeof fault === 'object') return void response.writeHead(fault.status).end(fault.body);
    if (fault === 'lose-answer' || fault === 'silence') {
      if (asked.method === 'PUT') put(objects, asked, body);
      return void (fault === 'silence' || request.socket.destroy());
    }
    if (asked.method === 'PUT') return sendPut(response, put(objects, asked, body));
    if (url.searchParams.has('delete')) return sendDelete(response, body, objects);
    if (url.searchParams.has('list-type')) return sendList(response, url.searchParams, objects);
    sendGet(response, objects.get(key), fault === 'cut-body');
  }
  return s3;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** @returns the etag, or the status and name of the refusal. */
function put(objects: Map<string, Kept>, { key, headers }: SeenRequest, text: string): string | [number, string] {
  const now = objects.get(key);
  if (headers['if-none-match'] === '*' && now) return [412, 'PreconditionFailed'];
  if (headers['if-match'] && !now) return [404, 'NoSuchKey'];
  if (headers['if-match'] && headers['if-match'] !== now?.etag) return [412, 'PreconditionFailed'];
  const metadata = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [])),
  );
  const etag = `"${createHash('md5').update(text).digest('hex')}"`;
  objects.set(key, { text, etag, metadata });
  return etag;
}

function sendPut(response: ServerResponse, result: string | [number, string]): void {
  if (typeof result === 'string') response.writeHead(200, { etag: result }).end();
  else refuse(response, ...result);
}

function sendGet(response: ServerResponse, kept: Kept | undefined, isCut: boolean): void {
  if (!kept) {
    refuse(response, 404, 'NoSuchKey');
    return;
  }
  const headers = { etag: kept.etag, 'content-length': Buffer.byteLength(kept.text), ...kept.metadata };
  response.writeHead(200, headers);
  if (!isCut) return void response.end(kept.text);
  response.write(kept.text.slice(0, 1), () => response.socket?.destroy());
}

/** At most 1,000 keys a call; one that is not there is no error. */
function sendDelete(response: ServerResponse, body: string, objects: Map<string, Kept>): void {
  const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map((found) => found[1] as string);
  if (keys.length > 1000) {
    refuse(response, 400, 'MalformedXML');
    return;
  }
  const locked = keys.filter((key) => key.endsWith('.locked'));
  for (const key of keys) if (!locked.includes(key)) objects.delete(key);
  const errors = locked.map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>no</Message></Error>`);
  response.end(`<DeleteResult>${errors.join('')}</DeleteResult>`);
}

function sendList(response: ServerResponse, query: URLSearchParams, objects: Map<string, Kept>): void {
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].sort().filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after);
  const page = keys.slice(0, 2);
  const more = keys.length > page.length;
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${Buffer.byteLength(objects.get(key)?.text ?? '')}</Size></Contents>`,
  );
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  response.end(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`);
}

function refuse(response: ServerResponse, status: number, name: string): void {
  response.writeHead(status).end(`<Error><Code>${name}</Code><Message>${name}</Message></Error>`);
}
