import { randomBytes } from 'node:crypto';
import { aroundCalls } from './around';
import { athenaOperations } from './athena';
import { openEngine } from './engine';
import { Executions } from './executions';
import { Faults } from './faults';
import { glueOperations } from './glue';
import { GlueCatalog } from './glue-catalog';
import { Mirror } from './glue-mirror';
import { ImpliedCalls } from './implied-calls';
import { arnsOf, type RecordedCall, Recording } from './recording';
import type { Parts } from './runner';
import { s3Proxy } from './s3-proxy';
import { S3Store } from './s3-store';
import { serveJson } from './wire';
import { type WorkgroupOptions, Workgroups } from './workgroups';

export type { Fault, FaultAction, Faults } from './faults';
export type { RecordedCall } from './recording';
export type { WorkgroupOptions } from './workgroups';

export interface DoubleOptions {
  /** Address of a Trino whose Hive catalog lies on the S3 API. */
  trino: string;
  /** Address of the S3 API. */
  s3: string;
  /** Trino's name of that catalog; `lake` where left out. */
  catalog?: string;
  region?: string;
  account?: string;
  /** By name; one called `primary`, with results in the bucket `athena-results`, where left out. */
  workgroups?: Record<string, WorkgroupOptions>;
  /** KMS key ARN by bucket: what is read there is decrypted, what is written encrypted. */
  bucketKeys?: Record<string, string>;
}

export interface Double {
  /** Endpoints. */
  athena: string;
  glue: string;
  s3: string;
  /** What an unmodified SDK or command line needs to use it. */
  environment: Record<string, string>;
  /** Every call so far, in order. */
  calls: readonly RecordedCall[];
  faults: Faults;
  /** Empties the recording. */
  forget(): void;
  /** Ends the double; waits for statements that still run. */
  stop(): Promise<void>;
}

/** Bucket of results: made at every start, because workgroups given by a caller may name it too. */
const RESULTS = 'athena-results';

/** Starts a double of Athena, Glue and S3 before a Trino and an S3 API that run already. */
export async function startDouble(options: DoubleOptions): Promise<Double> {
  const { catalog = 'lake', region = 'us-east-1', account = '123456789012' } = options;
  const workgroups = options.workgroups ?? { primary: { outputLocation: `s3://${RESULTS}/` } };
  const arns = arnsOf(region, account);
  const [recording, faults, executions] = [new Recording(), new Faults(), new Executions()];
  const engine = openEngine(options.trino, catalog);
  const glue = new GlueCatalog(account);
  const mirror = new Mirror(engine, glue);
  const parts: Parts = {
    engine,
    store: new S3Store(options.s3),
    glue,
    mirror,
    implied: new ImpliedCalls(glue, recording, arns, options.bucketKeys ?? {}),
    faults,
    arns,
    scratch: `scratch_${randomBytes(4).toString('hex')}`,
    background: new Set(),
  };
  await parts.store.ensureBucket(RESULTS);
  await engine.run(`create schema ${parts.scratch}`);
  const services = {
    AmazonAthena: athenaOperations(parts, executions, new Workgroups(workgroups)),
    AWSGlue: glueOperations(glue, mirror, engine),
  };
  const json = await serveJson(services, aroundCalls({ recording, faults, arns, executions }));
  const s3 = await s3Proxy(options.s3, { recording, faults, arns });
  return {
    athena: json.url,
    glue: json.url,
    s3: s3.url,
    environment: environmentOf(json.url, s3.url, region),
    calls: recording.calls,
    faults,
    forget: () => recording.forget(),
    stop: async () => {
      await Promise.all([json.stop(), s3.stop()]);
      for (const execution of executions.all()) execution.stop();
      while (parts.background.size > 0) await Promise.all(parts.background);
      await engine.run(`drop schema ${parts.scratch} cascade`);
      parts.store.close();
    },
  };
}

function environmentOf(json: string, s3: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_ATHENA: json,
    AWS_ENDPOINT_URL_GLUE: json,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'double',
    AWS_SECRET_ACCESS_KEY: 'double',
  };
}
