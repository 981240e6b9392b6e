import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchArtefacts } from './artefacts';
import { findJava } from './java';
import { BUCKET, type Server, startS3, startTrino } from './servers';
import { type TrinoClient, trinoClient } from './trino-client';

export { LabUnavailable } from './java';
export { BUCKET } from './servers';

export interface Lab {
  /** Endpoint of the S3 API: path style, any credentials, region us-east-1, one bucket `lake`. */
  s3: string;
  /** Trino's own address, with a catalog `lake` over that bucket. */
  trino: string;
  client(schema: string): TrinoClient;
  stop(): Promise<void>;
}

/**
 * Starts an S3 API and a Trino over it on free ports of this machine, in a temporary folder. They end with `stop`, and
 * with this process, however it ends.
 *
 * @throws LabUnavailable, in one line, when the machine lacks something.
 */
export async function startLab(): Promise<Lab> {
  const java = findJava();
  const artefacts = fetchArtefacts(java);
  const folder = mkdtempSync(join(tmpdir(), 'lab-'));
  const running: Server[] = [];
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  const stop = async (): Promise<void> => {
    for (const server of running.reverse()) await server.child.stop();
    clean();
  };
  try {
    const s3 = await startS3(java, artefacts.s3mock, folder);
    running.push(s3);
    const trino = await startTrino(java, artefacts.trino, folder, s3.url);
    running.push(trino);
    process.once('exit', clean);
    return { s3: s3.url, trino: trino.url, client: (schema) => trinoClient(trino.url, BUCKET, schema), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
