import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import type { AwsClients } from '../../../src/engines/athena/settings';

export interface AthenaCall {
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the SDK sent.
  input: any;
}

/** What one call is answered with: a document, an error with its status, or a connection that breaks off. */
export type Answer = object | { error: string; message: string; status?: number } | 'lose-answer';

export interface ScriptedAthena {
  clients: AwsClients;
  calls: AthenaCall[];
  /** Asked for every call. */
  answer: (call: AthenaCall) => Answer;
  stop(): Promise<void>;
}

/** Athena's wire format with answers by script, for what an engine must do with each; nothing is computed here. */
export async function startScriptedAthena(): Promise<ScriptedAthena> {
  const calls: AthenaCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const call = { operation, input: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
    calls.push(call);
    const answer = athena.answer(call);
    if (answer === 'lose-answer') return void request.socket.destroy();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (!('error' in answer)) return void response.end(JSON.stringify(answer));
    const { error, message, status } = answer as { error: string; message: string; status?: number };
    response.writeHead(status ?? 400).end(JSON.stringify({ __type: error, Message: message }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const config = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 3,
  };
  const clients = { athena: new AthenaClient(config), glue: new GlueClient(config), s3: new S3Client(config) };
  const athena: ScriptedAthena = {
    clients,
    calls,
    answer: () => ({}),
    stop: () => {
      for (const client of Object.values(clients)) client.destroy();
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return athena;
}
