import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** An answer that refuses: HTTP 400 and a body with `__type`, as Athena and Glue send it, without x-amzn-errortype. */
export class WireError extends Error {
  override name = 'WireError';
  constructor(
    /** The exception's name, such as InvalidRequestException. */
    readonly type: string,
    message: string,
    /** Further members of the body. */
    readonly members: Readonly<Record<string, unknown>> = {},
    readonly status = 400,
  ) {
    super(message);
  }

  body(): Record<string, unknown> {
    return { __type: this.type, ...this.members, Message: this.message };
  }
}

/** Ends the connection without an answer. */
export class LostConnection extends Error {
  override name = 'LostConnection';
}

// biome-ignore lint/suspicious/noExplicitAny: every operation has its own input and the SDK has checked it.
export type Operation = (input: any) => unknown;

/** By target prefix (`AmazonAthena`, `AWSGlue`), then by operation. */
export type Services = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** What stands between a request and its operation: records it and lets faults happen. */
export type Around = (service: string, operation: string, input: unknown, run: Operation) => Promise<unknown>;

/** The AWS JSON 1.1 protocol: POST /, the operation in the header X-Amz-Target, JSON in and out. */
export async function serveJson(services: Services, around: Around): Promise<HttpServer> {
  return listen(async (request, response) => {
    try {
      const [prefix = '', name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
      const operation = services[prefix]?.[name];
      const input = parseBody(await bodyOf(request));
      if (!operation) throw new WireError('UnknownOperationException', `${prefix}.${name} is not part of the double`);
      send(response, 200, (await around(prefix, name, input, operation)) ?? {});
    } catch (error) {
      if (error instanceof LostConnection) request.socket.destroy();
      else if (error instanceof WireError) send(response, error.status, error.body());
      else send(response, 500, { __type: 'InternalServerException', Message: String((error as Error).stack) });
    }
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError('SerializationException', 'the body is not JSON');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': CONTENT_TYPE,
    'Content-Length': Buffer.byteLength(text),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(text);
}

export interface HttpServer {
  url: string;
  stop(): Promise<void>;
}

/** A server on a free port of this machine that keeps no process alive. */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<HttpServer> {
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  // Clients keep their connections; a server that closed them first would look like a lost response.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
